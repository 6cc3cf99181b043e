/* SPDX-License-Identifier: MIT */
/* The state report: what there is, how it is, and where the quota went. */

#include <init/sandbox.h>

#include "internal.h"

#include <lib/mem.h>
#include <lib/node_gen.h>

/* ---- accounts ---- */

struct state_account state_account(fief_cap pd)
{
	struct state_account a = { 0 };

	if (pd == FIEF_CAP_NULL || pd_quota((struct pd_cap){ pd }, &a.ram,
	                                    &a.ram_used, &a.caps, &a.caps_used))
		return (struct state_account){ 0 };
	return a;
}

/* What left our own account: it is in accounts that were made of it, or with
 * those who serve sessions. */
struct spent {
	struct sandbox_quota children, sessions;
};

static void spent_add(struct sandbox_quota *q, uint64_t ram, uint64_t caps)
{
	q->ram += ram;
	q->caps += caps;
}

static struct spent spent(const struct sandbox *b)
{
	struct spent sum = { 0 };

	for (struct fief_id *i = fief_id_first(&b->upward); i;
	     i = fief_id_next(i)) {
		const struct session *s =
			FIEF_ID_OBJECT(i, struct session, server_id);
		struct state_account a;

		if (!s->paid)
			continue;
		spent_add(&sum.sessions, s->ram + s->more_ram,
		          s->caps + s->more_caps);
		if (!config_service_same(s->service, PD_SERVICE))
			continue;
		a = state_account(s->cap);
		spent_add(&sum.children, a.ram, a.caps);
	}
	return sum;
}

/* One kind of quota. */
struct amount {
	uint64_t quota, used;
};

static void amount_put(struct node_gen *g, const char *kind, bool bytes,
                       uint64_t value)
{
	if (bytes)
		node_gen_attr_size(g, kind, value);
	else
		node_gen_attr_u64(g, kind, value);
}

static void amounts_put(struct node_gen *g, bool bytes, struct amount a)
{
	amount_put(g, "quota", bytes, a.quota);
	amount_put(g, "used", bytes, a.used);
	amount_put(g, "avail", bytes, a.quota - a.used);
}

/* `part`: of the children, of the sessions; all of it was ours. */
static void own_put(struct node_gen *g, bool bytes, struct amount own,
                    const uint64_t part[2])
{
	node_gen_open(g, bytes ? "ram" : "caps");
	amounts_put(g, bytes, own);
	amount_put(g, "children", bytes, part[0]);
	amount_put(g, "sessions", bytes, part[1]);
	amount_put(g, "total", bytes, own.quota + part[0] + part[1]);
	node_gen_close(g);
}

static void accounts_put(struct node_gen *g, const struct sandbox *b,
                         const struct sandbox_quota *own)
{
	const struct config_report *r = &b->live.config.report;
	struct state_account a;
	struct spent s;

	if (!r->init_ram && !r->init_caps)
		return;
	a = state_account(b->env->pd);
	s = spent(b);
	spent_add(&s.sessions, own->ram, own->caps);
	if (r->init_ram)
		own_put(g, true, (struct amount){ a.ram, a.ram_used },
		        (uint64_t[]){ s.children.ram, s.sessions.ram });
	if (r->init_caps)
		own_put(g, false, (struct amount){ a.caps, a.caps_used },
		        (uint64_t[]){ s.children.caps, s.sessions.caps });
}

/* ---- sessions ---- */

static const char *refusal_name(enum fief_err cause)
{
	if (cause == FIEF_INSUFFICIENT_RAM)
		return "INSUFFICIENT_RAM";
	return cause == FIEF_INSUFFICIENT_CAPS ? "INSUFFICIENT_CAPS" : "DENIED";
}

static const char *session_state_name(const struct session *s)
{
	static const char *const name[] = {
		[SESSION_WAITING] = "WAITING",
		[SESSION_CREATING] = "CREATING",
		[SESSION_OPEN] = "OK",
		[SESSION_UPGRADING] = "UPGRADING",
		[SESSION_CLOSING] = "CLOSING",
		[SESSION_DEAD] = "DEAD",
	};

	return s->state == SESSION_DENIED ? refusal_name(s->outcome) :
	                                    name[s->state];
}

static const char *server_name(const struct session *s)
{
	if (s->server)
		return child_name(s->server);
	if (s->state == SESSION_DENIED || s->state == SESSION_DEAD)
		return NULL;
	return s->local ? "local" : "parent";
}

/* Who is at its other end. */
static void peer_put(struct node_gen *g, const struct session *s, bool provided)
{
	const char *client = s->client ? child_name(s->client) : NULL;
	const char *name = provided ? client : server_name(s);

	if (name)
		node_gen_attr(g, provided ? "client" : "server", name);
}

/* The label that the client asked for cannot be told from the one that the
 * server sees. */
static bool relabelled(const struct session *s)
{
	struct label plain;

	return s->client &&
	       (label_compose(&plain, child_name(s->client), s->sent) ||
	        strcmp(plain.text, s->label) != 0);
}

static void session_put(struct node_gen *g, const struct session *s,
                        bool provided)
{
	node_gen_open(g, "session");
	node_gen_attr(g, "service", s->service);
	node_gen_attr(g, "label", s->label);
	if (relabelled(s))
		node_gen_attr(g, "asked", s->sent);
	if (s->movable)
		node_gen_attr_bool(g, "movable", true);
	node_gen_attr(g, "state", session_state_name(s));
	peer_put(g, s, provided);
	node_gen_attr_size(g, "ram", s->ram);
	node_gen_attr_u64(g, "caps", s->caps);
	if (s->sandbox->live.config.report.session_args && s->args[0])
		node_gen_attr(g, "args", s->args);
	node_gen_close(g);
}

/* How many of a child are told of, each way: no child makes the report so large
 * that nothing comes of it, or that init does nothing else. */
enum { SESSIONS_TOLD = 128 };

static void sessions_open(struct node_gen *g, const char *name, size_t all)
{
	node_gen_open(g, name);
	if (all > SESSIONS_TOLD)
		node_gen_attr_u64(g, "left_out", all - SESSIONS_TOLD);
}

static void requested_put(struct node_gen *g, const struct child *c)
{
	size_t n = 0;

	sessions_open(g, "requested", c->session_count);
	for (unsigned i = 0; i < ENV_COUNT; i++)
		if (c->env[i])
			session_put(g, c->env[i], false);
	for (struct fief_id *i = fief_id_first(&c->sessions);
	     i && n < SESSIONS_TOLD; i = fief_id_next(i), n++)
		session_put(g, FIEF_ID_OBJECT(i, struct session, client_id),
		            false);
	for (struct session *s = LIST_FIRST(&c->closing, struct session, link);
	     s && n < SESSIONS_TOLD;
	     s = LIST_NEXT(s, struct session, link), n++)
		session_put(g, s, false);
	node_gen_close(g);
}

static void provided_put(struct node_gen *g, const struct child *c)
{
	size_t n = 0;

	sessions_open(g, "provided", c->served.tree.count);
	for (struct fief_id *i = fief_id_first(&c->served);
	     i && n < SESSIONS_TOLD; i = fief_id_next(i), n++)
		session_put(g, FIEF_ID_OBJECT(i, struct session, server_id),
		            true);
	node_gen_close(g);
}

/* ---- children ---- */

static const char *child_state_name(const struct child *c)
{
	static const char *const name[] = {
		[CHILD_NEW] = "new",         [CHILD_STARTING] = "starting",
		[CHILD_RUNNING] = "running", [CHILD_INCOMPLETE] = "incomplete",
		[CHILD_ENDED] = "ended",
	};

	return name[c->exited ? CHILD_ENDED : c->state];
}

/* What it gave of its quota before it started, and wants beyond it. */
static void quota_put(struct node_gen *g, const struct child *c, bool bytes,
                      struct amount a)
{
	const uint64_t wanted = bytes ? c->wanted_ram : c->wanted_caps;

	node_gen_open(g, bytes ? "ram" : "caps");
	amount_put(g, "assigned", bytes, bytes ? c->ram : c->caps);
	amounts_put(g, bytes, a);
	if (wanted)
		amount_put(g, "requested", bytes, wanted);
	node_gen_close(g);
}

static void quotas_put(struct node_gen *g, const struct child *c)
{
	const struct config_report *r = &c->sandbox->live.config.report;
	struct state_account a;

	if (!r->child_ram && !r->child_caps)
		return;
	a = state_account(c->pd);
	if (r->child_ram)
		quota_put(g, c, true, (struct amount){ a.ram, a.ram_used });
	if (r->child_caps)
		quota_put(g, c, false, (struct amount){ a.caps, a.caps_used });
}

static void reason_put(struct node_gen *g, const struct child *c)
{
	char why[NOTE_MAX];
	const enum reason reason = state_reason(c, why);

	if (reason == REASON_NONE)
		return;
	node_gen_attr(g, "reason", note_name(reason));
	node_gen_attr(g, "why", why);
}

static void child_attrs_put(struct node_gen *g, const struct child *c)
{
	node_gen_attr(g, "name", child_name(c));
	node_gen_attr(g, "binary", c->start->binary);
	if (c->start->version[0])
		node_gen_attr(g, "version", c->start->version);
	if (c->sandbox->live.config.report.ids)
		node_gen_attr_u64(g, "id", c->id);
	node_gen_attr(g, "state", child_state_name(c));
	if (c->exited || c->state == CHILD_ENDED)
		node_gen_attr_i64(g, "exited", c->exit_code);
	if (heartbeat_skipped(c))
		node_gen_attr_u64(g, "skipped_heartbeats",
		                  heartbeat_skipped(c));
	if (c->restarted)
		node_gen_attr_u64(g, "restarts", c->restarted);
	reason_put(g, c);
}

static void child_put(struct node_gen *g, const struct child *c)
{
	const struct config_report *r = &c->sandbox->live.config.report;

	node_gen_open(g, "child");
	child_attrs_put(g, c);
	crash_put(g, c);
	quotas_put(g, c);
	if (r->requested)
		requested_put(g, c);
	if (r->provided)
		provided_put(g, c);
	node_gen_close(g);
}

/* ---- the whole ---- */

static void alias_put(struct node_gen *g, const struct config_alias *a)
{
	node_gen_open(g, "alias");
	node_gen_attr(g, "name", a->name);
	node_gen_attr(g, "child", a->child);
	node_gen_close(g);
}

static void state_open(struct node_gen *g, const struct sandbox *b)
{
	const char *version = b->live.config.version;

	node_gen_open(g, "state");
	if (version && version[0])
		node_gen_attr(g, "version", version);
}

void sandbox_state(const struct sandbox *b, const struct sandbox_quota *own,
                   struct node_gen *g)
{
	state_open(g, b);
	accounts_put(g, b, own);
	for (const struct config_start *s = b->live.config.starts; s;
	     s = s->next)
		child_put(g, s->child);
	for (const struct config_alias *a = b->live.config.aliases; a;
	     a = a->next)
		alias_put(g, a);
	node_gen_close(g);
}

void sandbox_state_failed(const struct sandbox *b, const char *why,
                          struct node_gen *g)
{
	state_open(g, b);
	node_gen_attr(g, "error", why);
	node_gen_close(g);
}

size_t sandbox_state_buffer(const struct sandbox *b)
{
	const struct config_report *r = &b->live.config.report;

	return r->wanted ? r->buffer : 0;
}
