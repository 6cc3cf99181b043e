/* SPDX-License-Identifier: MIT */
/* A file whose content is in the configuration. */

#include <vfs/plugin/fixed.h>
#include <vfs/plugin/inline.h>

static enum fief_err inline_create(struct vfs *v, const struct node *config,
                                   struct node_error *err, struct vfs_fs **out)
{
	struct fixed_node *n;
	struct fixed_fs *f;
	size_t len;
	const char *text = node_text(config, &len);
	enum fief_err e = fixed_file(v, config, sizeof(*f), VFS_FILE, NULL, &f);

	(void)err;
	if (e)
		return e;
	n = fixed_node(f->fs.root);
	e = arena_text(&f->arena, text, len, &n->data);
	if (e) {
		fixed_cancel(f);
		return e;
	}
	n->stat.size = len;
	*out = &f->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = { FIXED_ATTR_NAME("inline"), { 0 } };

static const struct vfs_schema schema = {
	.text = "a file that cannot be written; its content is the text of "
		"the node",
	.attrs = attrs,
	.content = true,
};

const struct vfs_type vfs_inline = {
	.name = "inline",
	.create = inline_create,
	.schema = &schema,
};
