/* SPDX-License-Identifier: MIT */
/* Private parts of audits: a node for each node of the file system in it. */
#pragma once

#include <lib/tree.h>
#include <session/log.h>
#include <vfs/vfs.h>
#include <vfs/within.h>

struct audit_fs {
	struct vfs_fs fs;
	struct fief_alloc *alloc;  /* borrowed */
	struct vfs_fs *inner;      /* owned: its root is */
	const struct node *config; /* of `inner`, in the one in force */
	char *label;               /* owned; in front of each line */
	struct log_cap log;
	bool data; /* tell each read and write */
	struct tree nodes;
	struct vfs_fs_ops ops; /* as those of `inner` */
};

struct audit_node {
	struct vfs_node node;
	struct tree_elem in_fs;
	struct vfs_node *inner; /* counted */
	char *path;             /* owned: by which it was found last */
};

static inline struct audit_node *audit_node(struct vfs_node *n)
{
	return FIEF_CONTAINER_OF(n, struct audit_node, node);
}

static inline struct audit_fs *audit_fs(const struct audit_node *n)
{
	return FIEF_CONTAINER_OF(n->node.fs, struct audit_fs, fs);
}

/* ---- line.c ---- */

/* What is told of an operation. */
struct audit_line {
	const char *what;
	struct audit_node *node;
	struct vfs_name name;        /* below that; s NULL: none */
	const struct audit_node *to; /* another one; or NULL */
	struct vfs_name to_name;
	const char *more; /* or NULL */
};

void audit_tell(struct audit_fs *, const struct audit_line *, enum vfs_err);

/* ---- node.c ---- */

int audit_order(const struct tree_elem *a, const struct tree_elem *b);
/* The node of one of the file system in it, whose reference it takes; found by
 * `path` below `dir`, or as the root. */
enum vfs_err audit_wrap(struct audit_fs *, struct vfs_node *inner,
                        const struct audit_node *dir, const char *path,
                        size_t len, struct vfs_node **out);
enum vfs_err audit_walk(struct vfs_node *dir, const char *path, size_t len,
                        bool follow, struct vfs_op *);
enum vfs_err audit_open(struct vfs_node *, struct vfs_file *, struct vfs_op *);

/* ---- call.c ---- */

/* An operation that is passed on and may be late: what is told when it is over,
 * and what is done with the node that came of it. */
struct audit_call {
	struct audit_line line; /* names are borrowed from the operation */
	const char *path;       /* of what is found below the node; or NULL */
	size_t len;
	bool find;             /* tell only what went wrong */
	uint64_t *ops, *bytes; /* that are counted instead; or NULL */
	bool change;           /* who waits for one is told */
};

/* Memory for the end, if a node may come late of it: else it could not be one of
 * ours. */
enum vfs_err audit_begin(const struct audit_call *, void **mem);
enum vfs_err audit_over(const struct audit_call *, void *mem, struct vfs_op *,
                        enum vfs_err);
