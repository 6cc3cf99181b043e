/* SPDX-License-Identifier: MIT */
/*
 * File systems whose names never change once they are made: one file, a few
 * files that tell values, an archive. A plugin adds the nodes and gives each the
 * operations that are particular to it; names, listing, what is known of a file,
 * constant content and targets of links are here.
 *
 * All nodes are in the arena of the file system and end with it.
 */
#pragma once

#include <lib/tree.h>
#include <vfs/dirent.h>
#include <vfs/schema.h>

/* First in what a plugin keeps for its file system. */
struct fixed_fs {
	struct vfs_fs fs;
	struct fief_alloc *alloc; /* borrowed */
	struct fief_arena_source source;
	struct arena arena;
	void (*fini)(struct fixed_fs *); /* of the plugin; may be NULL */
	size_t bytes;                    /* of the plugin's object */
	uint64_t inos;                   /* given so far */
};

struct fixed_node {
	struct vfs_node node;
	struct tree_elem in_names, in_list;
	struct vfs_name name;
	uint64_t pos;          /* in its directory, from 1 */
	struct fixed_node *of; /* a name of that node; NULL: it is one */
	struct fixed_node *parent;
	struct tree names, list;             /* of a directory */
	uint64_t last_pos;                   /* given in it */
	const char *data;                    /* of a file; target of a link */
	struct vfs_stat stat;                /* all but what `node` has */
	const struct vfs_file_ops *file_ops; /* of a device */
	void *user;                          /* of the plugin */
};

static inline struct fixed_node *fixed_node(struct vfs_node *n)
{
	return FIEF_CONTAINER_OF(n, struct fixed_node, node);
}

static inline struct fixed_fs *fixed_fs(const struct fixed_node *n)
{
	return FIEF_CONTAINER_OF(n->node.fs, struct fixed_fs, fs);
}

/* ---- making ---- */

/* Begin one, in zeroed memory of `bytes` bytes that has a struct fixed_fs first.
 * Its first node becomes its root. */
FIEF_MUST enum fief_err fixed_create(struct vfs *, size_t bytes,
                                     struct fixed_fs **out);
/* Give up one that cannot be made, with all that is in it. */
void fixed_cancel(struct fixed_fs *);

/* A node in `dir`; NULL: the root. The name is copied. Without `ops`, those of a
 * directory, of a link or of constant content, by `kind`. Errors: CONFLICT (the
 * name is there), OUT_OF_RAM. */
FIEF_MUST enum fief_err fixed_add(struct fixed_fs *, struct fixed_node *dir,
                                  struct vfs_name, enum vfs_kind,
                                  const struct vfs_node_ops *ops,
                                  struct fixed_node **out);
/* A file system of one file, named by attribute `name`, else as its type. */
FIEF_MUST enum fief_err fixed_file(struct vfs *, const struct node *config,
                                   size_t bytes, enum vfs_kind,
                                   const struct vfs_node_ops *ops,
                                   struct fixed_fs **out);
/* The same for a device, which can be opened for anything. */
FIEF_MUST enum fief_err fixed_device(struct vfs *, const struct node *config,
                                     uint64_t rdev, const struct vfs_file_ops *,
                                     struct vfs_fs **out);
/* One more name for a node. Errors as fixed_add. */
FIEF_MUST enum fief_err fixed_link(struct fixed_fs *, struct fixed_node *dir,
                                   struct vfs_name, struct fixed_node *to);
/* While it is made only. No effect if there is no such name. */
void fixed_remove(struct fixed_node *dir, struct vfs_name);
/* NULL: none of that name. */
struct fixed_node *fixed_find(struct fixed_node *dir, struct vfs_name);
struct vfs_name fixed_name(const char *s, size_t len);

/* ---- operations of nodes that plugins make ---- */

void fixed_put(struct vfs_node *); /* nothing: the arena has it */
enum vfs_err fixed_stat(struct vfs_node *, struct vfs_op *);
/* Bytes of op->len at op->pos out of `size` at `data`. */
enum vfs_err fixed_read(const char *data, uint64_t size, struct vfs_op *);

/* Attribute `name` of file systems that are one file. */
#define FIXED_ATTR_NAME(by_default)                                            \
	{                                                                      \
		.name = "name", .usual = (by_default),                         \
		.text = "name of the file", .value = VFS_VALUE_NAME,           \
	}
