/* SPDX-License-Identifier: MIT */
/*
 * Locks of clients. A request does not wait: who wants to wait is told by an event
 * when he has the lock, and collects it by asking for it again.
 */

#include <lib/mem.h>

#include "server.h"

/* A lock that a client waits for, or has not collected yet. */
struct lock_wait {
	struct vfs_op op;
	struct list_elem in_handle;
	struct handle *handle; /* borrowed: has us */
	bool over;
	enum vfs_err outcome;
};

enum { WAIT_BYTES = sizeof(struct lock_wait) };

static void wait_free(struct lock_wait *w)
{
	struct session *s = w->handle->session;

	list_remove(&w->in_handle);
	fief_free(s->server->env->heap, w, sizeof(*w));
	fief_budget_give(&s->base.budget, WAIT_BYTES, 0);
}

static void on_outcome(struct vfs_op *op, enum vfs_err e)
{
	struct lock_wait *w = FIEF_CONTAINER_OF(op, struct lock_wait, op);

	w->over = true;
	w->outcome = e;
	if (e != VFS_CANCELED)
		event_add(w->handle, FS_EVENT_LOCK);
}

static bool same_wait(const struct vfs_lock *a, const struct vfs_lock *b)
{
	return a->owner == b->owner && a->pos == b->pos && a->end == b->end &&
	       a->kind == b->kind && a->space == b->space &&
	       a->of_file == b->of_file;
}

static struct lock_wait *wait_find(struct handle *h, const struct vfs_lock *l)
{
	LIST_FOR_EACH(w, &h->lock_waits, struct lock_wait, in_handle)
		if (same_wait(&w->op.lock, l))
			return w;
	return NULL;
}

/* What was decided meanwhile, or AGAIN. */
static enum vfs_err wait_collect(struct lock_wait *w)
{
	const enum vfs_err e = w->outcome;

	if (!w->over)
		return VFS_AGAIN;
	wait_free(w);
	return e;
}

static enum vfs_err wait_begin(struct handle *h, const struct vfs_lock *lock)
{
	struct session *s = h->session;
	struct lock_wait *w = wait_find(h, lock);
	void *mem;
	enum vfs_err e;

	if (w)
		return wait_collect(w);
	if (fief_budget_take(&s->base.budget, WAIT_BYTES, 0))
		return VFS_NO_MEMORY;
	if (fief_alloc(s->server->env->heap, sizeof(*w), &mem)) {
		fief_budget_give(&s->base.budget, WAIT_BYTES, 0);
		return VFS_NO_MEMORY;
	}
	w = mem;
	*w = (struct lock_wait){ .op.done = on_outcome,
		                 .op.lock = *lock,
		                 .handle = h };
	list_add_last(&h->lock_waits, &w->in_handle);
	e = vfs_lock(h->file, &w->op);
	if (e == VFS_LATE)
		return VFS_AGAIN;
	wait_free(w);
	return e;
}

/* Nobody collects it any more: it is given back. */
static void wait_end(struct lock_wait *w)
{
	struct handle *h = w->handle;
	struct vfs_op op = { .lock = w->op.lock, .flags = VFS_NONBLOCK };

	if (!w->over)
		w->op.cancel(&w->op);
	op.lock.kind = VFS_UNLOCK;
	if (!w->outcome)
		vfs_unlock(h->file, &op.lock);
	wait_free(w);
}

void lock_waits_end(struct handle *h)
{
	while (h->lock_waits.first)
		wait_end(LIST_FIRST(&h->lock_waits, struct lock_wait,
		                    in_handle));
}

/* ---- requests ---- */

static struct vfs_lock lock_asked(const struct request *r)
{
	const uint32_t how = r->asked.how;

	return (struct vfs_lock){
		.pos = r->asked.pos,
		.end = r->asked.len,
		.owner = r->asked.rdev,
		.kind = (uint8_t)r->asked.kind,
		.space = how & FS_LOCK_SPACE ? 1 : 0,
		.of_file = how & FS_LOCK_FILE,
		.scope = &r->session->locks,
	};
}

static enum vfs_err lock_cancel(struct request *r, struct handle *h)
{
	struct lock_wait *w = wait_find(h, &r->op.lock);

	if (w)
		wait_end(w);
	return VFS_OK;
}

enum vfs_err begin_lock(struct request *r)
{
	struct session *s = r->session;
	struct handle *h = handle_of(r);
	const uint32_t how = r->asked.how;

	r->op.lock = lock_asked(r);
	if (r->asked.kind > VFS_LOCK_EXCLUSIVE)
		return VFS_INVALID;
	if (how & FS_LOCK_OWNER) {
		vfs_locks_drop(s->vfs, &s->locks, &r->op.lock.owner);
		return VFS_OK;
	}
	if (how & FS_LOCK_CANCEL)
		return lock_cancel(r, h);
	if (how & FS_LOCK_TEST)
		return vfs_lock_test(h->file, &r->op);
	if (r->op.lock.kind == VFS_LOCK_EXCLUSIVE && !s->writeable)
		return VFS_READ_ONLY;
	if (how & FS_LOCK_WAIT && r->op.lock.kind != VFS_UNLOCK)
		return wait_begin(h, &r->op.lock);
	r->op.flags = VFS_NONBLOCK;
	return vfs_lock(h->file, &r->op);
}

void reply_lock(const struct request *r, struct fs_reply *reply)
{
	const struct vfs_lock *l = &r->op.lock;

	reply->pos = l->pos;
	reply->size = l->end;
	reply->kind = l->kind;
	/* Whose number that is, is known to its own session only. */
	reply->ino = l->scope == &r->session->locks ? l->owner : 0;
}
