/* SPDX-License-Identifier: MIT */
/* What stands at a name: what is above, what is below and not hidden. */

#include <lib/mem.h>

#include "internal.h"

/* Of OCI images: nothing from below shows in the directory that has it. */
static const char opaque[] = ".wh..wh..opq";

bool ov_reserved(struct vfs_name name)
{
	return name.len >= OV_WHITEOUT_LEN &&
	       !memcmp(name.s, opaque, OV_WHITEOUT_LEN);
}

enum vfs_err ov_whiteout(struct vfs_name name, char *buf, struct vfs_name *out)
{
	if (name.len > VFS_NAME_MAX - OV_WHITEOUT_LEN)
		return VFS_NAME_TOO_LONG;
	memcpy(buf, opaque, OV_WHITEOUT_LEN);
	memcpy(buf + OV_WHITEOUT_LEN, name.s, name.len);
	*out = ov_name(buf, OV_WHITEOUT_LEN + name.len);
	return VFS_OK;
}

static bool hidden_by(struct vfs_node *dir, struct vfs_name name)
{
	char buf[VFS_NAME_MAX];
	struct vfs_name whiteout;

	return !ov_whiteout(name, buf, &whiteout) &&
	       ov_inner_has(dir, whiteout);
}

static bool is_opaque(struct vfs_node *dir)
{
	return ov_inner_has(dir, ov_name(opaque, sizeof(opaque) - 1));
}

/* ---- whiteouts in the upper file system ---- */

enum vfs_err ov_hide(struct ov_node *dir, struct vfs_name name, bool *made)
{
	const struct ov_what what = { .kind = VFS_FILE, .mode = 0600 };
	char buf[VFS_NAME_MAX];
	struct vfs_name whiteout;
	struct vfs_node *n;
	enum vfs_err e = ov_whiteout(name, buf, &whiteout);

	*made = false;
	if (e || !ov_below(dir, name))
		return e;
	e = ov_copy_up(dir, true);
	if (!e)
		e = ov_inner_make(dir->upper, whiteout, &what, &n);
	if (e)
		return e;
	*made = true;
	vfs_node_put(n);
	return VFS_OK;
}

void ov_unhide(struct ov_node *dir, struct vfs_name name)
{
	char buf[VFS_NAME_MAX];
	struct vfs_name whiteout;
	enum vfs_err e = ov_whiteout(name, buf, &whiteout);

	if (!e)
		e = ov_inner_remove(dir->upper, whiteout, false);
	(void)e; /* then it stays hidden, as was asked for before */
}

/* ---- names ---- */

bool ov_below(const struct ov_node *dir, struct vfs_name name)
{
	if (!dir->lowers || (dir->upper && hidden_by(dir->upper, name)))
		return false;
	for (unsigned i = 0; i < dir->lowers; i++) {
		if (ov_inner_has(dir->lower[i], name))
			return true;
		if (i + 1u < dir->lowers && hidden_by(dir->lower[i], name))
			return false;
	}
	return false;
}

/* Is it the first of the lower ones that has it, and not hidden? */
bool ov_shows(const struct ov_node *dir, unsigned lower, struct vfs_name name)
{
	if (dir->upper && hidden_by(dir->upper, name))
		return false;
	for (unsigned i = 0; i < lower; i++)
		if (ov_inner_has(dir->lower[i], name) ||
		    hidden_by(dir->lower[i], name))
			return false;
	return true;
}

/* Add what the lower ones have; `dirs`: only directories. */
static enum vfs_err find_below(const struct ov_node *dir, struct ov_found *f,
                               bool dirs)
{
	for (unsigned i = 0; i < dir->lowers; i++) {
		struct vfs_node *n;
		enum vfs_err e = ov_inner_find(dir->lower[i], f->name, &n);

		if (e && e != VFS_NOT_FOUND)
			return e;
		if (!e && n->kind != VFS_DIR && (dirs || f->lowers)) {
			vfs_node_put(n);
			break;
		}
		if (!e)
			f->lower[f->lowers++] = n;
		if (!e && (n->kind != VFS_DIR || is_opaque(n)))
			break;
		if (hidden_by(dir->lower[i], f->name))
			break;
	}
	return VFS_OK;
}

enum vfs_err ov_find(struct ov_node *dir, struct vfs_name name,
                     struct ov_node **out)
{
	struct ov_found f = { .dir = dir, .name = name };
	enum vfs_err e = VFS_NOT_FOUND;
	bool below;

	if (dir->gone || ov_reserved(name))
		return VFS_NOT_FOUND;
	if (dir->upper)
		e = ov_inner_find(dir->upper, name, &f.upper);
	if (e && e != VFS_NOT_FOUND)
		return e;
	e = VFS_OK;
	below = dir->lowers && !(f.upper && f.upper->kind != VFS_DIR) &&
	        !(dir->upper && hidden_by(dir->upper, name)) &&
	        !(f.upper && is_opaque(f.upper));
	if (below)
		e = find_below(dir, &f, f.upper != NULL);
	if (!e && !f.upper && !f.lowers)
		e = VFS_NOT_FOUND;
	if (!e)
		return ov_node_of(ov_fs(dir), &f, out);
	ov_found_put(&f);
	return e;
}

enum vfs_err ov_lookup(struct vfs_node *dir, struct vfs_name name,
                       struct vfs_op *op)
{
	struct ov_node *n;
	enum vfs_err e = ov_find(ov_node(dir), name, &n);

	if (!e)
		op->node = &n->node;
	return e;
}
