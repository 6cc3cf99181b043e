/* SPDX-License-Identifier: MIT */
/* What happens to handles, told to their client when it asks. */

#include <lib/mem.h>

#include "server.h"

void event_add(struct handle *h, uint32_t what)
{
	struct session *s = h->session;
	struct request *r = s->events_asked;

	h->events |= what;
	if (!list_linked(&h->in_events))
		list_add_last(&s->events, &h->in_events);
	s->events_asked = NULL;
	if (r)
		vfs_op_end(&r->op, VFS_OK);
}

static void events_cancel(struct vfs_op *op)
{
	vfs_op_end(op, VFS_CANCELED);
}

enum vfs_err begin_events(struct request *r)
{
	struct session *s = r->session;

	if (s->events.first)
		return VFS_OK;
	if (s->events_asked)
		return VFS_BUSY;
	s->events_asked = r;
	r->op.cancel = events_cancel;
	return VFS_LATE;
}

uint32_t events_take(struct session *s, struct fs_event *to)
{
	uint32_t count = 0;
	struct list_elem *e;

	while (count < FS_EVENTS_MAX && (e = list_take_first(&s->events))) {
		struct handle *h = LIST_OBJECT(e, struct handle, in_events);
		struct fs_event event = { h->id.id, h->events };

		if (h->events & FS_EVENT_READY)
			event.what |= stream_ready(h) << FS_READY_SHIFT;
		h->events = 0;
		to[count++] = event;
	}
	return count;
}

/* ---- changes ---- */

enum { WATCH_BYTES = sizeof(struct vfs_op) + 512 }; /* and the core's part */

static void watch_done(struct vfs_op *op, enum vfs_err e)
{
	struct handle *h = op->user;
	struct session *s = h->session;

	h->watch = NULL;
	fief_free(s->server->env->heap, op, sizeof(*op));
	fief_budget_give(&s->base.budget, WATCH_BYTES, 0);
	if (e != VFS_CANCELED)
		event_add(h, FS_EVENT_CHANGED);
}

enum vfs_err begin_watch(struct request *r)
{
	struct session *s = r->session;
	struct handle *h = handle_of(r);
	void *mem;
	enum vfs_err e;

	if (h->watch)
		return VFS_OK;
	if (fief_budget_take(&s->base.budget, WATCH_BYTES, 0))
		return VFS_NO_MEMORY;
	if (fief_alloc_zeroed(s->server->env->heap, sizeof(*h->watch), &mem)) {
		fief_budget_give(&s->base.budget, WATCH_BYTES, 0);
		return VFS_NO_MEMORY;
	}
	h->watch = mem;
	h->watch->done = watch_done;
	h->watch->user = h;
	e = vfs_watch(h->file, h->watch);
	if (e == VFS_LATE)
		return VFS_OK;
	watch_done(h->watch, VFS_CANCELED);
	return e;
}

/* ---- streams ---- */

static void on_ready(struct vfs_waiter *w)
{
	struct handle *h = FIEF_CONTAINER_OF(w, struct handle, ready);

	if (vfs_ready(h->file) == h->told)
		vfs_wait(h->file, w);
	else
		event_add(h, FS_EVENT_READY);
}

uint32_t stream_ready(struct handle *h)
{
	if (!h->file || !h->file->ops->stream)
		return 0;
	h->told = vfs_ready(h->file);
	h->ready.wake = on_ready;
	if (!list_linked(&h->ready.link))
		vfs_wait(h->file, &h->ready);
	return h->told;
}

void events_end(struct handle *h)
{
	if (h->watch)
		h->watch->cancel(h->watch);
	vfs_wait_end(&h->ready);
	list_remove(&h->in_events);
}
