/* SPDX-License-Identifier: MIT */
/*
 * Operations on the file systems in an overlay. Most find a name at once; those
 * behind a session are asked by path, and open a file with that.
 */

#include <lib/mem.h>

#include "internal.h"

struct vfs_name ov_name(const char *s, size_t len)
{
	return (struct vfs_name){ s, (uint32_t)len, vfs_hash(s, len) };
}

/* No file system in an overlay is late by its configuration, but for content. */
enum vfs_err ov_now(struct vfs_op *op, enum vfs_err e)
{
	if (e == VFS_LATE && op->cancel)
		op->cancel(op);
	return e == VFS_LATE ? VFS_UNSUPPORTED : e;
}

static void canceled(struct vfs_op *op, enum vfs_err e)
{
	(void)op, (void)e;
}

static enum vfs_err ask(struct vfs_node *dir, struct vfs_name name,
                        struct vfs_op *op)
{
	enum vfs_err e;

	op->done = canceled;
	op->node = NULL;
	e = ov_now(op, dir->fs->ops->walk(dir, name.s, name.len, false, op));
	return e == VFS_AT_LINK ? VFS_OK : e;
}

/* A directory is asked for again, as one. */
static enum vfs_err ask_twice(struct vfs_node *dir, struct vfs_name name,
                              struct vfs_op *op)
{
	enum vfs_err e = ask(dir, name, op);

	if (e || op->node->kind != VFS_DIR)
		return e;
	vfs_node_put(op->node);
	op->walk.place = true;
	return ask(dir, name, op);
}

enum vfs_err ov_inner_find(struct vfs_node *dir, struct vfs_name name,
                           struct vfs_node **out)
{
	struct vfs_op op = { .flags = VFS_NOFOLLOW };
	enum vfs_err e;

	if (dir->ops->lookup)
		e = dir->ops->lookup(dir, name, &op);
	else
		e = ask_twice(dir, name, &op);
	if (!e)
		*out = op.node;
	return e;
}

bool ov_inner_has(struct vfs_node *dir, struct vfs_name name)
{
	struct vfs_node *n;

	if (ov_inner_find(dir, name, &n))
		return false;
	vfs_node_put(n);
	return true;
}

enum vfs_err ov_inner_stat(struct vfs_node *n, struct vfs_stat *out)
{
	struct vfs_op op = { .done = canceled };
	enum vfs_err e = ov_now(&op, n->ops->stat(n, &op));

	if (!e)
		*out = op.stat;
	return e;
}

enum vfs_err ov_inner_make(struct vfs_node *dir, struct vfs_name name,
                           const struct ov_what *what, struct vfs_node **out)
{
	struct vfs_op op = {
		.done = canceled,
		.kind = what->kind,
		.mode = what->mode,
		.uid = what->uid,
		.gid = what->gid,
		.rdev = what->rdev,
		.to_path = what->to_path,
	};
	enum vfs_err e = VFS_READ_ONLY;

	if (dir->ops->make)
		e = ov_now(&op, dir->ops->make(dir, name, &op));
	if (!e && !op.node)
		e = ov_inner_find(dir, name, &op.node);
	if (!e)
		*out = op.node;
	return e;
}

enum vfs_err ov_inner_target(struct vfs_node *n, char *buf)
{
	struct vfs_op op = { .done = canceled,
		             .buf = buf,
		             .len = VFS_PATH_MAX };
	enum vfs_err e = VFS_INVALID;

	if (n->ops->target)
		e = ov_now(&op, n->ops->target(n, &op));
	buf[e ? 0 : op.count] = '\0';
	return e;
}

enum vfs_err ov_inner_list(struct vfs_node *dir, void *buf, size_t len,
                           uint64_t *pos, size_t *bytes)
{
	struct vfs_op op = {
		.done = canceled, .buf = buf, .len = len, .pos = *pos
	};
	enum vfs_err e = VFS_OK;

	if (dir->ops->list)
		e = ov_now(&op, dir->ops->list(dir, &op));
	*bytes = e ? 0 : op.count;
	for (size_t at = 0; at < *bytes;) {
		const struct vfs_dirent *d = vfs_dirent_at(&op, at);

		*pos = d->next;
		at += d->bytes;
	}
	return e;
}

enum vfs_err ov_inner_change(struct vfs_node *n, const struct vfs_change *c)
{
	struct vfs_op op = { .done = canceled, .change = c };

	return n->ops->change ? ov_now(&op, n->ops->change(n, &op)) :
	                        VFS_READ_ONLY;
}

enum vfs_err ov_inner_remove(struct vfs_node *dir, struct vfs_name name,
                             bool is_dir)
{
	struct vfs_op op = { .done = canceled };

	return dir->ops->remove ?
	               ov_now(&op, dir->ops->remove(dir, name, is_dir, &op)) :
	               VFS_READ_ONLY;
}

enum vfs_err ov_inner_rename(struct vfs_node *from, struct vfs_name name,
                             struct vfs_node *to, struct vfs_name to_name,
                             uint32_t flags)
{
	struct vfs_op op = { .done = canceled, .flags = flags };

	return from->ops->rename ?
	               ov_now(&op,
	                      from->ops->rename(from, name, to, to_name, &op)) :
	               VFS_READ_ONLY;
}

enum vfs_err ov_inner_open(struct vfs_node *n, struct vfs_node *dir,
                           struct vfs_name name, uint32_t flags,
                           struct vfs_file **out)
{
	struct vfs_op op = { .done = canceled, .flags = flags, .opens = true };
	enum vfs_err e = VFS_OK;

	if (!n->fs->ops->walk)
		op.node = vfs_node_get(n);
	else if (dir)
		e = ask(dir, name, &op);
	else
		e = VFS_GONE; /* no name to ask for */
	if (!e)
		e = ov_now(&op, vfs_open_node(n->fs->vfs, &op));
	if (!e)
		*out = op.file;
	return e;
}
