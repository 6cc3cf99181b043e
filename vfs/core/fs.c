/* SPDX-License-Identifier: MIT */
/* File systems by their nodes in a configuration, also those in other ones. */

#include <lib/guess.h>
#include <lib/mem.h>
#include <vfs/schema.h>

#include "internal.h"

/* ---- types ---- */

/* A type while it is looked at; one of a loader is counted. */
struct use {
	const struct vfs_type *type;
	const struct vfs_type *loaded; /* the same, or NULL */
};

static const struct vfs_type *linked(const struct vfs *v, const char *name)
{
	for (const struct vfs_type *const *t = v->types; *t; t++)
		if (!strcmp((*t)->name, name))
			return *t;
	return NULL;
}

/* `more` is what a loader says of it. */
static enum fief_err unknown(const struct vfs *v, const struct node *n,
                             const char *more, struct node_error *err)
{
	struct guess g = { 0 };

	guess_try(&g, n->name, "dir");
	for (const struct vfs_type *const *t = v->types; *t; t++)
		guess_try(&g, n->name, (*t)->name);
	return node_error_set(err, FIEF_INVALID, n->at,
	                      "<%s>: no such file system%s%s%s%s", n->name,
	                      more, g.name ? ", did you mean \"" : "",
	                      g.name ? g.name : "", g.name ? "\"?" : "");
}

static enum fief_err loaded_get(struct vfs *v, const struct node *n,
                                struct node_error *err, struct use *u)
{
	struct node_error why = { n->at, "" };
	enum fief_err e = v->loader->get(v->loader, n, &why, &u->loaded);

	u->type = u->loaded;
	if (e == FIEF_NOT_FOUND)
		return unknown(v, n, why.text, err);
	if (e && err)
		*err = why;
	return e;
}

static enum fief_err use_begin(struct vfs *v, const struct node *n,
                               struct node_error *err, struct use *u)
{
	*u = (struct use){ .type = linked(v, n->name) };
	if (u->type)
		return FIEF_OK;
	return v->loader ? loaded_get(v, n, err, u) : unknown(v, n, "", err);
}

void type_put(struct vfs *v, const struct vfs_type *loaded)
{
	if (loaded)
		v->loader->put(v->loader, loaded);
}

static enum fief_err use_check(const struct use *u, const struct node *n,
                               struct node_error *err)
{
	return u->type->schema ? vfs_schema_check(u->type->schema, n, err) :
	                         FIEF_OK;
}

/* ---- file systems ---- */

enum fief_err vfs_fs_check(struct vfs *v, const struct node *config,
                           struct node_error *err)
{
	struct use u;
	enum fief_err e = use_begin(v, config, err, &u);

	if (e)
		return e;
	e = use_check(&u, config, err);
	type_put(v, u.loaded);
	return e;
}

enum fief_err vfs_fs_create(struct vfs *v, const struct node *config,
                            struct node_error *err, struct vfs_fs **out)
{
	struct use u;
	enum fief_err e = use_begin(v, config, err, &u);

	if (e)
		return e;
	e = use_check(&u, config, err);
	if (!e)
		e = u.type->create(v, config, err, out);
	if (e || (*out)->loaded) /* a type may give what another one made */
		type_put(v, u.loaded);
	else
		(*out)->loaded = u.loaded;
	return e;
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
