/* SPDX-License-Identifier: MIT */
/* Private parts of the file system that is a directory of the host. */
#pragma once

#include <fief/component.h>
#include <fief/kif_host_dir.h>
#include <lib/tree.h>
#include <vfs/dirent.h>

enum { NO_FILE = -1 };

struct host_fs {
	struct vfs_fs fs;
	struct fief_env *env;     /* borrowed */
	struct fief_alloc *alloc; /* borrowed */
	const struct kif_host *host;
	const struct kif_host_dir_ops *dir; /* of it */
	struct tree by_id;                  /* struct host_node: all */
	struct tree by_watch;               /* those that the host tells of */
	struct fief_signal_handler changed;
};

/*
 * One file of the host, by its identity, however many names it has. `path` is
 * open as long as the node lives, so that the identity stays its own; whoever
 * has to open it for more does so by the name where it was found last.
 */
struct host_node {
	struct vfs_node node;
	struct tree_elem in_id, in_watch;
	uint64_t device, number;
	kif_host_file path;
	kif_host_file list;    /* of a directory: open to be listed; NO_FILE */
	struct list files;     /* struct host_file: what is open of it */
	struct host_node *dir; /* counted: where it was found; NULL: the root */
	char *name;            /* owned: there; terminated */
	size_t name_len;
	int32_t watch; /* of the host, while in `by_watch` */
	struct host_cookies {
		int64_t *at; /* owned: positions that are too large for us */
		size_t count, room;
	} cookies;
};

struct host_file {
	struct list_elem in_node;
	kif_host_file file;
	bool writes;
};

static inline struct host_fs *host_fs(const struct vfs_node *n)
{
	return FIEF_CONTAINER_OF(n->fs, struct host_fs, fs);
}

static inline struct host_node *host_node(struct vfs_node *n)
{
	return FIEF_CONTAINER_OF(n, struct host_node, node);
}

/* ---- error.c ---- */

enum vfs_err host_err(enum kif_host_err);

/* ---- node.c ---- */

extern const struct vfs_node_ops host_dir_ops, host_file_ops, host_link_ops,
	host_other_ops;

void host_nodes_init(struct host_fs *);
/* The node of what is open as `path`, which is taken over, found as `name` in
 * `dir`; NULL: the root. */
enum vfs_err host_node_get(struct host_fs *, kif_host_file path,
                           struct host_node *dir, struct vfs_name name,
                           struct host_node **out);
/* It has that name now. */
enum vfs_err host_named(struct host_node *, struct host_node *dir,
                        struct vfs_name);
void host_put(struct vfs_node *);
enum vfs_err host_stat(struct vfs_node *, struct vfs_op *);
enum vfs_err host_change(struct vfs_node *, struct vfs_op *);
/* Open it for KIF_HOST_READ, WRITE or both. GONE: it has no name that is known any
 * more. */
enum vfs_err host_reopen(struct host_node *, unsigned how, kif_host_file *out);
/* A name with a zero behind it, for the host. */
const char *host_name(struct vfs_name, char buf[VFS_NAME_MAX + 1]);

/* ---- dir.c ---- */

enum vfs_err host_lookup(struct vfs_node *, struct vfs_name, struct vfs_op *);
enum vfs_err host_make(struct vfs_node *, struct vfs_name, struct vfs_op *);
enum vfs_err host_link(struct vfs_node *, struct vfs_name, struct vfs_node *,
                       struct vfs_op *);
enum vfs_err host_remove(struct vfs_node *, struct vfs_name, bool dir,
                         struct vfs_op *);
enum vfs_err host_rename(struct vfs_node *, struct vfs_name, struct vfs_node *,
                         struct vfs_name, struct vfs_op *);

/* ---- list.c ---- */

enum vfs_err host_list(struct vfs_node *, struct vfs_op *);
enum vfs_kind host_kind(unsigned type);

/* ---- file.c ---- */

enum vfs_err host_open(struct vfs_node *, struct vfs_file *, struct vfs_op *);
enum vfs_err host_dir_open(struct vfs_node *, struct vfs_file *,
                           struct vfs_op *);

/* ---- watch.c ---- */

enum vfs_err host_watch(struct vfs_node *);
void host_unwatch(struct host_node *);
/* We have changed it: told now, unless the host does so. */
void host_changed(struct host_node *);
void host_watches_init(struct host_fs *);
