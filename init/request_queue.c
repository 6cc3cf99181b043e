/* SPDX-License-Identifier: MIT */
/* Which of its requests a server gets next. */

#include "internal.h"

static struct session *asked_by(const struct tree_elem *e)
{
	return TREE_OBJECT((void *)(uintptr_t)e, struct session, in_requests);
}

/*
 * The turn of a request: as many requests of others come before it as there are
 * already of the same client. So whoever asks for a thousand sessions at once,
 * or closes them, makes nobody else wait for them (fair queueing by start time;
 * Goyal, Vin, Cheng 1996).
 */
static int by_turn(const struct tree_elem *a, const struct tree_elem *b)
{
	const struct session *s = asked_by(a), *t = asked_by(b);

	if (s->turn != t->turn)
		return s->turn < t->turn ? -1 : 1;
	return s->turn_number < t->turn_number ? -1 : 1;
}

static uint32_t *counter(struct session *s)
{
	if (s->client)
		return &s->client->unfetched;
	return s->forwarded ? &s->sandbox->forwarded_unfetched :
	                      &s->sandbox->orphans_unfetched;
}

void request_queue(struct session *s)
{
	struct child *d = s->server;
	enum fief_err e;

	s->unfetched = counter(s);
	s->turn = d->turn + (*s->unfetched)++;
	s->turn_number = d->turns++;
	d->requests.order = by_turn;
	e = tree_insert(&d->requests, &s->in_requests);
	(void)e; /* no two have the same number */
}

void request_uncount(struct session *s)
{
	if (s->unfetched)
		--*s->unfetched;
	s->unfetched = NULL;
}

void request_forget(struct session *s)
{
	if (tree_linked(&s->in_requests))
		tree_remove(&s->server->requests, &s->in_requests);
	request_uncount(s);
}

struct session *request_take(struct child *d)
{
	struct session *s = asked_by(tree_first(&d->requests));

	if (!s)
		return NULL;
	d->turn = s->turn;
	request_forget(s);
	return s;
}
