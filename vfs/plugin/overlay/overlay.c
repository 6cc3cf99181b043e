/* SPDX-License-Identifier: MIT */
/* The overlay as a file system, from its configuration. */

#include <lib/mem.h>
#include <vfs/plugin/overlay.h>
#include <vfs/schema.h>

#include "internal.h"

/* ---- ends ---- */

static void layers_end(struct ov_fs *fs)
{
	for (unsigned i = 0; i <= OV_UPPER; i++)
		if (fs->layer[i].fs)
			vfs_node_put(fs->layer[i].fs->root);
	fief_free(fs->alloc, fs, sizeof(*fs));
}

static void destroy(struct vfs_fs *f)
{
	layers_end(FIEF_CONTAINER_OF(f, struct ov_fs, fs));
}

/* ---- another configuration ---- */

/* The node of each layer in a config; NULL: none. */
static const struct node *layer_node(const struct node *config, unsigned i)
{
	const struct node *n;

	if (i == OV_UPPER)
		return node_first(node_first(config, "upper"), NULL);
	n = node_first(node_first(config, "lower"), NULL);
	while (n && i--)
		n = node_next(n, NULL);
	return n;
}

static bool keeps(struct vfs_fs *f, const struct node *config)
{
	const struct ov_fs *fs = FIEF_CONTAINER_OF(f, struct ov_fs, fs);

	for (unsigned i = 0; i <= OV_UPPER; i++) {
		const struct ov_layer *l = &fs->layer[i];
		const struct node *n = layer_node(config, i);

		if (!l->fs != !n)
			return false;
		if (n && !vfs_fs_keeps(l->fs, l->config, n))
			return false;
	}
	return node_count(node_first(config, "lower"), NULL) <= OV_LOWERS;
}

static void update(struct vfs_fs *f, const struct node *config)
{
	struct ov_fs *fs = FIEF_CONTAINER_OF(f, struct ov_fs, fs);

	for (unsigned i = 0; i <= OV_UPPER; i++) {
		struct ov_layer *l = &fs->layer[i];

		if (!l->fs)
			continue;
		l->config = layer_node(config, i);
		vfs_fs_update(l->fs, l->config);
	}
}

static const struct vfs_fs_ops fs_ops = {
	.destroy = destroy,
	.keeps = keeps,
	.update = update,
};

/* ---- making ---- */

static enum fief_err layer_check(const struct vfs_fs *fs, const struct node *n,
                                 struct node_error *err)
{
	if (fs->name || fs->root->kind != VFS_DIR)
		return node_error_set(err, FIEF_INVALID, n->at,
		                      "<%s> in <overlay> is a file, not a "
		                      "directory",
		                      n->name);
	if (!fs->root->ops->lookup && vfs_async(fs->vfs))
		return node_error_set(err, FIEF_UNSUPPORTED, n->at,
		                      "<%s> in <overlay>: an overlay in a "
		                      "server is of local file systems",
		                      n->name);
	return FIEF_OK;
}

static enum fief_err layer_make(struct ov_fs *fs, struct vfs *v, unsigned i,
                                const struct node *n, struct node_error *err)
{
	struct ov_layer *l = &fs->layer[i];
	struct vfs_fs *made;
	enum fief_err e = vfs_fs_create(v, n, err, &made);

	if (e)
		return e;
	e = layer_check(made, n, err);
	if (e) {
		vfs_node_put(made->root);
		return e;
	}
	*l = (struct ov_layer){ made, n };
	return FIEF_OK;
}

static enum fief_err layers_make(struct ov_fs *fs, struct vfs *v,
                                 const struct node *config,
                                 struct node_error *err)
{
	const struct node *lower = node_first(config, "lower");
	const struct node *upper = node_first(config, "upper");
	unsigned i = 0;
	enum fief_err e = FIEF_OK;

	if (node_count(lower, NULL) < 1 ||
	    node_count(lower, NULL) > OV_LOWERS || node_count(upper, NULL) > 1)
		return node_error_set(err, FIEF_INVALID, config->at,
		                      "<overlay> has 1 to %u file systems in "
		                      "<lower>, and at most one in <upper>",
		                      (unsigned)OV_LOWERS);
	NODE_FOR_EACH(n, lower, NULL) {
		if (!e)
			e = layer_make(fs, v, i++, n, err);
	}
	if (!e && node_first(upper, NULL))
		e = layer_make(fs, v, OV_UPPER, node_first(upper, NULL), err);
	if (!e && fs->layer[OV_UPPER].fs && ov_copies_clear(fs))
		return node_error_set(err, FIEF_INVALID, upper->at,
		                      "<upper>: what unfinished copies left "
		                      "cannot be removed");
	return e;
}

static enum vfs_err root_make(struct ov_fs *fs)
{
	struct ov_found f = { 0 };
	struct ov_node *root;
	enum vfs_err e;

	while (f.lowers < OV_LOWERS && fs->layer[f.lowers].fs) {
		f.lower[f.lowers] = vfs_node_get(fs->layer[f.lowers].fs->root);
		f.lowers++;
	}
	if (fs->layer[OV_UPPER].fs)
		f.upper = vfs_node_get(fs->layer[OV_UPPER].fs->root);
	e = ov_node_of(fs, &f, &root);
	if (!e)
		fs->fs.root = &root->node;
	return e;
}

static enum fief_err overlay_create(struct vfs *v, const struct node *config,
                                    struct node_error *err, struct vfs_fs **out)
{
	struct ov_fs *fs;
	void *mem;
	enum fief_err e = fief_alloc_zeroed(vfs_alloc(v), sizeof(*fs), &mem);

	if (e)
		return e;
	fs = mem;
	fs->alloc = vfs_alloc(v);
	vfs_fs_init(&fs->fs, v, &fs_ops, NULL);
	e = layers_make(fs, v, config, err);
	if (!e && root_make(fs))
		e = FIEF_OUT_OF_RAM;
	if (e) {
		layers_end(fs);
		return e;
	}
	*out = &fs->fs;
	return FIEF_OK;
}

static const char *const children[] = { "upper", "lower", NULL };

static const struct vfs_schema schema = {
	.text = "file systems that never change, below one that takes all "
		"changes",
	.children = children,
};

const struct vfs_type vfs_overlay = {
	.name = "overlay",
	.create = overlay_create,
	.schema = &schema,
};
