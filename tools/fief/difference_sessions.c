/* SPDX-License-Identifier: MIT */
/* What a change means for the sessions that a child has: as init/verdict.c, by
 * what init reported of them. */

#include <stdlib.h>
#include <string.h>

#include "difference_sessions.h"
#include "util.h"

enum verdict { STAYS, MOVES, RESTARTS, STUCK };

struct session {
	const char *service, *state;
	const char *asked; /* the label as the client sent it */
	bool movable;
	struct difference_step was, now;
};

/* ---- the report ---- */

static const struct node *requested(const struct difference_pair *p)
{
	const struct node *child =
		p->c->before->outer ?
			NULL :
			node_find(p->c->report, "child", "name", p->was->name);

	return node_first(child, "requested");
}

bool difference_sessions_known(const struct difference_pair *p)
{
	return requested(p) != NULL;
}

static struct session session_of(const struct difference_pair *p,
                                 const struct node *n)
{
	const char *label = node_attr(n, "label", "");
	const char *own = label_scoped(label, p->was->name);
	struct session s = {
		.service = node_attr(n, "service", ""),
		.state = node_attr(n, "state", ""),
		.asked = node_attr(n, "asked", own ? own : label),
		.movable = node_attr(n, "movable", NULL) != NULL,
	};

	s.was = difference_step_of(p->c->before, p->was, s.service, s.asked,
	                           false);
	s.now = difference_step_of(p->c->after, p->now, s.service, s.asked,
	                           false);
	return s;
}

/* ---- verdicts ---- */

static bool is(const struct session *s, const char *state)
{
	return !strcmp(s->state, state);
}

/* Refused, over, or as good as. */
static bool settled(const struct session *s)
{
	return is(s, "DENIED") || is(s, "INSUFFICIENT_RAM") ||
	       is(s, "INSUFFICIENT_CAPS") || is(s, "CLOSING");
}

static bool takes_over(const struct difference_step *s, const char *service)
{
	const struct config_service *p = s->outcome == AUTHORITY_CHILD ?
	                                         s->hop.route.server->provides :
	                                         NULL;

	while (p && !config_service_same(p->name, service))
		p = p->next;
	return p && p->handover;
}

static bool can_move(const struct difference_pair *p, const struct session *s)
{
	return s->movable && is(s, "OK") && takes_over(&s->was, s->service) &&
	       takes_over(&s->now, s->service) &&
	       !difference_served_anew(p, &s->was);
}

static enum verdict verdict(const struct difference_pair *p,
                            const struct session *s)
{
	if (settled(s))
		return STAYS;
	if (!difference_leads(&s->now))
		return is(s, "DEAD") ? STAYS : STUCK;
	if (is(s, "DEAD")) /* it can have a server again */
		return !difference_leads(&s->was) ||
		                       difference_served_anew(p, &s->now) ?
		               RESTARTS :
		               STAYS;
	if (!difference_step_same(&s->was, &s->now))
		return can_move(p, s) ? MOVES : RESTARTS;
	return !is(s, "WAITING") && difference_served_anew(p, &s->now) ?
	               RESTARTS :
	               STAYS;
}

/* ---- telling ---- */

static const char *from(const struct session *s)
{
	return difference_leads(&s->was) ? difference_server_name(&s->was) :
	                                   "one that ended";
}

/* What becomes of it; the caller frees it. */
static char *fate(const struct session *s)
{
	if (!difference_leads(&s->now))
		return util_text("has no route any more");
	if (!difference_step_same(&s->was, &s->now))
		return util_text("moves to %s (label \"%s\")",
		                 difference_server_name(&s->now),
		                 s->now.hop.label.text);
	return util_text("ends with its server");
}

static void tell(const struct difference_pair *p, const struct session *s,
                 enum difference_kind kind, const char *more)
{
	char *text = fate(s);

	differences_add(p->c->out, kind, true, p->c->after, p->now->name,
	                "its session \"%s\" (label \"%s\") of %s %s%s",
	                s->service, s->asked, from(s), text, more);
	free(text);
}

/* The first one that ends decides about the child. */
static void tell_end(const struct difference_pair *p, enum verdict first)
{
	if (first == STUCK)
		differences_add(p->c->out, DIFFERENCE_END, true, p->c->after,
		                p->now->name,
		                "it stays incomplete until there is a route "
		                "to that session again");
	else
		differences_add(p->c->out, DIFFERENCE_RESTART, true,
		                p->c->after, p->now->name,
		                "a session that it has ends");
}

void difference_sessions_end(const struct difference_pair *p)
{
	enum verdict first = STAYS;

	NODE_FOR_EACH(n, requested(p), "session") {
		const struct session s = session_of(p, n);
		const enum verdict v = verdict(p, &s);

		if (v != RESTARTS && v != STUCK)
			continue;
		tell(p, &s, DIFFERENCE_CLOSE, "");
		first = first == STAYS ? v : first;
	}
	if (first != STAYS)
		tell_end(p, first);
}

void difference_sessions_move(const struct difference_pair *p)
{
	NODE_FOR_EACH(n, requested(p), "session") {
		const struct session s = session_of(p, n);

		if (verdict(p, &s) == MOVES)
			tell(p, &s, DIFFERENCE_REROUTE, ", and it goes on");
	}
}
