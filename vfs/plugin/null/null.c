/* SPDX-License-Identifier: MIT */
/* What is written to it is gone. */

#include <vfs/plugin/fixed.h>
#include <vfs/plugin/null.h>

/* As Linux numbers it. */
#define RDEV (UINT64_C(1) << 32 | 3)

static enum vfs_err null_read(struct vfs_file *f, struct vfs_op *op)
{
	(void)f, (void)op;
	return VFS_OK;
}

static enum vfs_err null_write(struct vfs_file *f, struct vfs_op *op)
{
	(void)f;
	op->count = op->len;
	return VFS_OK;
}

static const struct vfs_file_ops file_ops = {
	.read = null_read,
	.write = null_write,
};

static enum fief_err null_create(struct vfs *v, const struct node *config,
                                 struct node_error *err, struct vfs_fs **out)
{
	(void)err;
	return fixed_device(v, config, RDEV, &file_ops, out);
}

static const struct vfs_attr attrs[] = { FIXED_ATTR_NAME("null"), { 0 } };

static const struct vfs_schema schema = {
	.text = "what is written to it is gone, and reading it finds nothing",
	.attrs = attrs,
};

const struct vfs_type vfs_null = {
	.name = "null",
	.create = null_create,
	.schema = &schema,
};
