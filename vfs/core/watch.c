/* SPDX-License-Identifier: MIT */
/* Who waits for a change of a node. */

#include "internal.h"

struct watch_link {
	struct list_elem in_node;
	struct vfs_node *node; /* counted */
	struct watch *watch;
};

/* Of one operation: a directory may be several nodes. */
struct watch {
	struct vfs *vfs;
	struct vfs_op *op;
	struct list_elem in_vfs; /* until it is told */
	unsigned room, count;    /* of links, and those in use */
	struct watch_link link[];
};

static size_t watch_bytes(unsigned count)
{
	return sizeof(struct watch) + count * sizeof(struct watch_link);
}

/* ---- ends ---- */

/* Its nodes tell it nothing any more. */
static void watch_cut(struct watch *w)
{
	list_remove(&w->in_vfs);
	for (unsigned i = 0; i < w->count; i++) {
		list_remove(&w->link[i].in_node);
		node_extra_drop(w->link[i].node);
	}
}

static enum vfs_err watch_end(struct vfs_op *op, enum vfs_err e)
{
	struct watch *w = op->worker;

	watch_cut(w);
	for (unsigned i = 0; i < w->count; i++)
		vfs_node_put(w->link[i].node);
	fief_free(w->vfs->alloc, w, watch_bytes(w->room));
	return e;
}

static void watch_cancel(struct vfs_op *op)
{
	list_remove(&op->link);
	vfs_op_end(op, VFS_CANCELED);
}

static void watch_fire(struct watch *w, enum vfs_err e)
{
	watch_cut(w);
	vfs_op_end_soon(w->vfs, w->op, e);
}

void vfs_node_unwatched(struct vfs_node *n, enum vfs_err e)
{
	while (n->extra && n->extra->watches.first)
		watch_fire(LIST_FIRST(&n->extra->watches, struct watch_link,
		                      in_node)
		                   ->watch,
		           e);
}

void watches_fire(struct vfs *v)
{
	while (v->watches.first)
		watch_fire(LIST_FIRST(&v->watches, struct watch, in_vfs),
		           VFS_OK);
}

/* ---- beginning ---- */

/* The file system may tell a change while it is being asked for it. */
static enum vfs_err watch_node(struct watch *w, struct vfs_node *n)
{
	struct watch_link *l = &w->link[w->count];
	struct vfs_extra *x = node_extra(n);

	if (!x)
		return VFS_NO_MEMORY;
	w->count++;
	l->node = vfs_node_get(n);
	l->watch = w;
	list_add_last(&x->watches, &l->in_node);
	return n->ops->watch && x->watches.count == 1 ? n->ops->watch(n) :
	                                                VFS_OK;
}

static enum vfs_err watch_make(struct vfs *v, struct vfs_op *op, unsigned room)
{
	struct watch *w;
	void *mem;

	if (fief_alloc_zeroed(v->alloc, watch_bytes(room), &mem))
		return VFS_NO_MEMORY;
	w = mem;
	w->vfs = v;
	w->op = op;
	w->room = room;
	list_add_last(&v->watches, &w->in_vfs);
	op->worker = w;
	op->step = watch_end;
	op->cancel = watch_cancel;
	return VFS_OK;
}

enum vfs_err vfs_watch(struct vfs_file *f, struct vfs_op *op)
{
	const struct vfs_place *p = f->place;
	const unsigned count = p ? p->count : 1;
	struct vfs_node *const *nodes = p ? p->layer : &f->node;
	enum vfs_err e = watch_make(f->vfs, op, count);
	struct watch *w = op->worker;

	if (e)
		return e;
	for (unsigned i = 0; i < count && !e && list_linked(&w->in_vfs); i++)
		e = watch_node(w, nodes[i]);
	if (!e)
		return VFS_LATE;
	list_remove(&op->link); /* one of them may have told already */
	op->cancel = NULL;
	op->step = NULL;
	return watch_end(op, e);
}
