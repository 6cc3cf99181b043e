/* SPDX-License-Identifier: MIT */
/* Names of an overlay that come, go, or become others. */

#include "internal.h"

/* ---- coming ---- */

static enum vfs_err find_new(struct ov_node *dir, struct vfs_name name)
{
	struct ov_node *n;
	enum vfs_err e;

	if (dir->gone)
		return VFS_NOT_FOUND;
	if (ov_reserved(name))
		return VFS_NOT_PERMITTED;
	e = ov_find(dir, name, &n);
	if (!e) {
		vfs_node_put(&n->node);
		return VFS_EXISTS;
	}
	return e == VFS_NOT_FOUND ? ov_copy_up(dir, true) : e;
}

/* The name is hidden below, if it was there: a new directory begins empty. */
enum vfs_err ov_make(struct vfs_node *node, struct vfs_name name,
                     struct vfs_op *op)
{
	struct ov_node *dir = ov_node(node), *n;
	struct ov_found f = { .dir = dir, .name = name };
	const struct ov_what what = { op->kind, op->mode, op->uid,
		                      op->gid,  op->rdev, op->to_path };
	enum vfs_err e = find_new(dir, name);

	if (!e)
		e = ov_inner_make(dir->upper, name, &what, &f.upper);
	if (!e)
		e = ov_node_of(ov_fs(dir), &f, &n);
	if (e)
		return e;
	vfs_node_changed(node);
	op->node = &n->node;
	return VFS_OK;
}

enum vfs_err ov_link(struct vfs_node *node, struct vfs_name name,
                     struct vfs_node *of, struct vfs_op *op)
{
	struct ov_node *dir = ov_node(node), *n = ov_node(of);
	enum vfs_err e = find_new(dir, name);

	if (!e && n->gone)
		e = VFS_NOT_FOUND;
	if (!e)
		e = ov_copy_up(n, true);
	if (!e)
		e = dir->upper->ops->link ?
		            ov_now(op, dir->upper->ops->link(dir->upper, name,
		                                             n->upper, op)) :
		            VFS_READ_ONLY;
	if (e)
		return e;
	vfs_node_changed(node);
	vfs_node_changed(of);
	return VFS_OK;
}

/* ---- going ---- */

static enum vfs_err removable(struct ov_node *n, bool dir)
{
	if (ov_is_dir(n) != dir)
		return dir ? VFS_NOT_DIR : VFS_IS_DIR;
	return dir ? ov_empty(n) : VFS_OK;
}

static enum vfs_err remove(struct ov_node *dir, struct vfs_name name,
                           struct ov_node *n)
{
	bool made;
	enum vfs_err e = ov_hide(dir, name, &made);

	if (!e && n->upper && ov_is_dir(n))
		e = ov_clear(n->upper);
	if (!e && n->upper)
		e = ov_inner_remove(dir->upper, name, ov_is_dir(n));
	if (e) {
		if (made)
			ov_unhide(dir, name);
		return e;
	}
	ov_node_unnamed(n, dir, name);
	vfs_node_changed(&dir->node);
	vfs_node_changed(&n->node);
	return VFS_OK;
}

enum vfs_err ov_remove(struct vfs_node *node, struct vfs_name name, bool is_dir,
                       struct vfs_op *op)
{
	struct ov_node *dir = ov_node(node), *n;
	enum vfs_err e = ov_find(dir, name, &n);

	(void)op;
	if (e)
		return e;
	e = removable(n, is_dir);
	if (!e && !ov_fs(dir)->layer[OV_UPPER].fs)
		e = VFS_READ_ONLY;
	if (!e)
		e = remove(dir, name, n);
	vfs_node_put(&n->node);
	return e;
}

/* ---- rename ---- */

struct rename {
	struct ov_node *from, *to; /* borrowed: directories */
	struct vfs_name name, to_name;
	struct ov_node *a, *b; /* what is there; b may be NULL */
	uint32_t flags;
};

static bool within(const struct ov_node *dir, const struct ov_node *n)
{
	for (; dir; dir = dir->parent)
		if (dir == n)
			return true;
	return false;
}

/* In the order in which Linux finds what is wrong. */
static enum vfs_err rename_check(const struct rename *r)
{
	const bool swap = r->flags & VFS_EXCHANGE;
	const struct ov_node *a = r->a;
	struct ov_node *b = r->b;

	if (r->to->gone || (swap && !b))
		return VFS_NOT_FOUND;
	if (b && r->flags & VFS_NOREPLACE)
		return VFS_EXISTS;
	if (ov_is_dir(a) && within(r->to, a))
		return VFS_INVALID;
	if (b && ov_is_dir(b) && within(r->from, b))
		return swap ? VFS_INVALID : VFS_NOT_EMPTY;
	if (swap || !b || a == b)
		return VFS_OK;
	if (ov_is_dir(a) != ov_is_dir(b))
		return ov_is_dir(b) ? VFS_IS_DIR : VFS_NOT_DIR;
	return ov_is_dir(b) ? ov_empty(b) : VFS_OK;
}

/* A directory with something from below would have to be copied with all that is
 * in it: whoever moves it does that, as between file systems. */
static bool is_bound(const struct ov_node *n)
{
	return n && ov_is_dir(n) && n->lowers;
}

/* What a directory is moved to shows nothing from below. */
static enum vfs_err rename_prepare(const struct rename *r, bool *hid)
{
	const bool swap = r->flags & VFS_EXCHANGE;
	bool made;
	enum vfs_err e = ov_copy_up(r->to, true);

	if (!e)
		e = ov_copy_up(r->a, true);
	if (!e && swap)
		e = ov_copy_up(r->b, true);
	if (!e)
		e = ov_hide(r->from, r->name, &made);
	if (!e && (ov_is_dir(r->a) || swap))
		e = ov_hide(r->to, r->to_name, hid);
	if (!e && !swap && r->b && ov_is_dir(r->b) && r->b->upper)
		e = ov_clear(r->b->upper);
	return e;
}

static enum vfs_err renamed(const struct rename *r)
{
	const bool swap = r->flags & VFS_EXCHANGE;
	enum vfs_err e;

	if (r->b && !swap)
		ov_node_unnamed(r->b, r->to, r->to_name);
	e = ov_node_named(r->a, r->to, r->to_name);
	if (!e && swap)
		e = ov_node_named(r->b, r->from, r->name);
	vfs_node_changed(&r->from->node);
	vfs_node_changed(&r->to->node);
	vfs_node_changed(&r->a->node);
	if (r->b)
		vfs_node_changed(&r->b->node);
	return e;
}

static enum vfs_err rename(const struct rename *r)
{
	bool hid = false;
	enum vfs_err e = rename_check(r);

	if (e || r->a == r->b)
		return e;
	if (!ov_fs(r->a)->layer[OV_UPPER].fs)
		return VFS_READ_ONLY;
	if (is_bound(r->a) || (r->flags & VFS_EXCHANGE && is_bound(r->b)))
		return VFS_CROSS;
	e = rename_prepare(r, &hid);
	if (!e)
		e = ov_inner_rename(r->from->upper, r->name, r->to->upper,
		                    r->to_name, r->flags);
	if (!e)
		return renamed(r);
	if (hid)
		ov_unhide(r->to, r->to_name);
	return e;
}

enum vfs_err ov_rename(struct vfs_node *from, struct vfs_name name,
                       struct vfs_node *to, struct vfs_name to_name,
                       struct vfs_op *op)
{
	struct rename r = {
		.from = ov_node(from),
		.to = ov_node(to),
		.name = name,
		.to_name = to_name,
		.flags = op->flags,
	};
	enum vfs_err e = ov_find(r.from, name, &r.a);

	if (e)
		return e;
	e = ov_reserved(to_name) ? VFS_NOT_PERMITTED :
	                           ov_find(r.to, to_name, &r.b);
	if (!e || e == VFS_NOT_FOUND)
		e = rename(&r);
	vfs_node_put(&r.a->node);
	if (r.b)
		vfs_node_put(&r.b->node);
	return e;
}
