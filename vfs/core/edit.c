/* SPDX-License-Identifier: MIT */
/* Names that go, or become others. */

#include <lib/mem.h>

#include "internal.h"

/* Does the directory have it, and what? LATE: that would have to be asked, so its
 * file system finds out. */
static enum vfs_err kind_of(struct vfs_node *dir, struct vfs_name name,
                            struct vfs_op *op, enum vfs_kind *kind)
{
	struct vfs_node *node = op->node;
	enum vfs_err e;

	if (!dir->ops->lookup)
		return VFS_LATE;
	op->node = NULL;
	e = dir->ops->lookup(dir, name, op);
	if (!e)
		*kind = op->node->kind;
	vfs_node_put(op->node);
	op->node = node;
	return e;
}

/* Why a name does not go from a directory that it is not to go from: some never
 * change, but say so only of names that they have; or there is a slash behind it,
 * and it is to be no directory. */
static enum vfs_err refused(struct vfs_op *op, enum vfs_err why)
{
	enum vfs_kind kind;
	enum vfs_err e = kind_of(op->node, op->walk.name, op, &kind);

	if (e == VFS_LATE)
		return why;
	if (e || why == VFS_READ_ONLY)
		return e ? e : why;
	return kind == VFS_DIR ? VFS_IS_DIR : VFS_NOT_DIR;
}

/* ---- remove ---- */

static enum vfs_err removed(struct vfs_op *op, enum vfs_err e)
{
	if (e == VFS_NOT_FOUND)
		return walk_next(op);
	vfs_node_put(op->node);
	op->node = NULL;
	return walk_end(op, e);
}

/* Why the directory that such a path leads to cannot be removed. */
static const enum vfs_err at_last[] = {
	[VFS_LAST_ROOT] = VFS_BUSY,
	[VFS_LAST_DOT] = VFS_INVALID,
	[VFS_LAST_UP] = VFS_NOT_EMPTY,
};

static enum vfs_err remove_in(struct vfs_op *op, enum vfs_err e)
{
	struct vfs_walk *w = &op->walk;
	const bool dir = op->flags & VFS_DIRECTORY;
	struct vfs_node *n = op->node;

	if (e)
		return walk_end(op, e);
	if (!w->name.len)
		return walk_end(op, dir ? at_last[w->last] : VFS_IS_DIR);
	if (w->fixed)
		return walk_end(op, VFS_BUSY);
	if (w->slash && !dir && n->ops->lookup)
		e = refused(op, VFS_NOT_DIR);
	else if (n->ops->remove)
		e = n->ops->remove(n, w->name, dir, op);
	else
		e = refused(op, VFS_READ_ONLY);
	if (e != VFS_LATE)
		return removed(op, e);
	op->step = removed;
	return e;
}

enum vfs_err vfs_remove(struct vfs *v, struct vfs_op *op)
{
	op->flags &= VFS_DIRECTORY;
	return walk_begin(v, op, op->at, op->path, true, remove_in);
}

/* ---- rename ---- */

static enum vfs_err renamed(struct vfs_op *op, enum vfs_err e)
{
	vfs_node_put(op->node);
	op->node = NULL;
	return walk_end(op, e);
}

/* A slash behind a name is for directories only. */
static enum vfs_err rename_refused(struct vfs_op *op)
{
	const struct vfs_walk *w = &op->walk;
	const bool swap = op->flags & VFS_EXCHANGE;
	enum vfs_kind kind = VFS_DIR;
	enum vfs_err e = kind_of(op->node, w->name, op, &kind);

	if (e == VFS_LATE)
		return VFS_OK;
	if (!e && op->flags & VFS_NOREPLACE)
		return VFS_EXISTS;
	if (e && swap)
		return e;
	if (w->kept_kind != VFS_DIR && (w->kept_slash || (w->slash && !swap)))
		return VFS_NOT_DIR;
	return swap && kind != VFS_DIR && w->slash ? VFS_NOT_DIR : VFS_OK;
}

static enum vfs_err rename_to(struct vfs_op *op, enum vfs_err e)
{
	struct vfs_walk *w = &op->walk;
	struct vfs_node *from = w->kept;

	if (e)
		return walk_end(op, e);
	if (w->missing != VFS_BUSY && (w->fixed || !w->name.len))
		return walk_end(op, op->flags & VFS_NOREPLACE ? VFS_EXISTS :
		                                                VFS_BUSY);
	if (w->missing)
		return walk_end(op, w->missing);
	e = rename_refused(op);
	if (e)
		return walk_end(op, e);
	if (op->node->fs != from->fs) {
		w->worst = VFS_CROSS;
		return walk_next(op);
	}
	if (!from->ops->rename)
		return renamed(op, VFS_READ_ONLY);
	e = from->ops->rename(from, w->kept_name, op->node, w->name, op);
	if (e != VFS_LATE)
		return renamed(op, e);
	op->step = renamed;
	return e;
}

/* The directory in which it really is becomes `kept`. If it is nowhere, what is
 * wrong with the new name is told first, as Linux does. */
static enum vfs_err rename_from(struct vfs_op *op, enum vfs_err e)
{
	struct vfs_walk *w = &op->walk;
	struct vfs_node *dir = op->node;
	enum vfs_kind kind = VFS_FILE;

	if (e)
		return walk_end(op, e);
	e = w->fixed || !w->name.len ? VFS_BUSY :
	                               kind_of(dir, w->name, op, &kind);
	if (e == VFS_LATE) {
		kind = VFS_DIR;
		e = VFS_OK;
	}
	if (e && e != VFS_BUSY && w->next < w->count) {
		w->worst = e;
		return walk_next(op);
	}
	w->missing = e;
	w->kept_kind = kind;
	w->kept_slash = w->slash;
	w->kept = dir;
	op->node = NULL;
	if (w->name.len)
		memcpy(w->name_buf, w->name.s, w->name.len);
	w->kept_name = w->name;
	w->kept_name.s = w->name_buf;
	return walk_second(op, op->to_at, op->to_path, rename_to);
}

enum vfs_err vfs_rename(struct vfs *v, struct vfs_op *op)
{
	op->flags &= VFS_EXCHANGE | VFS_NOREPLACE;
	return walk_begin(v, op, op->at, op->path, true, rename_from);
}

/* ---- link ---- */

static enum vfs_err link_to(struct vfs_op *op, enum vfs_err e)
{
	struct vfs_walk *w = &op->walk;
	struct vfs_node *dir = op->node;
	enum vfs_kind kind;

	if (e)
		return walk_end(op, e);
	if (w->fixed || !w->name.len || !kind_of(dir, w->name, op, &kind))
		return walk_end(op, VFS_EXISTS);
	if (w->slash && dir->ops->lookup)
		return renamed(op, VFS_NOT_FOUND);
	if (dir->fs != w->kept->fs) {
		w->worst = VFS_CROSS;
		return walk_next(op);
	}
	/* Where names have to be asked for, that the new one is there is told
	 * first, as here. */
	if (w->kept->kind == VFS_DIR && dir->ops->lookup)
		return renamed(op, VFS_NOT_PERMITTED);
	if (!dir->ops->link)
		return renamed(op, VFS_READ_ONLY);
	e = dir->ops->link(dir, w->name, w->kept, op);
	if (e != VFS_LATE)
		return renamed(op, e);
	op->step = renamed;
	return e;
}

static enum vfs_err link_from(struct vfs_op *op, enum vfs_err e)
{
	if (e)
		return walk_end(op, e);
	op->walk.kept = op->node;
	op->node = NULL;
	return walk_second(op, op->to_at, op->to_path, link_to);
}

static enum vfs_err link_open_to(struct vfs_op *op, enum vfs_err e)
{
	if (!op->walk.kept)
		op->walk.kept = vfs_node_get(op->file->node);
	return link_to(op, e);
}

/* What is open has no path to begin with. */
static enum vfs_err link_open(struct vfs *v, struct vfs_op *op)
{
	op->node = NULL;
	op->flags = 0;
	return walk_begin(v, op, op->to_at, op->to_path, true, link_open_to);
}

enum vfs_err vfs_link(struct vfs *v, struct vfs_op *op)
{
	op->flags &= VFS_NOFOLLOW;
	if (!op->path)
		return link_open(v, op);
	return walk_begin(v, op, op->at, op->path, false, link_from);
}
