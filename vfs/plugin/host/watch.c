/* SPDX-License-Identifier: MIT */
/* Changes that the host tells of, by whomever they were made. */

#include "host.h"

enum {
	CHANGES = KIF_HOST_CONTENT | KIF_HOST_META | KIF_HOST_ADDED |
	          KIF_HOST_REMOVED,
	TURN = 16, /* reads in a row */
};

static struct host_node *of_watch(const struct tree_elem *e)
{
	return TREE_OBJECT((struct tree_elem *)(uintptr_t)e, struct host_node,
	                   in_watch);
}

static int watch_key(const void *key, const struct tree_elem *e)
{
	const int32_t watch = *(const int32_t *)key;

	return (watch > of_watch(e)->watch) - (watch < of_watch(e)->watch);
}

static int watch_order(const struct tree_elem *a, const struct tree_elem *b)
{
	return watch_key(&of_watch(a)->watch, b);
}

/* ---- what is told ---- */

static void all_changed(struct host_fs *fs)
{
	TREE_FOR_EACH(e, &fs->by_watch)
		vfs_node_changed(&of_watch(e)->node);
}

static void one_changed(struct host_fs *fs, const struct kif_host_event *event)
{
	const unsigned names = KIF_HOST_ADDED | KIF_HOST_REMOVED;
	struct tree_elem *e;

	/* Of a directory, what happens to files in it is told, too. */
	if (event->name[0] && !(event->changes & names))
		return;
	if (event->changes & KIF_HOST_UNKNOWN) {
		all_changed(fs);
		return;
	}
	e = tree_find(&fs->by_watch, &event->watch, watch_key);
	if (e)
		vfs_node_changed(&of_watch(e)->node);
}

static void on_changed(struct fief_signal_handler *self, unsigned count)
{
	static _Alignas(8) char buf[4096];
	struct host_fs *fs = FIEF_CONTAINER_OF(self, struct host_fs, changed);
	size_t got;

	(void)count;
	for (unsigned i = 0; i < TURN; i++) {
		if (fs->dir->events(buf, sizeof(buf), &got))
			return; /* AGAIN: the next signal tells */
		for (size_t at = 0; at < got;) {
			const struct kif_host_event *event =
				(const void *)(buf + at);

			one_changed(fs, event);
			at += event->len;
		}
	}
	fief_signal_local_submit(self);
}

void host_changed(struct host_node *n)
{
	if (!tree_linked(&n->in_watch))
		vfs_node_changed(&n->node);
}

/* ---- watching ---- */

void host_watches_init(struct host_fs *fs)
{
	fs->by_watch.order = watch_order;
	fs->changed.handle = on_changed;
	fs->changed.level = FIEF_SIGNAL_IO;
}

static enum vfs_err signal_begin(struct host_fs *fs)
{
	if (fs->changed.ep)
		return VFS_OK;
	if (fief_signal_manage(fs->env->ep, &fs->changed))
		return VFS_NO_MEMORY;
	return host_err(fs->dir->events_signal(fs->changed.cap));
}

enum vfs_err host_watch(struct vfs_node *node)
{
	struct host_node *n = host_node(node);
	struct host_fs *fs = host_fs(node);
	enum vfs_err e;

	if (tree_linked(&n->in_watch))
		return VFS_OK;
	e = host_err(fs->dir->watch(n->path, CHANGES, &n->watch));
	if (e)
		return e;
	if (tree_insert(&fs->by_watch, &n->in_watch))
		return VFS_IO; /* two files, one watch: not of this host */
	return signal_begin(fs);
}

void host_unwatch(struct host_node *n)
{
	struct host_fs *fs = host_fs(&n->node);

	if (!tree_linked(&n->in_watch))
		return;
	tree_remove(&fs->by_watch, &n->in_watch);
	(void)fs->dir->unwatch(n->watch);
}
