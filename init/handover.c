/* SPDX-License-Identifier: MIT */
/*
 * Sessions that move: a route leads a session elsewhere, both servers let theirs
 * be taken over, and the client can do with another capability. Then the new
 * server is asked for a second session with the same label and donation, which
 * we advance; once it is there it takes the place of the first, the client is
 * told, and what the first gives back is ours again. If anything is in the way,
 * the client starts anew, as those that cannot move. The config that is in force
 * when the second one is there decides, whichever began the move.
 */

#include "internal.h"

#include <lib/mem.h>

enum { ANSWER_NS = 2000000000 }; /* that the new server has */

static bool takes_over(const struct child *server, const char *service)
{
	const struct config_service *s = server->start->provides;

	while (s && !config_service_same(s->name, service))
		s = s->next;
	return s && s->handover;
}

static bool comes_or_runs(const struct child *c)
{
	return c->state == CHILD_NEW || c->state == CHILD_STARTING ||
	       (c->state == CHILD_RUNNING && !c->again);
}

bool handover_possible(const struct session *s, const struct session_way *way)
{
	return s->movable && s->state == SESSION_OPEN && s->server &&
	       !s->server->again && way->server && comes_or_runs(way->server) &&
	       takes_over(s->server, s->service) &&
	       takes_over(way->server, s->service);
}

static bool leads_to(const struct session_way *way, const struct session *s)
{
	return way->server == s->server && !strcmp(way->label.text, s->label);
}

void handover_plan(struct session *s, const struct session_way *way)
{
	if (s->replaced_by && leads_to(way, s->replaced_by))
		return;
	handover_cancel(s); /* that was where another config led it */
	if (!list_linked(&s->link))
		list_add_last(&s->sandbox->moving, &s->link);
}

/* ---- the second session ---- */

static void on_failed(struct timer *self)
{
	struct child *c = FIEF_CONTAINER_OF(self, struct child, restart);

	if (c->state == CHILD_RUNNING)
		sandbox_restart(c);
}

/* Not now: who tells us may be in the middle of something. */
static void failed(struct child *c)
{
	fief_log("\"%s\" starts anew: a session of it could not move",
	         child_name(c));
	c->restart.fire = on_failed;
	timer_set(c->sandbox, &c->restart, 1);
}

static void part(struct session *next)
{
	timer_stop(&next->move_end);
	next->replaces->replaced_by = NULL;
	next->replaces = NULL;
	session_part(next);
}

/* The client must not keep what the config has taken from it for as long as
 * the new server likes. */
static void on_late(struct timer *self)
{
	const struct session *next =
		FIEF_CONTAINER_OF(self, struct session, move_end);
	struct session *old = next->replaces;
	struct child *c = old->client;

	handover_cancel(old);
	failed(c);
}

static enum fief_err begin(struct session *s)
{
	struct sandbox *b = s->sandbox;
	struct session_way way;
	struct session *n;
	enum fief_err e;
	void *mem;

	e = session_way_find(s->client, s->env, s->service, s->sent, &way,
	                     NULL);
	if (!e)
		e = fief_alloc_zeroed(b->env->heap, sizeof(*n), &mem);
	if (e)
		return e;
	n = mem;
	n->sandbox = b;
	n->client = s->client;
	n->server = way.server;
	n->env = ENV_NONE;
	n->movable = n->wait = n->settled_by_news = true;
	n->ram = s->ram;
	n->caps = s->caps;
	memcpy(n->service, s->service, sizeof(n->service));
	memcpy(n->sent, s->sent, sizeof(n->sent));
	memcpy(n->args, s->args, sizeof(n->args));
	memcpy(n->label, way.label.text, strlen(way.label.text) + 1);
	n->replaces = s;
	s->replaced_by = n;
	n->move_end.fire = on_late;
	timer_set(b, &n->move_end, ANSWER_NS);
	session_begin(n);
	return FIEF_OK;
}

void handover_begin(struct sandbox *b)
{
	while (!list_empty(&b->moving)) {
		struct session *s =
			LIST_FIRST(&b->moving, struct session, link);
		struct child *c = s->client;

		list_remove(&s->link);
		if (begin(s))
			failed(c);
	}
}

/* ---- what came of it ---- */

/* It is the one that the client means from now on. */
static void swap(struct session *old, struct session *next)
{
	struct child *c = old->client;
	const uint32_t id = old->client_id.id;
	enum fief_err e;

	fief_id_remove(&c->sessions, &old->client_id);
	e = fief_id_add_as(&c->sessions, &next->client_id, id);
	(void)e; /* the id has just become free */
	timer_stop(&next->move_end);
	old->replaced_by = NULL;
	next->replaces = NULL;
	session_part(old);
	e = session_close(old);
	(void)e; /* nobody waits for it */
	fief_kif->signal(c->session_sigh);
}

/* Where does the config in force lead the first one? */
static bool wanted(const struct session *old, const struct session *there)
{
	struct session_way way;

	return !session_way_find(old->client, old->env, old->service, old->sent,
	                         &way, NULL) &&
	       leads_to(&way, there);
}

void handover_settled(struct session *next)
{
	struct session *old = next->replaces;
	struct child *c = old->client;
	const bool stays = old->state == SESSION_OPEN && wanted(old, old);

	if (next->state == SESSION_OPEN && old->state == SESSION_OPEN &&
	    old->ram == next->ram && old->caps == next->caps &&
	    wanted(old, next)) {
		swap(old, next);
		return;
	}
	handover_cancel(old);
	if (!stays) /* or another config led it back */
		failed(c);
}

void handover_cancel(struct session *old)
{
	struct session *next = old->replaced_by;
	enum fief_err e;

	if (!next)
		return;
	part(next);
	e = session_close(next);
	(void)e; /* nobody waits for it */
}
