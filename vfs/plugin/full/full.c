/* SPDX-License-Identifier: MIT */
/* No room for anything. */

#include <lib/mem.h>
#include <vfs/plugin/fixed.h>
#include <vfs/plugin/full.h>

/* As Linux numbers it. */
#define RDEV (UINT64_C(1) << 32 | 7)

static enum vfs_err full_read(struct vfs_file *f, struct vfs_op *op)
{
	(void)f;
	op->count = op->len;
	memset(op->buf, 0, op->count);
	return VFS_OK;
}

static enum vfs_err full_write(struct vfs_file *f, struct vfs_op *op)
{
	(void)f, (void)op;
	return VFS_NO_SPACE;
}

static const struct vfs_file_ops file_ops = {
	.read = full_read,
	.write = full_write,
};

static enum fief_err full_create(struct vfs *v, const struct node *config,
                                 struct node_error *err, struct vfs_fs **out)
{
	(void)err;
	return fixed_device(v, config, RDEV, &file_ops, out);
}

static const struct vfs_attr attrs[] = { FIXED_ATTR_NAME("full"), { 0 } };

static const struct vfs_schema schema = {
	.text = "reads as zeros; all that is written is refused: NO_SPACE",
	.attrs = attrs,
};

const struct vfs_type vfs_full = {
	.name = "full",
	.create = full_create,
	.schema = &schema,
};
