/* SPDX-License-Identifier: MIT */
/* Paths as sequences of names. */

#include "internal.h"

struct vfs_name name_first(const char *path, size_t len)
{
	struct vfs_name n = { path, 0, VFS_HASH_SEED };

	while (n.len < len && path[n.len] != '/')
		n.hash = vfs_hash_step(n.hash, path[n.len++]);
	return n;
}

static bool dots(const char *s, size_t len)
{
	return s[0] == '.' && (len == 1 || (len == 2 && s[1] == '.'));
}

bool path_clean(const char *path, size_t len)
{
	size_t begin = 0;

	for (size_t end = 0; end <= len; end++) {
		if (end < len && path[end] != '/')
			continue;
		if (end == begin || dots(path + begin, end - begin))
			return false;
		begin = end + 1;
	}
	return true;
}

enum vfs_err walk_names(struct vfs_node *dir, const char *path, size_t len,
                        bool follow, struct vfs_op *op)
{
	struct vfs_node *at = dir;
	size_t done = 0;
	enum vfs_err e;

	for (;;) {
		const struct vfs_name n = name_first(path + done, len - done);
		const bool last = done + n.len == len;

		op->node = NULL;
		if (n.len > VFS_NAME_MAX)
			e = VFS_NAME_TOO_LONG;
		else if (at->kind != VFS_DIR)
			e = VFS_NOT_DIR;
		else
			e = at->ops->lookup(at, n, op);
		if (at != dir)
			vfs_node_put(at);
		if (e)
			return e;
		done += n.len;
		if (op->node->kind == VFS_SYMLINK && (!last || follow)) {
			op->walked = done;
			return VFS_AT_LINK;
		}
		if (last)
			return VFS_OK;
		at = op->node;
		done++;
	}
}
