/* SPDX-License-Identifier: MIT */
/* Operations on what stands at a path. */

#include "internal.h"

static enum vfs_err ended(struct vfs_op *op, enum vfs_err e)
{
	return walk_end(op, e);
}

/* The operation goes on with `step` now or when it was late. */
static enum vfs_err then(struct vfs_op *op, enum vfs_err e,
                         enum vfs_err (*step)(struct vfs_op *, enum vfs_err))
{
	if (e != VFS_LATE)
		return step(op, e);
	op->step = step;
	return e;
}

/* ---- find ---- */

static enum vfs_err found(struct vfs_op *op, enum vfs_err e)
{
	if (e)
		return walk_end(op, e);
	return then(op, op->node->ops->stat(op->node, op), ended);
}

enum vfs_err vfs_find(struct vfs *v, struct vfs_op *op)
{
	op->flags &= VFS_NOFOLLOW | VFS_DIRECTORY;
	return walk_begin(v, op, op->at, op->path, false, found);
}

/* ---- enter ---- */

static enum vfs_err at_place(struct vfs_op *op, enum vfs_err e)
{
	if (!e)
		op->place = vfs_place_get(op->walk.at);
	vfs_node_put(op->node);
	op->node = NULL;
	return walk_end(op, e);
}

static enum vfs_err enter_found(struct vfs_op *op, enum vfs_err e)
{
	return e ? walk_end(op, e) : walk_place(op, at_place);
}

enum vfs_err vfs_enter(struct vfs *v, struct vfs_op *op)
{
	op->flags = (op->flags & VFS_NOFOLLOW) | VFS_DIRECTORY;
	return walk_begin(v, op, op->at, op->path, false, enter_found);
}

/* ---- change, target ---- */

static enum vfs_err node_done(struct vfs_op *op, enum vfs_err e)
{
	vfs_node_put(op->node);
	op->node = NULL;
	return walk_end(op, e);
}

static enum vfs_err change_found(struct vfs_op *op, enum vfs_err e)
{
	const struct vfs_node_ops *ops = op->node ? op->node->ops : NULL;

	if (e)
		return walk_end(op, e);
	if (!ops->change)
		return node_done(op, VFS_READ_ONLY);
	if (op->change->what & VFS_SET_SIZE && op->node->kind != VFS_FILE)
		return node_done(op, op->node->kind == VFS_DIR ? VFS_IS_DIR :
		                                                 VFS_INVALID);
	return then(op, ops->change(op->node, op), node_done);
}

enum vfs_err vfs_change(struct vfs *v, struct vfs_op *op)
{
	op->flags &= VFS_NOFOLLOW;
	return walk_begin(v, op, op->at, op->path, false, change_found);
}

static enum vfs_err target_found(struct vfs_op *op, enum vfs_err e)
{
	if (e)
		return walk_end(op, e);
	if (op->node->kind != VFS_SYMLINK || !op->node->ops->target)
		return node_done(op, VFS_INVALID);
	return then(op, op->node->ops->target(op->node, op), node_done);
}

enum vfs_err vfs_target(struct vfs *v, struct vfs_op *op)
{
	if (!op->len)
		return VFS_INVALID;
	op->flags = VFS_NOFOLLOW;
	op->count = 0;
	return walk_begin(v, op, op->at, op->path, false, target_found);
}
