/* SPDX-License-Identifier: MIT */
/*
 * Closes that servers do not answer. Until they do, we keep the record, and they
 * the donation: a client that is started again and again, and a server in league
 * with it, would have us keep more and more. So a server that does not answer
 * for a while has so many of them; the others are over, and what it has not
 * given back is taken.
 */

#include "internal.h"

static const uint64_t ANSWER_NS = 10000000000;

enum { TOLERATED = 64 };

static struct session *first(const struct sandbox *b)
{
	return LIST_FIRST(&b->closes, struct session, in_closes);
}

static void wait(struct sandbox *b);

/* It stays, if it is one of few: the server may be slow, and still needs to be
 * told. */
static void late(struct session *s)
{
	list_remove(&s->in_closes);
	if (s->server->closes <= TOLERATED)
		return;
	if (complaint_due(s->sandbox, s->server))
		fief_error("\"%s\" does not answer the close of session "
		           "\"%s\" (label \"%s\"): it is over",
		           child_name(s->server), s->service, s->label);
	session_finish(s);
}

static void on_late(struct timer *self)
{
	struct sandbox *b = FIEF_CONTAINER_OF(self, struct sandbox, close_late);
	const uint64_t now = fief_kif->time();
	struct session *s;

	while ((s = first(b)) && s->close_until <= now)
		late(s);
	wait(b);
}

static void wait(struct sandbox *b)
{
	const struct session *s = first(b);
	const uint64_t now = fief_kif->time();

	if (!s || list_linked(&b->close_late.link))
		return;
	b->close_late.fire = on_late;
	timer_set(b, &b->close_late,
	          s->close_until > now ? s->close_until - now : 1);
}

void close_asked(struct session *s)
{
	struct sandbox *b = s->sandbox;

	s->close_until = fief_kif->time() + ANSWER_NS;
	s->close_counted = true;
	s->server->closes++;
	list_add_last(&b->closes, &s->in_closes);
	/* Not before: while a time is set, each wait for an event is dearer. */
	if (s->server->closes > TOLERATED)
		wait(b);
}

void close_answered(struct session *s)
{
	list_remove(&s->in_closes);
	if (s->close_counted)
		s->server->closes--;
	s->close_counted = false;
}
