/* SPDX-License-Identifier: MIT */
/*
 * Locks of ranges, as fcntl(2) and flock(2) have them. An owner's locks of a file
 * never overlap: a new one takes the place of what it had there.
 */

#include <fief/budget.h>

#include "internal.h"

enum { STEPS_MAX = 4096 }; /* when a deadlock is looked for */

struct lock {
	struct list_elem in_node, in_vfs;
	struct vfs_node *node; /* counted */
	struct vfs_lock lock;
};

static bool same_owner(const struct vfs_lock *a, const struct vfs_lock *b)
{
	return a->owner == b->owner && a->file == b->file &&
	       a->scope == b->scope && a->space == b->space;
}

static bool overlap(const struct vfs_lock *a, const struct vfs_lock *b)
{
	return a->pos < b->end && b->pos < a->end;
}

static bool conflict(const struct vfs_lock *a, const struct vfs_lock *b)
{
	return a->space == b->space && overlap(a, b) && !same_owner(a, b) &&
	       (a->kind == VFS_LOCK_EXCLUSIVE || b->kind == VFS_LOCK_EXCLUSIVE);
}

/* ---- locks that there are ---- */

static struct fief_budget *payer(const struct vfs_lock *l)
{
	return l->scope ? l->scope->budget : NULL;
}

/* Not on any list yet. */
static struct lock *lock_make(struct vfs_node *n, const struct vfs_lock *from)
{
	struct fief_budget *b = payer(from);
	struct lock *l;
	void *mem;

	if (b && fief_budget_take(b, sizeof(*l), 0))
		return NULL;
	if (fief_alloc_zeroed(n->fs->vfs->alloc, sizeof(*l), &mem)) {
		if (b)
			fief_budget_give(b, sizeof(*l), 0);
		return NULL;
	}
	l = mem;
	l->lock = *from;
	l->node = vfs_node_get(n);
	return l;
}

static void lock_free(struct lock *l)
{
	struct vfs_node *n = l->node;
	struct fief_budget *b = payer(&l->lock);

	list_remove(&l->in_node);
	list_remove(&l->in_vfs);
	fief_free(n->fs->vfs->alloc, l, sizeof(*l));
	if (b)
		fief_budget_give(b, sizeof(*l), 0);
	node_extra_drop(n);
	vfs_node_put(n);
}

static void lock_add(struct lock *l)
{
	struct vfs_node *n = l->node;

	list_add_last(&n->extra->locks, &l->in_node);
	list_add_last(&n->fs->vfs->locks, &l->in_vfs);
}

static struct lock *find_conflict(const struct vfs_node *n,
                                  const struct vfs_lock *want)
{
	if (!n->extra)
		return NULL;
	LIST_FOR_EACH(l, &n->extra->locks, struct lock, in_node)
		if (conflict(&l->lock, want))
			return l;
	return NULL;
}

/* ---- setting ---- */

/* What the owner had in that range goes, but for `keep`; `rest` becomes the second
 * part of a lock that it is cut out of, and is NULL then. */
static void cut(struct vfs_node *n, const struct vfs_lock *out,
                const struct lock *keep, struct lock **rest)
{
	LIST_FOR_EACH_SAFE(l, &n->extra->locks, struct lock, in_node) {
		struct vfs_lock *had = &l->lock;

		if (l == keep || !same_owner(had, out) || !overlap(had, out))
			continue;
		if (had->pos < out->pos && had->end > out->end) {
			(*rest)->lock = *had;
			(*rest)->lock.pos = out->end;
			had->end = out->pos;
			lock_add(*rest);
			*rest = NULL;
			return;
		}
		if (had->pos < out->pos)
			had->end = out->pos;
		else if (had->end > out->end)
			had->pos = out->end;
		else
			lock_free(l);
	}
}

/* Neighbours of the same kind are one lock. */
static void join(struct lock *with)
{
	struct vfs_lock *w = &with->lock;

	LIST_FOR_EACH_SAFE(l, &with->node->extra->locks, struct lock, in_node) {
		const struct vfs_lock *had = &l->lock;

		if (l == with || !same_owner(had, w) || had->kind != w->kind ||
		    (had->end != w->pos && had->pos != w->end))
			continue;
		w->pos = had->pos < w->pos ? had->pos : w->pos;
		w->end = had->end > w->end ? had->end : w->end;
		lock_free(l);
	}
}

/* All that can fail comes first. */
static enum vfs_err set(struct vfs_node *n, const struct vfs_lock *want)
{
	const bool adds = want->kind != VFS_UNLOCK;
	struct lock *rest, *made = NULL;

	if (!n->extra && !adds)
		return VFS_OK;
	if (!node_extra(n))
		return VFS_NO_MEMORY;
	rest = lock_make(n, want);
	if (rest && adds)
		made = lock_make(n, want);
	if (!rest || (adds && !made)) {
		if (rest)
			lock_free(rest);
		node_extra_drop(n);
		return VFS_NO_MEMORY;
	}
	if (made)
		lock_add(made);
	cut(n, want, made, &rest);
	if (made)
		join(made);
	if (rest)
		lock_free(rest);
	return VFS_OK;
}

/* ---- waiting ---- */

static void retry(struct vfs *v, const struct vfs_node *n)
{
	LIST_FOR_EACH_SAFE(op, &v->lock_waits, struct vfs_op, link) {
		if (op->file->node != n || find_conflict(n, &op->lock))
			continue;
		list_remove(&op->link);
		vfs_op_end_soon(v, op, set(op->file->node, &op->lock));
	}
}

/* It may have the lock already, but not be told yet. */
static void lock_cancel(struct vfs_op *op)
{
	const bool ended = op->link.in == &op->file->vfs->ended;

	list_remove(&op->link);
	vfs_op_end(op, ended ? op->outcome : VFS_CANCELED);
}

/* Do the owners of locks that `want` conflicts with wait for `who`, be it by others?
 * Looks at `*steps` pairs, at most: who makes more of them may wait for ever. */
static bool leads_to(struct vfs *v, const struct vfs_node *n,
                     const struct vfs_lock *want, const struct vfs_lock *who,
                     unsigned *steps)
{
	if (!n->extra)
		return false;
	LIST_FOR_EACH(l, &n->extra->locks, struct lock, in_node) {
		if (!conflict(&l->lock, want))
			continue;
		if (same_owner(&l->lock, who))
			return true;
		LIST_FOR_EACH(op, &v->lock_waits, struct vfs_op, link) {
			if (!*steps || !--*steps)
				return false;
			if (same_owner(&op->lock, &l->lock) &&
			    leads_to(v, op->file->node, &op->lock, who, steps))
				return true;
		}
	}
	return false;
}

/* ---- operations ---- */

/* Whose lock it is, and a range that there can be. */
static enum vfs_err lock_check(struct vfs_file *f, struct vfs_op *op)
{
	struct vfs_lock *l = &op->lock;

	if (f->flags & VFS_PATH_ONLY)
		return VFS_NOT_OPEN;
	if (l->kind > VFS_LOCK_EXCLUSIVE || l->pos >= l->end)
		return VFS_INVALID;
	l->file = l->of_file ? f : NULL;
	op->file = f;
	return VFS_OK;
}

/* Somebody else has the lock for us: what it costs there is paid here, too, by who
 * asked, as long as this file is open. */
static enum vfs_err pay(struct vfs_file *f, const struct vfs_lock *l)
{
	struct vfs_lock own = *l;

	if (!own.scope)
		return VFS_OK;
	own.file = f;
	return set(f->node, &own);
}

static enum vfs_err locked_elsewhere(struct vfs_op *op, enum vfs_err e)
{
	if (e)
		return e;
	e = pay(op->file, &op->lock);
	if (e)
		op->file->ops->unlock(op->file, &op->lock);
	return e;
}

static enum vfs_err lock_elsewhere(struct vfs_file *f, struct vfs_op *op)
{
	enum vfs_err e = f->ops->lock(f, op);

	if (e != VFS_LATE)
		return locked_elsewhere(op, e);
	op->step = locked_elsewhere;
	return e;
}

enum vfs_err vfs_lock(struct vfs_file *f, struct vfs_op *op)
{
	unsigned steps = STEPS_MAX;
	enum vfs_err e = lock_check(f, op);

	if (e)
		return e;
	if (f->ops->lock)
		return lock_elsewhere(f, op);
	if (op->lock.kind == VFS_UNLOCK || !find_conflict(f->node, &op->lock)) {
		e = set(f->node, &op->lock);
		retry(f->vfs, f->node);
		return e;
	}
	if (op->flags & VFS_NONBLOCK)
		return VFS_AGAIN;
	if (leads_to(f->vfs, f->node, &op->lock, &op->lock, &steps))
		return VFS_DEADLOCK;
	list_add_last(&f->vfs->lock_waits, &op->link);
	op->cancel = lock_cancel;
	op->step = NULL;
	return VFS_LATE;
}

void vfs_unlock(struct vfs_file *f, const struct vfs_lock *l)
{
	struct vfs_lock none = *l;

	none.kind = VFS_UNLOCK;
	none.file = none.of_file ? f : NULL;
	if (f->ops->unlock) {
		f->ops->unlock(f, &none);
		(void)!pay(f,
		           &none); /* if it fails, until the file is closed */
	} else if (!set(f->node, &none))
		retry(f->vfs, f->node);
}

enum vfs_err vfs_lock_test(struct vfs_file *f, struct vfs_op *op)
{
	const struct lock *l;
	enum vfs_err e = lock_check(f, op);

	if (e)
		return e;
	if (f->ops->lock_test)
		return f->ops->lock_test(f, op);
	l = find_conflict(f->node, &op->lock);
	if (l)
		op->lock = l->lock;
	else
		op->lock.kind = VFS_UNLOCK;
	return VFS_OK;
}

/* ---- ends of owners ---- */

/* Frees what `of` says, of that lock and its like; who waited for it goes on. */
static void drop(struct vfs *v, bool (*of)(const struct lock *, const void *),
                 const void *arg)
{
	LIST_FOR_EACH_SAFE(l, &v->locks, struct lock, in_vfs) {
		struct vfs_node *n = l->node;

		if (!of(l, arg))
			continue;
		vfs_node_get(n);
		lock_free(l);
		retry(v, n);
		vfs_node_put(n);
	}
}

static bool of_file(const struct lock *l, const void *file)
{
	return l->lock.file == file;
}

void locks_close(struct vfs_file *f)
{
	if (f->node->extra && f->node->extra->locks.first)
		drop(f->vfs, of_file, f);
}

struct whose {
	const struct vfs_lock_scope *scope;
	const uint64_t *owner;
};

static bool of_owner(const struct lock *l, const void *arg)
{
	const struct whose *w = arg;

	return l->lock.scope == w->scope &&
	       (!w->owner || (!l->lock.file && l->lock.owner == *w->owner));
}

void vfs_locks_drop(struct vfs *v, struct vfs_lock_scope *scope,
                    const uint64_t *owner)
{
	const struct whose whose = { scope, owner };

	drop(v, of_owner, &whose);
	LIST_FOR_EACH_SAFE(o, &scope->elsewhere, struct vfs_lock_owner,
	                   in_scope)
		if (!owner || o->owner == *owner)
			o->drop(o);
}
