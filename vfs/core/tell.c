/* SPDX-License-Identifier: MIT */
/*
 * Telling who waits. What happens is only noted while an operation runs, since
 * who is told may begin others: the entrypoint tells later.
 */

#include "internal.h"

static void soon(struct vfs *v)
{
	if (v->woken.first || v->ended.first)
		fief_signal_local_submit(&v->telling);
}

/* Those that wait again are told of what happens from now on. */
void vfs_tell(struct vfs *v)
{
	size_t ended = v->ended.count, woken = v->woken.count;

	for (; ended && v->ended.first; ended--) {
		struct vfs_op *op = LIST_OBJECT(list_take_first(&v->ended),
		                                struct vfs_op, link);

		vfs_op_end(op, op->outcome);
	}
	for (; woken && v->woken.first; woken--) {
		struct vfs_waiter *w = LIST_OBJECT(list_take_first(&v->woken),
		                                   struct vfs_waiter, link);

		w->wake(w);
	}
	soon(v);
}

static void on_tell(struct fief_signal_handler *self, unsigned count)
{
	(void)count;
	vfs_tell(FIEF_CONTAINER_OF(self, struct vfs, telling));
}

void tell_init(struct vfs *v)
{
	if (!v->env)
		return;
	v->telling = (struct fief_signal_handler){ .handle = on_tell,
		                                   .level = FIEF_SIGNAL_IO };
	fief_signal_local(v->env->ep, &v->telling);
}

void tell_fini(struct vfs *v)
{
	if (v->env)
		fief_signal_dissolve(v->env->ep, &v->telling);
}

void vfs_op_end_soon(struct vfs *v, struct vfs_op *op, enum vfs_err e)
{
	op->outcome = e;
	list_add_last(&v->ended, &op->link);
	soon(v);
}

/* ---- files that are ready ---- */

void vfs_wait(struct vfs_file *f, struct vfs_waiter *w)
{
	list_add_last(&f->waiters, &w->link);
}

void vfs_wait_end(struct vfs_waiter *w)
{
	list_remove(&w->link);
}

void vfs_file_ready(struct vfs_file *f)
{
	struct list_elem *e;

	while ((e = list_take_first(&f->waiters)))
		list_add_last(&f->vfs->woken, e);
	soon(f->vfs);
}
