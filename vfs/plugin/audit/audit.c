/* SPDX-License-Identifier: MIT */
/* The audit as a file system, from its configuration. */

#include <lib/mem.h>
#include <vfs/plugin/audit.h>
#include <vfs/schema.h>

#include "internal.h"

static struct audit_fs *audit_of(struct vfs_fs *fs)
{
	return FIEF_CONTAINER_OF(fs, struct audit_fs, fs);
}

static void audit_end(struct audit_fs *a)
{
	if (a->inner)
		vfs_node_put(a->inner->root);
	if (a->label)
		fief_free(a->alloc, a->label, strlen(a->label) + 1);
	fief_free(a->alloc, a, sizeof(*a));
}

static void destroy(struct vfs_fs *fs)
{
	struct audit_fs *a = audit_of(fs);

	/* Its root is put already, and what it stood for with it. */
	audit_end(a);
}

/* ---- another configuration ---- */

static enum fief_err data_of(const struct node *config, struct node_error *err,
                             bool *data)
{
	return node_attr_bool(config, "data", false, err, data);
}

static bool keeps(struct vfs_fs *fs, const struct node *config)
{
	const struct audit_fs *a = audit_of(fs);
	const struct node *n = node_first(config, NULL);

	return node_count(config, NULL) == 1 &&
	       !strcmp(node_attr(config, "label", ""), a->label) &&
	       vfs_fs_keeps(a->inner, a->config, n);
}

static void update(struct vfs_fs *fs, const struct node *config)
{
	struct audit_fs *a = audit_of(fs);
	struct node_error err;

	a->config = node_first(config, NULL);
	if (data_of(config, &err, &a->data))
		a->data = false; /* it was checked: never */
	vfs_fs_update(a->inner, a->config);
}

/* ---- making ---- */

static enum fief_err fill(struct audit_fs *a, struct vfs *v,
                          const struct node *config, struct node_error *err)
{
	struct fief_env *env = vfs_env(v);
	enum fief_err e;

	if (node_count(config, NULL) != 1)
		return node_error_set(err, FIEF_INVALID, config->at,
		                      "<audit> has one file system in it");
	if (!env || env->log == FIEF_CAP_NULL)
		return node_error_set(err, FIEF_NOT_FOUND, config->at,
		                      "<audit>: no LOG session");
	a->log.cap = env->log;
	e = data_of(config, err, &a->data);
	if (!e)
		e = fief_alloc_text(a->alloc, node_attr(config, "label", ""),
		                    &a->label);
	a->config = node_first(config, NULL);
	return e ? e : vfs_fs_create(v, a->config, err, &a->inner);
}

/* As the file system in it: it is asked for whole paths, or not. */
static enum fief_err root_make(struct audit_fs *a)
{
	a->ops = (struct vfs_fs_ops){ .destroy = destroy,
		                      .keeps = keeps,
		                      .update = update };
	if (a->inner->ops->walk)
		a->ops.walk = audit_walk;
	a->fs.name = a->inner->name;
	return audit_wrap(a, vfs_node_get(a->inner->root), NULL, a->fs.name,
	                  a->fs.name ? strlen(a->fs.name) : 0, &a->fs.root) ?
	               FIEF_OUT_OF_RAM :
	               FIEF_OK;
}

static enum fief_err audit_create(struct vfs *v, const struct node *config,
                                  struct node_error *err, struct vfs_fs **out)
{
	struct audit_fs *a;
	void *mem;
	enum fief_err e = fief_alloc_zeroed(vfs_alloc(v), sizeof(*a), &mem);

	if (e)
		return e;
	a = mem;
	a->alloc = vfs_alloc(v);
	a->nodes.order = audit_order;
	vfs_fs_init(&a->fs, v, &a->ops, NULL);
	e = fill(a, v, config, err);
	if (!e)
		e = root_make(a);
	if (e) {
		audit_end(a);
		return e;
	}
	*out = &a->fs;
	return FIEF_OK;
}

static const struct vfs_attr attrs[] = {
	{ "label", "", "in front of each line", VFS_VALUE_TEXT, false },
	{ "data", "no", "tell each read and write, instead of sums",
	  VFS_VALUE_BOOL, false },
	{ 0 },
};

static const struct vfs_schema schema = {
	.text = "tells the log what is done with the file system in it",
	.attrs = attrs,
	.any = true,
};

const struct vfs_type vfs_audit = {
	.name = "audit",
	.create = audit_create,
	.schema = &schema,
};
