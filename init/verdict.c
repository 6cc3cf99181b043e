/* SPDX-License-Identifier: MIT */
/*
 * What a new config means for a child that runs: it goes on if each session
 * that it has would be opened the same way today. Decided before anything is
 * ended, by the sessions there are; those that end with their servers end
 * their clients, too, until no more do.
 */

#include "internal.h"

#include <lib/mem.h>

enum verdict { STAYS, MOVES, RESTARTS, STUCK };

/* A session without use to compare: refused, over, or as good as. */
static bool settled(const struct session *s)
{
	return s->state == SESSION_DENIED || s->state == SESSION_CLOSING;
}

/* Is its server about to be another instance? */
static bool served_anew(const struct child *server)
{
	return server && (server->again || server->state == CHILD_NEW);
}

static const char *sent_now(const struct session *s)
{
	const struct config_start *start = s->client->start;

	if (s->env == ENV_HOST && start->host)
		return start->host;
	return s->env == ENV_ROM ? start->binary : s->sent;
}

static enum verdict session_verdict(const struct session *s,
                                    struct session_way *way)
{
	if (settled(s))
		return STAYS;
	if (session_way_find(s->client, s->env, s->service, sent_now(s), way,
	                     NULL))
		return s->state == SESSION_DEAD && !s->lost ? STAYS : STUCK;
	if (s->state == SESSION_DEAD) /* it can have a server again */
		return s->lost || served_anew(way->server) ? RESTARTS : STAYS;
	if (handover_possible(s, way) &&
	    (way->server != s->server || strcmp(way->label.text, s->label)))
		return MOVES;
	if (way->local != s->local || way->own != s->own ||
	    way->server != s->server || strcmp(way->label.text, s->label) != 0)
		return RESTARTS;
	return s->state != SESSION_WAITING && served_anew(way->server) ?
	               RESTARTS :
	               STAYS;
}

/* It is not started before there is a route to what it had. */
static void missing_set(struct child *c, const struct session *s)
{
	memcpy(c->missing_service, s->service, sizeof(s->service));
	memcpy(c->missing_label, s->sent, sizeof(s->sent));
}

/* Does one of the sessions end it? */
static bool session_ends(struct child *c, struct session *s)
{
	struct session_way way;
	const enum verdict v = session_verdict(s, &way);

	if (v == STUCK && s->env == ENV_NONE)
		missing_set(c, s);
	if (v == MOVES)
		handover_plan(s, &way);
	return v == RESTARTS || v == STUCK;
}

bool verdict_restarts(struct child *c)
{
	if (c->env[ENV_CPU] && !c->env[ENV_HOST] != !c->start->host)
		return true; /* it becomes a driver, or is one no more */
	for (unsigned i = 0; i < ENV_COUNT; i++)
		if (c->env[i] && session_ends(c, c->env[i]))
			return true;
	for (struct fief_id *i = fief_id_first(&c->sessions); i;
	     i = fief_id_next(i))
		if (session_ends(c,
		                 FIEF_ID_OBJECT(i, struct session, client_id)))
			return true;
	return false;
}
