/* SPDX-License-Identifier: MIT */
/* Zeros: endless as a device, or a file of that size. */

#include <lib/mem.h>
#include <vfs/plugin/fixed.h>
#include <vfs/plugin/zero.h>

/* As Linux numbers it. */
#define RDEV (UINT64_C(1) << 32 | 5)

static enum vfs_err zero_read(struct vfs_file *f, struct vfs_op *op)
{
	const uint64_t size = fixed_node(f->node)->stat.size;

	op->count = op->len;
	if (f->node->kind == VFS_FILE) {
		const uint64_t left = op->pos < size ? size - op->pos : 0;

		op->count = op->len < left ? op->len : (size_t)left;
	}
	memset(op->buf, 0, op->count);
	return VFS_OK;
}

static enum vfs_err zero_write(struct vfs_file *f, struct vfs_op *op)
{
	(void)f;
	op->count = op->len;
	return VFS_OK;
}

/* All of it is a hole. */
static enum vfs_err zero_seek(struct vfs_file *f, bool hole, struct vfs_op *op)
{
	return hole && op->pos < fixed_node(f->node)->stat.size ? VFS_OK :
	                                                          VFS_NO_DATA;
}

static const struct vfs_file_ops endless_ops = {
	.read = zero_read,
	.write = zero_write,
};

static const struct vfs_file_ops sized_ops = {
	.read = zero_read,
	.seek = zero_seek,
};

static enum vfs_err sized_open(struct vfs_node *n, struct vfs_file *f,
                               struct vfs_op *op)
{
	(void)n;
	if (op->flags & (VFS_WRITE | VFS_TRUNCATE))
		return VFS_READ_ONLY;
	f->ops = &sized_ops;
	return VFS_OK;
}

static const struct vfs_node_ops node_ops = {
	.put = fixed_put,
	.stat = fixed_stat,
	.open = sized_open,
};

static enum fief_err zero_create(struct vfs *v, const struct node *config,
                                 struct node_error *err, struct vfs_fs **out)
{
	struct fixed_fs *f;
	uint64_t size;
	enum fief_err e = node_attr_u64(config, "size", 0, err, &size);

	if (!e && size > VFS_SIZE_MAX)
		e = node_error_set(err, FIEF_LIMIT,
		                   node_attr_find(config, "size")->at,
		                   "<zero>: no file is that long");
	if (!e && !size)
		return fixed_device(v, config, RDEV, &endless_ops, out);
	if (!e)
		e = fixed_file(v, config, sizeof(*f), VFS_FILE, &node_ops, &f);
	if (e)
		return e;
	fixed_node(f->fs.root)->stat.size = size;
	*out = &f->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = {
	FIXED_ATTR_NAME("zero"),
	{ "size", "0", "bytes of the file; 0: it has no end",
	  VFS_VALUE_NUMBER },
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "zeros, endless or of some size",
	.attrs = attrs,
};

const struct vfs_type vfs_zero = {
	.name = "zero",
	.create = zero_create,
	.schema = &schema,
};
