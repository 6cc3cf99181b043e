/* SPDX-License-Identifier: MIT */
/* Regular files: what is done with open ones. */

#include "ram.h"

static struct ram_node *node_of(const struct vfs_file *f)
{
	return ram_node(f->node);
}

/* As relatime of Linux, but without its daily update: when it was not read since
 * it was changed. */
static void accessed(struct ram_node *n)
{
	if (n->atime <= n->mtime || n->atime <= n->ctime)
		n->atime = vfs_now(n->node.fs->vfs);
}

static enum vfs_err file_read(struct vfs_file *f, struct vfs_op *op)
{
	struct ram_node *n = node_of(f);
	const uint64_t size = n->data.size;

	if (op->pos < size && op->len) {
		op->count = op->len < size - op->pos ? op->len :
		                                       (size_t)(size - op->pos);
		ram_data_read(&n->data, op->pos, op->buf, op->count);
	}
	accessed(n);
	return VFS_OK;
}

static enum vfs_err file_write(struct vfs_file *f, struct vfs_op *op)
{
	struct ram_node *n = node_of(f);

	if (f->flags & VFS_APPEND)
		op->pos = n->data.size;
	if (op->pos >= VFS_SIZE_MAX)
		return VFS_TOO_BIG;
	if (op->len > VFS_SIZE_MAX - op->pos)
		op->len = (size_t)(VFS_SIZE_MAX - op->pos);
	op->count =
		ram_data_write(ram_fs(n), &n->data, op->pos, op->data, op->len);
	if (!op->count)
		return VFS_NO_SPACE;
	ram_changed(n);
	return VFS_OK;
}

static enum vfs_err file_allocate(struct vfs_file *f, unsigned how,
                                  struct vfs_op *op)
{
	struct ram_node *n = node_of(f);
	struct ram_fs *fs = ram_fs(n);
	const uint64_t end = op->pos + op->len;
	enum vfs_err e = VFS_OK;

	if (how & VFS_ALLOCATE_PUNCH)
		ram_data_zero(fs, &n->data, op->pos, op->len, true);
	else
		e = ram_data_reserve(fs, &n->data, op->pos, op->len);
	if (e)
		return e;
	if (how & VFS_ALLOCATE_ZERO)
		ram_data_zero(fs, &n->data, op->pos, op->len, false);
	if (!(how & VFS_ALLOCATE_KEEP_SIZE) && end > n->data.size)
		n->data.size = end;
	ram_changed(n);
	return VFS_OK;
}

static enum vfs_err file_seek(struct vfs_file *f, bool hole, struct vfs_op *op)
{
	struct ram_node *n = node_of(f);

	if (op->pos >= n->data.size)
		return VFS_NO_DATA;
	return ram_data_seek(&n->data, hole, &op->pos) ? VFS_OK : VFS_NO_DATA;
}

static enum vfs_err file_map(struct vfs_file *f, struct vfs_op *op)
{
	struct ram_node *n = node_of(f);

	op->count = (size_t)n->data.size;
	return ram_data_share(ram_fs(n), &n->data, &op->ds);
}

static enum vfs_err file_peek(struct vfs_file *f, struct vfs_op *op)
{
	struct ram_node *n = node_of(f);
	size_t len;

	if (op->pos >= n->data.size)
		return VFS_OK;
	len = op->len < n->data.size - op->pos ?
	              op->len :
	              (size_t)(n->data.size - op->pos);
	op->data = ram_data_at(&n->data, op->pos, &len);
	if (!op->data)
		return VFS_UNSUPPORTED;
	op->count = len;
	accessed(n);
	return VFS_OK;
}

static const struct vfs_file_ops open_ops = {
	.map = file_map,
	.peek = file_peek,
	.read = file_read,
	.write = file_write,
	.allocate = file_allocate,
	.seek = file_seek,
};

static enum vfs_err file_open(struct vfs_node *n, struct vfs_file *f,
                              struct vfs_op *op)
{
	(void)n, (void)op;
	f->ops = &open_ops;
	return VFS_OK;
}

const struct vfs_node_ops ram_file_ops = {
	.put = ram_put,
	.stat = ram_stat,
	.change = ram_change,
	.open = file_open,
};
