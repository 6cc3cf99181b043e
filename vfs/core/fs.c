/* SPDX-License-Identifier: MIT */
/* File systems by their nodes in a configuration, also those in other ones. */

#include <lib/guess.h>
#include <lib/mem.h>
#include <vfs/schema.h>

#include "internal.h"

static const struct vfs_type *type_find(const struct vfs *v, const char *name)
{
	for (const struct vfs_type *const *t = v->types; *t; t++)
		if (!strcmp((*t)->name, name))
			return *t;
	return NULL;
}

static enum fief_err unknown(const struct vfs *v, const struct node *n,
                             struct node_error *err)
{
	struct guess g = { 0 };

	guess_try(&g, n->name, "dir");
	for (const struct vfs_type *const *t = v->types; *t; t++)
		guess_try(&g, n->name, (*t)->name);
	return node_error_set(err, FIEF_INVALID, n->at,
	                      "<%s>: no such file system%s%s%s", n->name,
	                      g.name ? ", did you mean \"" : "",
	                      g.name ? g.name : "", g.name ? "\"?" : "");
}

enum fief_err vfs_fs_check(struct vfs *v, const struct node *config,
                           struct node_error *err)
{
	const struct vfs_type *type = type_find(v, config->name);

	if (!type)
		return unknown(v, config, err);
	return type->schema ? vfs_schema_check(type->schema, config, err) :
	                      FIEF_OK;
}

enum fief_err vfs_fs_create(struct vfs *v, const struct node *config,
                            struct node_error *err, struct vfs_fs **out)
{
	enum fief_err e = vfs_fs_check(v, config, err);

	return e ? e : type_find(v, config->name)->create(v, config, err, out);
}

bool vfs_fs_keeps(struct vfs_fs *fs, const struct node *was,
                  const struct node *config)
{
	if (!node_has_type(was, config->name))
		return false;
	return node_equal(was, config) ||
	       (fs->ops->keeps && fs->ops->keeps(fs, config));
}

void vfs_fs_update(struct vfs_fs *fs, const struct node *config)
{
	if (fs->ops->update)
		fs->ops->update(fs, config);
}
