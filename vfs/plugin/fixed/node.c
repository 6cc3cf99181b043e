/* SPDX-License-Identifier: MIT */
/* Nodes of fixed names: what is done with them. */

#include <lib/mem.h>

#include "internal.h"

enum { SECTOR = 512 };

void fixed_put(struct vfs_node *n)
{
	(void)n;
}

enum vfs_err fixed_stat(struct vfs_node *node, struct vfs_op *op)
{
	op->stat = fixed_node(node)->stat;
	op->stat.dev = node->fs->dev;
	op->stat.kind = node->kind;
	op->stat.blocks = (op->stat.size + SECTOR - 1) / SECTOR;
	return VFS_OK;
}

/* ---- directories ---- */

/* By hash first: names of archives share long beginnings. */
int fixed_by_name(const void *key, const struct tree_elem *e)
{
	const struct vfs_name *a = key;
	const struct vfs_name *b = &fixed_named(e)->name;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->s, b->s, a->len);
}

int fixed_by_pos(const void *key, const struct tree_elem *e)
{
	const uint64_t a = *(const uint64_t *)key;
	const uint64_t b = fixed_listed(e)->pos;

	return a < b ? -1 : a > b;
}

struct fixed_node *fixed_find(struct fixed_node *dir, struct vfs_name name)
{
	struct fixed_node *n =
		TREE_OBJECT(tree_find(&dir->names, &name, fixed_by_name),
	                    struct fixed_node, in_names);

	return n && n->of ? n->of : n;
}

static enum vfs_err dir_lookup(struct vfs_node *dir, struct vfs_name name,
                               struct vfs_op *op)
{
	struct fixed_node *n = fixed_find(fixed_node(dir), name);

	if (!n)
		return VFS_NOT_FOUND;
	/* The memory stays; a node counts while somebody refers to it. */
	if (!n->node.refs++)
		dir->fs->refs++;
	op->node = &n->node;
	return VFS_OK;
}

static enum vfs_err dir_list(struct vfs_node *dir, struct vfs_op *op)
{
	const uint64_t from = op->pos + 1;
	struct tree_elem *e =
		tree_ceiling(&fixed_node(dir)->list, &from, fixed_by_pos);

	for (; e; e = tree_next(e)) {
		const struct fixed_node *n = fixed_listed(e);

		const struct fixed_node *of = n->of ? n->of : n;

		if (!vfs_dirent_add(op, n->name, of->stat.ino, of->node.kind,
		                    n->pos))
			break;
	}
	return VFS_OK;
}

const struct vfs_node_ops fixed_dir_ops = {
	.put = fixed_put,
	.stat = fixed_stat,
	.lookup = dir_lookup,
	.list = dir_list,
};

/* ---- links ---- */

static enum vfs_err link_target(struct vfs_node *node, struct vfs_op *op)
{
	const struct fixed_node *n = fixed_node(node);

	op->count = n->stat.size < op->len ? (size_t)n->stat.size : op->len;
	memcpy(op->buf, n->data, op->count);
	return VFS_OK;
}

const struct vfs_node_ops fixed_link_ops = {
	.put = fixed_put,
	.stat = fixed_stat,
	.target = link_target,
};

const struct vfs_node_ops fixed_no_ops = {
	.put = fixed_put,
	.stat = fixed_stat,
};

/* ---- devices ---- */

static enum vfs_err device_open(struct vfs_node *n, struct vfs_file *f,
                                struct vfs_op *op)
{
	(void)op;
	if (!fixed_node(n)->file_ops)
		return VFS_NO_DEVICE; /* a name only, of an archive */
	f->ops = fixed_node(n)->file_ops;
	return VFS_OK;
}

const struct vfs_node_ops fixed_device_ops = {
	.put = fixed_put,
	.stat = fixed_stat,
	.open = device_open,
};

/* ---- constant content ---- */

enum vfs_err fixed_read(const char *data, uint64_t size, struct vfs_op *op)
{
	if (op->pos < size) {
		const uint64_t left = size - op->pos;

		op->count = op->len < left ? op->len : (size_t)left;
		memcpy(op->buf, data + op->pos, op->count);
	}
	return VFS_OK;
}

static enum vfs_err data_read(struct vfs_file *f, struct vfs_op *op)
{
	const struct fixed_node *n = fixed_node(f->node);

	return fixed_read(n->data, n->stat.size, op);
}

static enum vfs_err data_seek(struct vfs_file *f, bool hole, struct vfs_op *op)
{
	const uint64_t size = fixed_node(f->node)->stat.size;

	if (op->pos >= size)
		return VFS_NO_DATA;
	if (hole)
		op->pos = size;
	return VFS_OK;
}

static const struct vfs_file_ops data_file_ops = {
	.read = data_read,
	.seek = data_seek,
};

static enum vfs_err data_open(struct vfs_node *n, struct vfs_file *f,
                              struct vfs_op *op)
{
	(void)n;
	if (op->flags & (VFS_WRITE | VFS_TRUNCATE))
		return VFS_READ_ONLY;
	f->ops = &data_file_ops;
	return VFS_OK;
}

const struct vfs_node_ops fixed_data_ops = {
	.put = fixed_put,
	.stat = fixed_stat,
	.open = data_open,
};
