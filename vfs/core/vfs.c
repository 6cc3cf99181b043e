/* SPDX-License-Identifier: MIT */
/* The tree as a whole. */

#include <fief/kif_table.h>

#include "internal.h"

enum { FILES_PER_GROUP = 32 };

struct fief_alloc *vfs_alloc(struct vfs *v)
{
	return v->alloc;
}

struct fief_env *vfs_env(struct vfs *v)
{
	return v->env;
}

int64_t vfs_now(struct vfs *v)
{
	return v->now ? v->now(v->now_arg) : (int64_t)fief_kif->time();
}

bool vfs_async(struct vfs *v)
{
	return v->async;
}

static const struct vfs_fs_ops tree_fs_ops = { 0 };

static void vfs_init(struct vfs *v, const struct vfs_args *a)
{
	*v = (struct vfs){
		.alloc = a->alloc,
		.env = a->env,
		.types = a->types,
		.loader = a->loader,
		.now = a->now,
		.now_arg = a->now_arg,
		.async = a->async,
		.tree_fs = { .ops = &tree_fs_ops, .vfs = v, .refs = 1 },
		.devs = 1,
	};
	fief_slab_init(&v->files, a->alloc, sizeof(struct vfs_file),
	               FILES_PER_GROUP);
	tell_init(v);
}

enum fief_err vfs_create(const struct vfs_args *a, const struct node *config,
                         struct node_error *err, struct vfs **out)
{
	struct vfs *v;
	void *mem;
	enum fief_err e = fief_alloc(a->alloc, sizeof(*v), &mem);

	if (e)
		return e;
	v = mem;
	vfs_init(v, a);
	e = mount_build(v, config, NULL, err, &v->tree);
	if (!e && place_root(v, &v->root))
		e = FIEF_OUT_OF_RAM;
	if (e) {
		vfs_destroy(v);
		return e;
	}
	*out = v;
	return FIEF_OK;
}

enum fief_err vfs_create_within(struct vfs *v, const struct node *config,
                                struct node_error *err, struct vfs **out)
{
	const struct vfs_args a = {
		.alloc = v->alloc,
		.env = v->env,
		.types = v->types,
		.loader = v->loader,
		.now = v->now,
		.now_arg = v->now_arg,
		.async = v->async,
	};

	return vfs_create(&a, config, err, out);
}

enum fief_err vfs_update(struct vfs *v, const struct node *config,
                         struct node_error *err)
{
	struct vfs_tree *tree, *old = v->tree;
	enum fief_err e = mount_build(v, config, old, err, &tree);

	if (e)
		return e;
	v->tree = tree;
	places_update(v);
	tree_put(old);
	watches_fire(v);
	return FIEF_OK;
}

void vfs_destroy(struct vfs *v)
{
	if (!v)
		return;
	vfs_place_put(v->root);
	tree_put(v->tree);
	tell_fini(v);
	fief_slab_fini(&v->files);
	fief_free(v->alloc, v, sizeof(*v));
}
