/* SPDX-License-Identifier: MIT */
/*
 * Embeds a sandbox: runs a child by configs that it writes itself, another one
 * every 250 ms, and is the LOG server of that child. Ends once version 5 of it
 * has logged, and has donated more to a session.
 */

#include <fief/log.h>
#include <fief/timeout.h>

#include <init/sandbox.h>
#include <lib/fmt.h>
#include <lib/label.h>
#include <lib/mem.h>
#include <session/log.h>

enum { PERIOD_US = 250000, LAST = 5, CONFIG_MAX = 900, LINE_MAX = 256 };

/* The session object, as in any server. */
struct child_log {
	struct fief_service_session base;
	struct label label;
};

static struct main {
	struct fief_env *env;
	struct sandbox *sandbox;
	struct fief_service log;
	struct fief_timeouts timeouts;
	struct fief_timeout tick;
	unsigned version;
	bool last_spoke;
	bool upgraded; /* since the last version came */
} m;

/* ---- the local service ---- */

static void done_if_complete(void)
{
	if (!m.last_spoke || !m.upgraded)
		return;
	fief_log("version %d reached, upgrade seen", LAST);
	fief_exit(m.env, 0);
}

static enum fief_err op_write(struct fief_rpc_obj *self, struct capnp_text text)
{
	const struct child_log *s = FIEF_SESSION_OF(self, struct child_log);

	while (text.len && text.s[text.len - 1] == '\n')
		text.len--;
	fief_log("(%s) %.*s", s->label.text, (int)text.len, text.s);
	m.last_spoke |= m.version == LAST;
	done_if_complete();
	return FIEF_OK;
}

static const struct log_ops log_ops = { .write = op_write };

static enum fief_err log_init(struct fief_service_session *s,
                              const struct fief_service_request *request)
{
	return label_set(&((struct child_log *)s)->label, request->label);
}

static void log_upgraded(struct fief_service_session *s)
{
	fief_log("(%s) donated up to %zu bytes",
	         ((struct child_log *)s)->label.text, s->budget.ram_limit);
	m.upgraded |= m.version == LAST;
	done_if_complete();
}

static void log_fini(struct fief_service_session *s)
{
	fief_log("(%s) closed", ((struct child_log *)s)->label.text);
}

/* ---- the configs ---- */

static const char config[] =
	"<config>"
	"<parent-provides><service name='ROM'/><service name='PD'/>"
	"<service name='CPU'/></parent-provides>"
	"<start name='child' version='%u' ram='2M' caps='200'>"
	"<binary name='test-dummy'/>"
	"<route><service name='LOG'><local/></service>"
	"<any-service><parent/></any-service></route>"
	"<config><log text='I am version %u'/>"
	"<session service='LOG' label='more'/>"
	"<upgrade label='more' ram='8K'/><call label='more'/></config>"
	"</start></config>";

static void next_version(struct fief_timeout *self, uint64_t late_ns)
{
	char text[CONFIG_MAX];
	enum fief_err e;
	struct fmt f;

	(void)self, (void)late_ns;
	if (m.version == LAST)
		return;
	m.version++;
	m.upgraded = false;
	fmt_init(&f, text, sizeof(text));
	fmt_add(&f, config, m.version, m.version);
	e = sandbox_apply(m.sandbox, "generated", text, strlen(text));
	if (e) {
		fief_error("version %u: %s", m.version, fief_err_text(e));
		fief_exit(m.env, 1);
	}
}

/* A child that ends by itself is none of the plan. */
static void child_exited(void *arg, int code)
{
	(void)arg;
	fief_error("the child ended with %d", code);
	fief_exit(m.env, 1);
}

static enum fief_err start(struct fief_env *env)
{
	const struct sandbox_hooks hooks = { .exited = child_exited };
	enum fief_err e;

	m.env = env;
	m.tick.handle = next_version;
	m.log = (struct fief_service){
		.name = LOG_SERVICE,
		.type = &log_rpc_type,
		.ops = &log_ops,
		.size = sizeof(struct child_log),
		.init = log_init,
		.upgraded = log_upgraded,
		.fini = log_fini,
	};
	e = sandbox_create(env, &hooks, &m.sandbox);
	if (!e)
		e = sandbox_serve(m.sandbox, &m.log);
	if (!e)
		e = fief_timeouts_open(&m.timeouts, env);
	if (!e)
		fief_timeout_periodic(&m.timeouts, &m.tick, PERIOD_US);
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e = start(env);

	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
