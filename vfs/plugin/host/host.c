/* SPDX-License-Identifier: MIT */
/* A directory of the host: its beginning and its end. */

#include <vfs/plugin/host.h>
#include <vfs/schema.h>

#include "host.h"

static void host_destroy(struct vfs_fs *f)
{
	struct host_fs *fs = FIEF_CONTAINER_OF(f, struct host_fs, fs);

	if (fs->changed.ep)
		fief_signal_dissolve(fs->env->ep, &fs->changed);
	fief_free(fs->alloc, fs, sizeof(*fs));
}

static const struct vfs_fs_ops fs_ops = { .destroy = host_destroy };

/* The component may have been started with something else, or nothing. */
static const struct kif_host *granted(const struct fief_env *env)
{
	const struct kif_host *h = env ? env->host : NULL;

	return h && h->version == KIF_HOST_VERSION && h->kind == KIF_HOST_DIR ?
	               h :
	               NULL;
}

static enum fief_err host_create(struct vfs *v, const struct node *config,
                                 struct node_error *err, struct vfs_fs **out)
{
	const struct kif_host *h = granted(vfs_env(v));
	const struct vfs_name none = { "", 0, 0 };
	struct host_node *root;
	struct host_fs *fs;
	void *mem;

	if (!h)
		return node_error_set(err, FIEF_DENIED, config->at,
		                      "<host>: this component was not started "
		                      "with a directory: <host grant=\"...\"/> "
		                      "in its <start>");
	if (fief_alloc_zeroed(vfs_alloc(v), sizeof(*fs), &mem))
		return FIEF_OUT_OF_RAM;
	fs = mem;
	fs->env = vfs_env(v);
	fs->alloc = vfs_alloc(v);
	fs->host = h;
	fs->dir = h->dir;
	host_nodes_init(fs);
	host_watches_init(fs);
	vfs_fs_init(&fs->fs, v, &fs_ops, NULL);
	if (host_node_get(fs, KIF_HOST_GRANT, NULL, none, &root)) {
		fief_free(fs->alloc, fs, sizeof(*fs));
		return FIEF_OUT_OF_RAM;
	}
	fs->fs.root = &root->node;
	*out = &fs->fs;
	return FIEF_OK;
}

static const struct vfs_schema schema = {
	.text = "the directory of the host that the component was started with",
};

const struct vfs_type vfs_host = {
	.name = "host",
	.create = host_create,
	.schema = &schema,
};
