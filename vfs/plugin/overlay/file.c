/* SPDX-License-Identifier: MIT */
/*
 * Open files of an overlay: each has an open file of the file system that has the
 * content, and another one once that has been copied. What is written is seen by
 * all who have the file open, also by those who opened it before.
 */

#include <vfs/vfs.h>

#include "internal.h"

struct ov_file {
	struct vfs_file *inner; /* owned */
	struct vfs_file *below; /* owned: before the copy, for maps; or NULL */
	bool upper;             /* `inner` is of the copy */
};

/* The directory, of the file system that has the content, in which it is. */
static struct vfs_node *dir_of(const struct ov_node *n)
{
	const struct ov_node *p = n->parent;
	const struct vfs_fs *fs = ov_real(n)->fs;

	if (!p || n->upper)
		return p ? p->upper : NULL;
	for (unsigned i = 0; i < p->lowers; i++)
		if (p->lower[i]->fs == fs)
			return p->lower[i];
	return NULL;
}

static enum vfs_err open_real(struct vfs_file *f, struct ov_file *o)
{
	enum { FLAGS = VFS_READ | VFS_WRITE | VFS_APPEND | VFS_NONBLOCK };
	const struct ov_node *n = ov_node(f->node);
	struct vfs_file *made;
	enum vfs_err e = ov_inner_open(ov_real(n), dir_of(n), n->name,
	                               f->flags & FLAGS, &made);

	if (e)
		return e;
	o->below = o->inner;
	o->inner = made;
	o->upper = n->upper != NULL;
	return VFS_OK;
}

/* The file with the content as it is now. */
static enum vfs_err current(struct vfs_file *f, struct vfs_file **out)
{
	struct ov_file *o = f->state;
	enum vfs_err e = VFS_OK;

	if (!o->upper && ov_node(f->node)->upper)
		e = open_real(f, o);
	*out = o->inner;
	return e;
}

static enum vfs_err changed(struct vfs_file *f, enum vfs_err e)
{
	if (!e || e == VFS_LATE)
		vfs_node_changed(f->node);
	return e;
}

static enum vfs_err file_read(struct vfs_file *f, struct vfs_op *op)
{
	struct vfs_file *in;
	enum vfs_err e = current(f, &in);

	if (e)
		return e;
	return in->ops->read ? in->ops->read(in, op) : VFS_INVALID;
}

static enum vfs_err file_write(struct vfs_file *f, struct vfs_op *op)
{
	struct vfs_file *in;
	enum vfs_err e = current(f, &in);

	if (e)
		return e;
	return in->ops->write ? changed(f, in->ops->write(in, op)) :
	                        VFS_INVALID;
}

static enum vfs_err file_sync(struct vfs_file *f, struct vfs_op *op)
{
	struct vfs_file *in;
	enum vfs_err e = current(f, &in);

	if (e)
		return e;
	return in->ops->sync ? in->ops->sync(in, op) : VFS_OK;
}

static enum vfs_err file_allocate(struct vfs_file *f, unsigned how,
                                  struct vfs_op *op)
{
	struct vfs_file *in;
	enum vfs_err e = current(f, &in);

	if (e)
		return e;
	return in->ops->allocate ? changed(f, in->ops->allocate(in, how, op)) :
	                           VFS_UNSUPPORTED;
}

static enum vfs_err file_seek(struct vfs_file *f, bool hole, struct vfs_op *op)
{
	struct vfs_file *in;
	enum vfs_err e = current(f, &in);

	if (e)
		return e;
	return in->ops->seek ? in->ops->seek(in, hole, op) : VFS_INVALID;
}

static enum vfs_err file_map(struct vfs_file *f, struct vfs_op *op)
{
	struct vfs_file *in;
	enum vfs_err e = current(f, &in);

	if (e)
		return e;
	return in->ops->map ? in->ops->map(in, op) : VFS_UNSUPPORTED;
}

static unsigned file_ready(struct vfs_file *f)
{
	const struct ov_file *o = f->state;

	return vfs_ready(o->inner);
}

static void file_close(struct vfs_file *f)
{
	struct ov_file *o = f->state;

	if (o->below)
		vfs_close(o->below);
	vfs_close(o->inner);
	fief_free(ov_fs(ov_node(f->node))->alloc, o, sizeof(*o));
}

static const struct vfs_file_ops file_ops = {
	.close = file_close,
	.read = file_read,
	.write = file_write,
	.sync = file_sync,
	.allocate = file_allocate,
	.seek = file_seek,
	.map = file_map,
	.ready = file_ready,
};

/* Who may write has the copy from the start, even if the name goes meanwhile. */
enum vfs_err ov_open(struct vfs_node *node, struct vfs_file *f,
                     struct vfs_op *op)
{
	struct ov_node *n = ov_node(node);
	struct ov_file *o;
	void *mem;
	enum vfs_err e = VFS_OK;

	if (node->kind == VFS_FILE && op->flags & (VFS_WRITE | VFS_TRUNCATE))
		e = ov_copy_up(n, !(op->flags & VFS_TRUNCATE));
	if (e)
		return e;
	if (fief_alloc_zeroed(ov_fs(n)->alloc, sizeof(*o), &mem))
		return VFS_NO_MEMORY;
	o = mem;
	e = open_real(f, o);
	if (e) {
		fief_free(ov_fs(n)->alloc, o, sizeof(*o));
		return e;
	}
	f->state = o;
	f->ops = &file_ops;
	return VFS_OK;
}
