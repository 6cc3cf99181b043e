/* SPDX-License-Identifier: MIT */
/* Sessions that our own parent serves. We never wait for it to find a server:
 * PENDING sessions are looked at when it signals. */

#include "internal.h"

#include <lib/mem.h>

/* The component's own sessions have small ids. */
enum { ID_FIRST = 1u << 30 };

static struct parent_cap up(const struct session *s)
{
	return (struct parent_cap){ s->sandbox->env->parent };
}

static uint32_t id_of(const struct session *s)
{
	return ID_FIRST + s->server_id.id;
}

static bool serves_accounts(const struct session *s)
{
	return config_service_same(s->service, PD_SERVICE);
}

/* A PD that a child opened has the child's account as reference account. */
static enum fief_err adopt(struct session *s, fief_cap cap)
{
	if (s->env != ENV_NONE || !serves_accounts(s))
		return FIEF_OK;
	if (!s->client)
		return FIEF_GONE;
	return pd_reference((struct pd_cap){ cap },
	                    (struct pd_cap){ s->client->pd });
}

/* The rest of its donation is quota of the new account. */
static void opened(struct session *s, fief_cap cap)
{
	enum fief_err e = adopt(s, cap);

	if (e) {
		fief_kif->drop(cap, 1);
		e = parent_close(up(s), id_of(s));
		(void)e; /* all of it is in our account then */
		session_refused(s, FIEF_DENIED);
		return;
	}
	if (serves_accounts(s)) {
		s->ram = PD_RAM_QUOTA;
		s->caps = PD_CAP_QUOTA;
	}
	session_opened(s, cap);
}

void upward_ask(struct session *s)
{
	const struct parent_session_params p = {
		.id = id_of(s),
		.service = capnp_text_of(s->service),
		.label = capnp_text_of(s->label),
		.args = capnp_text_of(s->args),
		.ram = s->ram,
		.caps = s->caps,
	};
	struct parent_session_results r;
	enum fief_err e;

	e = parent_session(up(s), &p, &r);
	s->at_once = !e;
	if (!e)
		opened(s, r.cap);
	else if (e != FIEF_PENDING)
		session_refused(s, e);
}

enum fief_err upward_upgrade(struct session *s, uint64_t ram, uint32_t caps)
{
	return parent_upgrade(up(s), id_of(s), ram, caps);
}

enum fief_err upward_place(struct session *s, struct place p)
{
	enum fief_err e;

	if (p.level == s->placed.level && p.mask == s->placed.mask)
		return FIEF_OK;
	e = parent_place((struct parent_cap){ s->sandbox->env->parent },
	                 id_of(s), p.level, p.mask);
	if (!e)
		s->placed = p;
	return e;
}

void upward_close(struct session *s)
{
	if (parent_close(up(s), id_of(s)) != FIEF_PENDING)
		session_finish(s);
}

/* ---- all that a child starts with ---- */

static bool all_here(const struct child *c)
{
	const struct session *const *s = (const struct session *const *)c->env;

	/* A driver's PD is made with its grant in a step of its own. */
	if (c->sandbox->one_by_one || s[ENV_HOST])
		return false;
	for (unsigned i = 0; i < ENV_HOST; i++)
		if (!s[i] || s[i]->server || s[i]->local)
			return false;
	return true;
}

static void names_return(struct child *c)
{
	for (unsigned i = 0; i < ENV_HOST; i++)
		fief_id_remove(&c->sandbox->upward, &c->env[i]->server_id);
}

static enum fief_err names_take(struct child *c)
{
	enum fief_err e = FIEF_OK;

	for (unsigned i = 0; i < ENV_HOST && !e; i++)
		e = fief_id_add(&c->sandbox->upward, &c->env[i]->server_id);
	if (e)
		names_return(c);
	return e;
}

static enum fief_err ask_start(struct child *c,
                               struct parent_start_child_results *r)
{
	const struct parent_start_child_params p = {
		.pd_id = id_of(c->env[ENV_PD]),
		.cpu_id = id_of(c->env[ENV_CPU]),
		.log_id = id_of(c->env[ENV_LOG]),
		.rom_id = id_of(c->env[ENV_ROM]),
		.label = capnp_text_of(c->env[ENV_PD]->label),
		.binary = capnp_text_of(c->env[ENV_ROM]->label),
		.ram = c->env[ENV_PD]->ram,
		.caps = c->env[ENV_PD]->caps,
		.parent = { c->parent.cap },
		.death_sigh = { c->death.cap },
	};

	return parent_start_child(up(c->env[ENV_PD]), &p, r);
}

static void opened_all(struct child *c,
                       const struct parent_start_child_results *r)
{
	const fief_cap cap[ENV_HOST] = { [ENV_PD] = r->pd, [ENV_CPU] = r->cpu };

	for (unsigned i = 0; i < ENV_HOST; i++) {
		c->env[i]->paid = true;
		c->env[i]->at_once = true;
		opened(c->env[i], cap[i]);
		c->env[i]->settled_by_news = true;
	}
}

enum fief_err upward_start(struct child *c)
{
	const char *label = c->env[ENV_PD]->label;
	struct parent_start_child_results r;
	enum fief_err e;

	if (!all_here(c) || strcmp(c->env[ENV_CPU]->label, label) ||
	    strcmp(c->env[ENV_LOG]->label, label))
		return FIEF_UNSUPPORTED;
	e = names_take(c);
	if (e)
		return e;
	e = ask_start(c, &r);
	if (!e) {
		opened_all(c, &r);
		return FIEF_OK;
	}
	names_return(c);
	c->sandbox->one_by_one = e == FIEF_UNSUPPORTED;
	if (e == FIEF_NOT_FOUND)
		session_refused(c->env[ENV_ROM], FIEF_DENIED);
	return e;
}

bool upward_end(struct child *c)
{
	struct session **s = c->env;

	if (!all_here(c))
		return false;
	for (unsigned i = 0; i < ENV_HOST; i++)
		if (s[i]->state != SESSION_OPEN)
			return false;
	if (parent_close_child(up(s[ENV_PD]), id_of(s[ENV_PD]),
	                       id_of(s[ENV_CPU]), id_of(s[ENV_LOG]),
	                       id_of(s[ENV_ROM])))
		return false;
	for (unsigned i = 0; i < ENV_HOST; i++) {
		session_destroy(s[i]);
		s[i] = NULL;
	}
	return true;
}

/* ---- news ---- */

static void look(struct session *s)
{
	fief_cap cap = FIEF_CAP_NULL;
	enum fief_err e = parent_session_cap(up(s), id_of(s), &cap);

	if (e == FIEF_PENDING)
		return;
	if (s->state == SESSION_CREATING && e) {
		session_refused(s, e);
	} else if (s->state == SESSION_CREATING) {
		opened(s, cap);
	} else if (s->state == SESSION_UPGRADING) {
		fief_kif->drop(cap, 1);
		session_upgraded(s, e);
	} else {
		session_finish(s);
	}
}

/* A child may have many there that are never answered, and others get their turn
 * in between. */
enum { TURN = 64 };

static bool waits(const struct session *s)
{
	return s->state == SESSION_CREATING || s->state == SESSION_UPGRADING ||
	       s->state == SESSION_CLOSING;
}

void upward_news_go_on(struct sandbox *b)
{
	struct fief_id *i =
		b->news_at ? fief_id_from(&b->upward, b->news_at) : NULL;

	for (unsigned n = 0; i && n < TURN; n++) {
		struct session *s =
			FIEF_ID_OBJECT(i, struct session, server_id);

		b->news_at = i->id + 1;
		if (waits(s))
			look(s);
		i = fief_id_from(&b->upward, b->news_at);
	}
	if (!i) {
		b->news_at = b->news_again;
		b->news_again = false;
	}
	if (b->news_at)
		sandbox_work_soon(b);
}

void upward_news(struct fief_signal_handler *self, unsigned count)
{
	struct sandbox *b =
		FIEF_CONTAINER_OF(self, struct sandbox, parent_sigh);

	(void)count;
	if (b->news_at) {
		b->news_again = true;
		return;
	}
	b->news_at = 1;
	upward_news_go_on(b);
}
