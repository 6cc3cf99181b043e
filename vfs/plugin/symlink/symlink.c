/* SPDX-License-Identifier: MIT */
/* A symbolic link. */

#include <lib/mem.h>
#include <vfs/plugin/fixed.h>
#include <vfs/plugin/symlink.h>

static enum fief_err symlink_create(struct vfs *v, const struct node *config,
                                    struct node_error *err, struct vfs_fs **out)
{
	const struct node_attr *a = node_attr_find(config, "target");
	const size_t len = strlen(a->value);
	struct fixed_node *n;
	struct fixed_fs *f;
	enum fief_err e;

	if (len >= VFS_PATH_MAX)
		return node_error_set(err, FIEF_LIMIT, a->at,
		                      "<symlink>: the target is too long");
	e = fixed_file(v, config, sizeof(*f), VFS_SYMLINK, NULL, &f);
	if (e)
		return e;
	n = fixed_node(f->fs.root);
	e = arena_text(&f->arena, a->value, len, &n->data);
	if (e) {
		fixed_cancel(f);
		return e;
	}
	n->stat.size = len;
	*out = &f->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = {
	{ "name", NULL, "name of the link", VFS_VALUE_NAME, true },
	{ "target", NULL, "path that it stands for", VFS_VALUE_TEXT, true },
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "a symbolic link",
	.attrs = attrs,
};

const struct vfs_type vfs_symlink = {
	.name = "symlink",
	.create = symlink_create,
	.schema = &schema,
};
