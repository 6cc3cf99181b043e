/* SPDX-License-Identifier: MIT */
/* A fifo of the configuration: the core makes a pipe of each fifo that is opened. */

#include <vfs/plugin/fixed.h>
#include <vfs/plugin/pipe.h>

static enum fief_err pipe_create(struct vfs *v, const struct node *config,
                                 struct node_error *err, struct vfs_fs **out)
{
	struct fixed_fs *f;
	enum fief_err e = fixed_file(v, config, sizeof(*f), VFS_FIFO, NULL, &f);

	(void)err;
	if (!e)
		*out = &f->fs;
	return e;
}

static const struct vfs_attr attrs[] = {
	FIXED_ATTR_NAME("pipe"),
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "a fifo: what one writes to it, another one reads",
	.attrs = attrs,
};

const struct vfs_type vfs_pipe_type = {
	.name = "pipe",
	.create = pipe_create,
	.schema = &schema,
};
