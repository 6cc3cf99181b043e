/* SPDX-License-Identifier: MIT */
/* Files that are copied when the tree is made: the file system that shows none. */

#include <lib/mem.h>
#include <vfs/plugin/import.h>
#include <vfs/schema.h>

#include "internal.h"

static struct import *import_of(struct vfs_fs *fs)
{
	return FIEF_CONTAINER_OF(fs, struct import, fs);
}

static void put(struct vfs_node *n)
{
	(void)n; /* ends with the file system */
}

static enum vfs_err stat(struct vfs_node *n, struct vfs_op *op)
{
	op->stat = (struct vfs_stat){ .dev = n->fs->dev, .kind = n->kind };
	return VFS_OK;
}

static const struct vfs_node_ops root_ops = { .put = put, .stat = stat };

static void destroy(struct vfs_fs *fs)
{
	struct import *i = import_of(fs);

	vfs_destroy(i->from);
	fief_free(i->alloc, i, sizeof(*i));
}

static enum fief_err start(struct vfs_fs *fs, struct vfs_node *const *beside,
                           unsigned count, const struct node *config,
                           struct node_error *err)
{
	struct import *i = import_of(fs);
	enum fief_err e;

	if (!count)
		return node_error_set(err, FIEF_INVALID, config->at,
		                      "<import>: no file system beside it");
	e = import_copy(i, beside, count, config, err);
	vfs_destroy(i->from);
	i->from = NULL;
	return e;
}

static const struct vfs_fs_ops fs_ops = {
	.destroy = destroy,
	.start = start,
};

static enum fief_err import_create(struct vfs *v, const struct node *config,
                                   struct node_error *err, struct vfs_fs **out)
{
	struct import *i;
	void *mem;
	enum fief_err e = fief_alloc_zeroed(vfs_alloc(v), sizeof(*i), &mem);

	if (e)
		return e;
	i = mem;
	i->alloc = vfs_alloc(v);
	e = node_attr_bool(config, "overwrite", false, err, &i->overwrite);
	if (!e)
		e = vfs_create_within(v, config, err, &i->from);
	if (e) {
		fief_free(i->alloc, i, sizeof(*i));
		return e;
	}
	vfs_fs_init(&i->fs, v, &fs_ops, &i->root);
	vfs_node_init(&i->root, &i->fs, &root_ops, VFS_DIR);
	i->fs.inert = true;
	*out = &i->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = {
	{ "overwrite", "no", "replace files that are there", VFS_VALUE_BOOL,
	  false },
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "files that are copied once, into the directory where it "
		"stands",
	.attrs = attrs,
	.any = true,
};

const struct vfs_type vfs_import = {
	.name = "import",
	.create = import_create,
	.schema = &schema,
};
