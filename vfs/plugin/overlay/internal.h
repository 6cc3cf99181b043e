/* SPDX-License-Identifier: MIT */
/*
 * Private parts of overlays. A node stands for a file of the upper file system, or
 * of a lower one until it is changed: then it is copied, and the node is the copy.
 * A directory may be several that are seen as one: at most one of the upper, and
 * some of the lower file systems. While somebody refers to a node there is no
 * other one for the same file.
 *
 * Names that begin with ".wh." are the overlay's own and never seen: ".wh.NAME"
 * says that nothing from below shows as NAME.
 */
#pragma once

#include <lib/list.h>
#include <lib/tree.h>
#include <vfs/dirent.h>
#include <vfs/within.h>

enum {
	OV_LOWERS = 7,
	OV_UPPER = OV_LOWERS, /* the number of the upper one, in positions */
	OV_LAYER_BITS = 3,
	OV_WHITEOUT_LEN = 4, /* of ".wh." */
};

struct ov_layer {
	struct vfs_fs *fs;         /* owned: its root is; NULL: none */
	const struct node *config; /* of the configuration in force */
};

struct ov_fs {
	struct vfs_fs fs;
	struct fief_alloc *alloc;             /* borrowed */
	struct ov_layer layer[OV_LOWERS + 1]; /* the upper one last */
	struct tree by_name;  /* struct ov_node: of lower files */
	struct tree by_upper; /* struct ov_node: by number there */
	struct list dying;    /* nodes that nobody refers to */
	bool draining;
	uint64_t copies; /* names given to copies under way */
};

struct ov_node {
	struct vfs_node node;
	union {
		struct tree_elem in_tree;
		struct list_elem in_dying;
	};
	struct ov_node *parent; /* counted; NULL: the root, or no name */
	struct vfs_name name;   /* owned text; its last one that is known */
	struct vfs_node *upper; /* counted; NULL: not copied yet */
	uint64_t upper_ino;
	uint64_t ino; /* stays when it is copied */
	bool gone;    /* what was only below, and a directory, is removed */
	uint8_t lowers, room;     /* in use; that there is memory for */
	struct vfs_node *lower[]; /* counted; uppermost first */
};

static inline struct ov_node *ov_node(struct vfs_node *n)
{
	return FIEF_CONTAINER_OF(n, struct ov_node, node);
}

static inline struct ov_fs *ov_fs(const struct ov_node *n)
{
	return FIEF_CONTAINER_OF(n->node.fs, struct ov_fs, fs);
}

static inline bool ov_is_dir(const struct ov_node *n)
{
	return n->node.kind == VFS_DIR;
}

/* What it is seen as: of a directory, the uppermost. */
static inline struct vfs_node *ov_real(const struct ov_node *n)
{
	return n->upper ? n->upper : n->lower[0];
}

/* ---- inner.c: the file systems in it ---- */

struct vfs_name ov_name(const char *s, size_t len);
/* -> *out; NOT_FOUND. */
enum vfs_err ov_inner_find(struct vfs_node *dir, struct vfs_name,
                           struct vfs_node **out);
bool ov_inner_has(struct vfs_node *dir, struct vfs_name);
enum vfs_err ov_inner_stat(struct vfs_node *, struct vfs_stat *);
/* What is made; as the members of an operation. */
struct ov_what {
	enum vfs_kind kind;
	uint32_t mode, uid, gid;
	uint64_t rdev;
	const char *to_path;
};

enum vfs_err ov_inner_make(struct vfs_node *dir, struct vfs_name,
                           const struct ov_what *, struct vfs_node **out);
/* Entries from *pos on, which becomes the position behind them -> *bytes. */
enum vfs_err ov_inner_list(struct vfs_node *dir, void *buf, size_t len,
                           uint64_t *pos, size_t *bytes);
/* Target of a symbolic link, terminated; `buf` has VFS_PATH_MAX + 1 bytes. */
enum vfs_err ov_inner_target(struct vfs_node *, char *buf);
enum vfs_err ov_inner_change(struct vfs_node *, const struct vfs_change *);
enum vfs_err ov_inner_remove(struct vfs_node *dir, struct vfs_name,
                             bool is_dir);
enum vfs_err ov_inner_rename(struct vfs_node *from, struct vfs_name,
                             struct vfs_node *to, struct vfs_name to_name,
                             uint32_t flags);
/* An open file of it; `dir` and the name are where it is, if it has to be asked
 * for again. */
enum vfs_err ov_inner_open(struct vfs_node *, struct vfs_node *dir,
                           struct vfs_name, uint32_t flags,
                           struct vfs_file **out);
/* What an operation gave that is not to be late. */
enum vfs_err ov_now(struct vfs_op *, enum vfs_err);

/* ---- node.c ---- */

struct ov_found {
	struct ov_node *dir;
	struct vfs_name name;
	struct vfs_node *upper;            /* counted or NULL */
	struct vfs_node *lower[OV_LOWERS]; /* counted */
	unsigned lowers;
};

extern const struct vfs_node_ops ov_file_node_ops, ov_dir_node_ops,
	ov_link_node_ops, ov_name_node_ops;

/* The node of what was found, whose references it takes. */
enum vfs_err ov_node_of(struct ov_fs *, struct ov_found *,
                        struct ov_node **out);
void ov_found_put(struct ov_found *);
/* It was copied to that node of the upper file system, which it takes. */
enum vfs_err ov_node_copied(struct ov_node *, struct vfs_node *upper);
/* It has that name now; NULL: none. */
enum vfs_err ov_node_named(struct ov_node *, struct ov_node *dir,
                           struct vfs_name);
void ov_node_unnamed(struct ov_node *, const struct ov_node *dir,
                     struct vfs_name);
/* Number of a file of a layer, as the overlay tells it. */
uint64_t ov_ino(const struct ov_fs *, const struct vfs_node *, uint64_t ino);
struct ov_node *ov_by_upper(struct ov_fs *, uint64_t ino);
void ov_put(struct vfs_node *);

/* ---- find.c ---- */

bool ov_reserved(struct vfs_name);
enum vfs_err ov_find(struct ov_node *dir, struct vfs_name,
                     struct ov_node **out);
/* Does something from below show as that name of the directory, or would, if
 * there were nothing above? */
bool ov_below(const struct ov_node *dir, struct vfs_name);
/* Would what that one has as a name be listed? */
bool ov_shows(const struct ov_node *dir, unsigned lower, struct vfs_name);
/* Make that nothing does. `*made`: it was not so before. */
enum vfs_err ov_hide(struct ov_node *dir, struct vfs_name, bool *made);
void ov_unhide(struct ov_node *dir, struct vfs_name);
enum vfs_err ov_lookup(struct vfs_node *, struct vfs_name, struct vfs_op *);
/* ".wh.NAME", in `buf` of VFS_NAME_MAX bytes. NAME_TOO_LONG. */
enum vfs_err ov_whiteout(struct vfs_name, char *buf, struct vfs_name *out);

/* ---- list.c ---- */

enum vfs_err ov_list(struct vfs_node *, struct vfs_op *);
enum vfs_err ov_empty(struct ov_node *dir);
/* Take names that nobody sees out of a directory, which then can be removed. */
enum vfs_err ov_clear(struct vfs_node *upper);

/* ---- copy.c ---- */

/* Have it in the upper file system; without content, if that is to go anyway.
 * READ_ONLY: there is none. */
enum vfs_err ov_copy_up(struct ov_node *, bool content);
/* Remove what copies left that were never finished. */
enum vfs_err ov_copies_clear(struct ov_fs *);

/* ---- edit.c, file.c ---- */

enum vfs_err ov_make(struct vfs_node *, struct vfs_name, struct vfs_op *);
enum vfs_err ov_link(struct vfs_node *, struct vfs_name, struct vfs_node *,
                     struct vfs_op *);
enum vfs_err ov_remove(struct vfs_node *, struct vfs_name, bool,
                       struct vfs_op *);
enum vfs_err ov_rename(struct vfs_node *, struct vfs_name, struct vfs_node *,
                       struct vfs_name, struct vfs_op *);
enum vfs_err ov_open(struct vfs_node *, struct vfs_file *, struct vfs_op *);
