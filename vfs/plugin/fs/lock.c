/* SPDX-License-Identifier: MIT */
/*
 * Locks, which the server keeps. Who waits for one is told by an event that it may
 * be his, and asks again.
 */

#include <fief/budget.h>

#include "fs.h"

/* ---- owners ---- */

/* Clients of a server whose tree this is have owners of their own: each is another
 * one here. */
struct owner {
	struct vfs_lock_owner base;
	struct vfs_lock_scope *scope; /* borrowed */
	struct list_elem in_fs;
	struct fs *fs;
	uint64_t number;
};

#define FIRST_NUMBER (UINT64_C(1) << 63)

static void owner_free(struct owner *o)
{
	list_remove(&o->base.in_scope);
	list_remove(&o->in_fs);
	if (o->scope->budget)
		fief_budget_give(o->scope->budget, sizeof(*o), 0);
	fief_free(o->fs->alloc, o, sizeof(*o));
}

static void owner_drop(struct vfs_lock_owner *base)
{
	struct owner *o = FIEF_CONTAINER_OF(base, struct owner, base);
	struct call *c;

	if (!call_make(o->fs, NULL, FS_LOCK, 0, &c)) {
		c->asked.rdev = o->number;
		c->asked.how = FS_LOCK_OWNER;
		call_post(c);
	}
	owner_free(o);
}

void owners_end(struct fs *fs)
{
	while (fs->owners.first)
		owner_free(LIST_FIRST(&fs->owners, struct owner, in_fs));
}

static enum vfs_err owner_make(struct fs *fs, const struct vfs_lock *l,
                               struct owner **out)
{
	struct fief_budget *b = l->scope->budget;
	struct owner *o;
	void *mem;

	if (b && fief_budget_take(b, sizeof(*o), 0))
		return VFS_NO_MEMORY;
	if (fief_alloc_zeroed(fs->alloc, sizeof(*o), &mem)) {
		if (b)
			fief_budget_give(b, sizeof(*o), 0);
		return VFS_NO_MEMORY;
	}
	o = mem;
	o->base.owner = l->owner;
	o->base.drop = owner_drop;
	o->scope = l->scope;
	o->fs = fs;
	o->number = FIRST_NUMBER + fs->owner_count++;
	list_add_last(&l->scope->elsewhere, &o->base.in_scope);
	list_add_last(&fs->owners, &o->in_fs);
	*out = o;
	return VFS_OK;
}

static enum vfs_err owner_number(struct fs *fs, const struct vfs_lock *l,
                                 uint64_t *number)
{
	struct owner *o;
	enum vfs_err e;

	*number = l->owner;
	if (!l->scope || l->file)
		return VFS_OK;
	LIST_FOR_EACH(had, &fs->owners, struct owner, in_fs)
		if (had->scope == l->scope && had->base.owner == l->owner) {
			*number = had->number;
			return VFS_OK;
		}
	e = owner_make(fs, l, &o);
	if (!e)
		*number = o->number;
	return e;
}

/* ---- asking ---- */

static enum vfs_err lock_call(struct vfs_node *node, struct vfs_op *op,
                              const struct vfs_lock *l, uint32_t how,
                              struct call **out)
{
	struct fs *fs = fs_of(node);
	uint64_t number;
	struct call *c;
	enum vfs_err e = owner_number(fs, l, &number);

	if (!e)
		e = call_make(fs, op, FS_LOCK, fs_node(node)->handle, &c);
	if (e)
		return e;
	c->asked.pos = l->pos;
	c->asked.len = l->end;
	c->asked.rdev = number;
	c->asked.kind = l->kind;
	c->asked.how = how | (l->space ? FS_LOCK_SPACE : 0) |
	               (l->file ? FS_LOCK_FILE : 0);
	*out = c;
	return VFS_OK;
}

static enum vfs_err locked(struct call *, uint32_t outcome,
                           const struct fs_reply *);

/* Nobody wants it any more: the server does not wait for it either. */
static void unwanted(struct call *c, enum vfs_err e)
{
	struct call *cancel;

	if ((e && e != VFS_AGAIN) ||
	    call_make(c->fs, NULL, FS_LOCK, c->handle, &cancel))
		return;
	cancel->asked = c->asked;
	if (e)
		cancel->asked.how |= FS_LOCK_CANCEL;
	else
		cancel->asked.kind = VFS_UNLOCK;
	call_post(cancel);
}

static enum vfs_err ask(struct vfs_op *op)
{
	const bool waits = !(op->flags & VFS_NONBLOCK);
	struct call *c;
	enum vfs_err e = lock_call(op->file->node, op, &op->lock,
	                           waits ? FS_LOCK_WAIT : 0, &c);

	if (e)
		return e;
	c->finish = locked;
	if (waits) {
		c->answered = unwanted;
		c->node = fs_node(op->file->node);
	}
	return call_start(c);
}

static void post(struct vfs_node *n, const struct vfs_lock *l, uint32_t how)
{
	struct call *c;

	if (!lock_call(n, NULL, l, how, &c))
		call_post(c);
}

/* ---- waiting ---- */

static void wait_cancel(struct vfs_op *op)
{
	list_remove(&op->link);
	post(op->file->node, &op->lock, FS_LOCK_CANCEL);
	vfs_op_end(op, VFS_CANCELED);
}

static enum vfs_err locked(struct call *c, uint32_t outcome,
                           const struct fs_reply *r)
{
	struct vfs_op *op = c->op;

	(void)r;
	if (outcome != VFS_AGAIN || op->flags & VFS_NONBLOCK)
		return vfs_err_from_wire(outcome);
	list_add_last(&fs_node(op->file->node)->lock_waits, &op->link);
	op->cancel = wait_cancel;
	return VFS_LATE;
}

void locks_told(struct fs_node *n)
{
	if (n->lock_waits.first && !list_linked(&n->in_asking))
		list_add_last(&fs_of(&n->node)->asking, &n->in_asking);
}

static void node_ask(struct fs_node *n)
{
	for (size_t i = n->lock_waits.count; i && n->lock_waits.first; i--) {
		struct vfs_op *op = LIST_OBJECT(list_take_first(&n->lock_waits),
		                                struct vfs_op, link);
		const enum vfs_err e = ask(op);

		if (e != VFS_LATE)
			vfs_op_end(op, e);
	}
}

void locks_ask(struct fs *fs)
{
	struct list_elem *e;

	while ((e = list_take_first(&fs->asking))) {
		struct fs_node *n = LIST_OBJECT(e, struct fs_node, in_asking);

		vfs_node_get(&n->node);
		node_ask(n);
		vfs_node_put(&n->node);
	}
}

/* ---- operations ---- */

enum vfs_err fs_lock(struct vfs_file *f, struct vfs_op *op)
{
	enum vfs_err e = VFS_OK;

	fs_node(f->node)->locked |= op->lock.of_file;
	if (!(op->flags & VFS_NONBLOCK))
		e = told_begin(fs_node(f->node));
	return e ? e : ask(op);
}

static enum vfs_err tested(struct call *c, uint32_t outcome,
                           const struct fs_reply *r)
{
	struct vfs_lock *l = &c->op->lock;

	if (outcome)
		return vfs_err_from_wire(outcome);
	l->pos = r->pos;
	l->end = r->size;
	l->kind = r->kind <= VFS_LOCK_EXCLUSIVE ? (uint8_t)r->kind :
	                                          VFS_LOCK_EXCLUSIVE;
	l->owner = r->ino;
	l->scope = NULL;
	l->file = NULL;
	return VFS_OK;
}

enum vfs_err fs_lock_test(struct vfs_file *f, struct vfs_op *op)
{
	struct call *c;
	enum vfs_err e = lock_call(f->node, op, &op->lock, FS_LOCK_TEST, &c);

	if (e)
		return e;
	c->finish = tested;
	return call_start(c);
}

void fs_unlock(struct vfs_file *f, const struct vfs_lock *l)
{
	post(f->node, l, 0);
}
