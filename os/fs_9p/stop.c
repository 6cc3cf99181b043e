/* SPDX-License-Identifier: MIT */
/* Requests that are given up. */

#include "requests.h"

static bool runs(const struct server *s, const struct request *which)
{
	LIST_FOR_EACH(r, &s->running, struct request, link)
		if (r == which)
			return true;
	return false;
}

static void stop(struct request *r)
{
	if (r->waiting) {
		vfs_wait_end(&r->ready);
		r->waiting = false;
		r->ended = true;
		request_finish(r, VFS_CANCELED);
	} else if (r->op.cancel) {
		r->op.cancel(&r->op);
	}
}

/* False: it goes on. What was given up may have come to its next operation. */
static bool give_up(struct server *s, struct request *r)
{
	server_enter(s);
	do
		stop(r);
	while (runs(s, r) && (r->waiting || r->op.cancel));
	server_leave(s);
	return !runs(s, r);
}

/* What cannot be given up ends sometime, without an answer. */
static void drop(struct server *s, struct request *r)
{
	if (give_up(s, r))
		return;
	list_remove(&r->link);
	list_add_last(&s->dropped, &r->link);
	r->dropped = true;
	requests_flushed(s, r);
}

void requests_drop(struct server *s, const struct request *but)
{
	struct request *r = LIST_FIRST(&s->running, struct request, link);

	/* One that ends takes those with it that wait for it: begin anew. */
	server_enter(s);
	while (r) {
		if (r == but || r->flushing) {
			r = LIST_NEXT(r, struct request, link);
			continue;
		}
		drop(s, r);
		r = LIST_FIRST(&s->running, struct request, link);
	}
	server_leave(s);
}

static struct request *last_that_waits(const struct server *s)
{
	struct request *last = NULL;

	LIST_FOR_EACH(r, &s->running, struct request, link)
		if (r->patient)
			last = r;
	return last;
}

void waiting_bound(struct server *s)
{
	struct request *r;

	while (s->waiting.count > WAITING_MAX ||
	       s->waiting.bytes > WAITING_BYTES) {
		r = last_that_waits(s);
		if (!r)
			return;
		r->error = P9_ENFILE;
		if (!give_up(s, r))
			return;
	}
}

enum vfs_err run_flush(struct request *r, enum vfs_err e)
{
	struct server *s = r->server;
	struct request *old;
	uint16_t tag;

	if (r->stage++)
		return request_end(r, e);
	tag = p9_u16(&r->in);
	if (!p9_done(&r->in))
		return request_end(r, VFS_INVALID);
	old = request_tagged(s, tag);
	/* Mostly it ends by that. */
	if (!old || old == r || give_up(s, old))
		return request_end(r, VFS_OK);
	r->flushing = old;
	return VFS_LATE;
}
