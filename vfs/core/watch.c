/* SPDX-License-Identifier: MIT */
/*
 * Who waits for a change. What happens is only noted while an operation runs:
 * who is told may begin others.
 */

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
	struct list_elem in_vfs; /* of `watches` or `fired` */
	enum vfs_err result;
	unsigned room, count; /* of links, and those in use */
	struct watch_link link[];
};

static size_t watch_bytes(unsigned count)
{
	return sizeof(struct watch) + count * sizeof(struct watch_link);
}

/* ---- ends ---- */

static void links_cut(struct watch *w)
{
	for (unsigned i = 0; i < w->count; i++) {
		list_remove(&w->link[i].in_node);
		node_extra_drop(w->link[i].node);
	}
}

static void watch_free(struct watch *w)
{
	list_remove(&w->in_vfs);
	for (unsigned i = 0; i < w->count; i++)
		vfs_node_put(w->link[i].node);
	fief_free(w->vfs->alloc, w, watch_bytes(w->room));
}

static void watch_fire(struct watch *w, enum vfs_err e)
{
	links_cut(w);
	list_remove(&w->in_vfs);
	list_add_last(&w->vfs->fired, &w->in_vfs);
	w->result = e;
	tell_soon(w->vfs);
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

static void watch_cancel(struct vfs_op *op)
{
	struct watch *w = op->worker;

	links_cut(w); /* of no effect if it was fired */
	watch_free(w);
	vfs_op_end(op, VFS_CANCELED);
}

/* ---- telling ---- */

void tell_soon(struct vfs *v)
{
	if (v->woken.first || v->fired.first)
		fief_signal_local_submit(&v->telling);
}

/* Those that wait again are told of what happens from now on. */
void vfs_tell(struct vfs *v)
{
	size_t fired = v->fired.count, woken = v->woken.count;

	for (; fired && v->fired.first; fired--) {
		struct watch *w = LIST_FIRST(&v->fired, struct watch, in_vfs);
		struct vfs_op *op = w->op;
		const enum vfs_err e = w->result;

		watch_free(w);
		vfs_op_end(op, e);
	}
	for (; woken && v->woken.first; woken--) {
		struct vfs_waiter *w = LIST_OBJECT(list_take_first(&v->woken),
		                                   struct vfs_waiter, link);

		w->wake(w);
	}
	tell_soon(v);
}

static void on_tell(struct fief_signal_handler *self, unsigned count)
{
	(void)count;
	vfs_tell(FIEF_CONTAINER_OF(self, struct vfs, telling));
}

void watch_init(struct vfs *v)
{
	if (!v->env)
		return;
	v->telling = (struct fief_signal_handler){ .handle = on_tell,
		                                   .level = FIEF_SIGNAL_IO };
	fief_signal_local(v->env->ep, &v->telling);
}

void watch_fini(struct vfs *v)
{
	if (v->env)
		fief_signal_dissolve(v->env->ep, &v->telling);
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

static bool fired(const struct watch *w)
{
	return w->in_vfs.in == &w->vfs->fired;
}

enum vfs_err vfs_watch(struct vfs_file *f, struct vfs_op *op)
{
	const struct vfs_place *p = f->place;
	const unsigned count = p ? p->count : 1;
	struct vfs_node *const *nodes = p ? p->layer : &f->node;
	struct vfs *v = f->vfs;
	struct watch *w;
	void *mem;
	enum vfs_err e = VFS_OK;

	if (fief_alloc_zeroed(v->alloc, watch_bytes(count), &mem))
		return VFS_NO_MEMORY;
	w = mem;
	w->vfs = v;
	w->op = op;
	w->room = count;
	list_add_last(&v->watches, &w->in_vfs);
	for (unsigned i = 0; i < count && !e && !fired(w); i++)
		e = watch_node(w, nodes[i]);
	if (e) {
		links_cut(w);
		watch_free(w);
		return e;
	}
	op->step = NULL;
	op->worker = w;
	op->cancel = watch_cancel;
	return VFS_LATE;
}
