/* SPDX-License-Identifier: MIT */
/* Opening by path, and making what is not there. */

#include "internal.h"

static enum vfs_err refuse(struct vfs_op *op, enum vfs_err e)
{
	return walk_end(op, e);
}

/* ---- making, in the uppermost file system that has the directory ---- */

static enum vfs_err made(struct vfs_op *, enum vfs_err);

/* op->node is the directory of a candidate. */
static enum vfs_err make_in(struct vfs_op *op, enum vfs_err e)
{
	struct vfs_walk *w = &op->walk;
	struct vfs_node *dir = op->node;

	if (e)
		return refuse(op, e);
	if (w->fixed || !w->name.len)
		return refuse(op, VFS_EXISTS);
	if (!dir->ops->make) {
		w->worst = VFS_READ_ONLY;
		return walk_next(op);
	}
	vfs_node_put(w->kept);
	w->kept = dir;
	op->node = NULL;
	e = dir->ops->make(dir, w->name, op);
	if (e != VFS_LATE)
		return made(op, e);
	op->step = made;
	return e;
}

static enum vfs_err open_again(struct vfs_op *op);
static enum vfs_err opened(struct vfs_op *, enum vfs_err);

static enum vfs_err file_of_node(struct vfs_op *op)
{
	op->walk.opened = opened;
	return file_open(op->walk.vfs, op);
}

static enum vfs_err made(struct vfs_op *op, enum vfs_err e)
{
	if (e == VFS_READ_ONLY) {
		op->walk.worst = e;
		return walk_next(op);
	}
	/* Somebody else made it just now. */
	if (e == VFS_EXISTS && op->opens && !(op->flags & VFS_EXCLUSIVE))
		return open_again(op);
	if (e)
		return refuse(op, e);
	if (op->opens)
		return file_of_node(op);
	vfs_node_put(op->node);
	op->node = NULL;
	return refuse(op, VFS_OK);
}

static enum vfs_err make_found(struct vfs_op *op, enum vfs_err e)
{
	if (!e)
		return refuse(op, VFS_EXISTS);
	if (e != VFS_NOT_FOUND)
		return refuse(op, e);
	if (op->walk.slash && op->kind != VFS_DIR)
		return refuse(op, VFS_NOT_FOUND);
	return walk_parent(op, make_in);
}

enum vfs_err vfs_make(struct vfs *v, struct vfs_op *op)
{
	op->flags = VFS_NOFOLLOW | VFS_CREATE;
	op->opens = false;
	return walk_begin(v, op, op->at, op->path, false, make_found);
}

/* ---- opening ---- */

static enum vfs_err opened(struct vfs_op *op, enum vfs_err e)
{
	return walk_end(op, e);
}

static enum vfs_err dir_opened(struct vfs_op *op, enum vfs_err e)
{
	if (e)
		return refuse(op, e);
	return file_of_node(op);
}

static enum vfs_err open_dir(struct vfs_op *op)
{
	if (op->flags & (VFS_WRITE | VFS_TRUNCATE | VFS_CREATE))
		return refuse(op, VFS_IS_DIR);
	return walk_place(op, dir_opened);
}

static enum vfs_err open_found(struct vfs_op *op, enum vfs_err e)
{
	if (e == VFS_NOT_FOUND && op->flags & VFS_CREATE) {
		op->kind = VFS_FILE;
		return walk_parent(op, make_in);
	}
	if (e)
		return refuse(op, e);
	if (op->flags & VFS_CREATE && op->flags & VFS_EXCLUSIVE)
		return refuse(op, VFS_EXISTS);
	if (op->node->kind == VFS_DIR)
		return open_dir(op);
	if (op->node->kind == VFS_SYMLINK && !(op->flags & VFS_PATH_ONLY))
		return refuse(op, VFS_LOOP);
	return file_of_node(op);
}

/* The last name is a link that must not be followed, if it must be new. */
static uint32_t find_flags(uint32_t flags)
{
	return flags & VFS_CREATE && flags & VFS_EXCLUSIVE ?
	               flags | VFS_NOFOLLOW :
	               flags;
}

static enum vfs_err open_again(struct vfs_op *op)
{
	struct vfs *v = op->walk.vfs;
	enum vfs_err e = walk_end(op, VFS_EXISTS);

	(void)e;
	return walk_begin(v, op, op->at, op->path, false, open_found);
}

/* Nothing but directories has a slash behind its name, and these are not made
 * by opening. */
enum vfs_err open_slashed(struct vfs_op *op, enum vfs_err e)
{
	return refuse(op, e ? e : VFS_IS_DIR);
}

enum vfs_err vfs_open(struct vfs *v, struct vfs_op *op)
{
	op->file = NULL;
	op->opens = true;
	op->flags = find_flags(op->flags);
	if (op->flags & VFS_CREATE && op->flags & VFS_DIRECTORY)
		return VFS_INVALID;
	return walk_begin(v, op, op->at, op->path, false, open_found);
}
