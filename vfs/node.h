/* SPDX-License-Identifier: MIT */
/*
 * What a file system is made of, for those who implement one. It shows a tree of
 * nodes; the core keeps handles, paths, symbolic links and unions, so that a
 * plugin has to do only what is particular to it. An operation that is NULL is
 * refused: names of a directory cannot be changed (READ_ONLY), a file is not
 * written (NOT_OPEN), and so on; only `put` and `stat` must be there.
 *
 * All runs on one thread at a time. An operation gives its result at once or
 * returns VFS_LATE; then it keeps `op`, and calls vfs_op_end(op, ...) later, once.
 * It never waits for anything itself.
 *
 * References: a node lives while its count is not 0. What returns a node in
 * op->node, returns a reference. A file system lives while it is mounted or has
 * nodes.
 */
#pragma once

#include <fief/alloc.h>
#include <lib/node.h>
#include <vfs/op.h>

struct vfs_fs;
struct vfs_type;

struct vfs_node {
	struct vfs_fs *fs; /* counted */
	const struct vfs_node_ops *ops;
	enum vfs_kind kind;
	uint32_t refs;
	struct vfs_extra *extra; /* core: who waits for a change, locks */
};

struct vfs_node_ops {
	/* The last reference is gone. The core has put the file system's. */
	void (*put)(struct vfs_node *);
	/* -> op->stat */
	enum vfs_err (*stat)(struct vfs_node *, struct vfs_op *);
	/* op->change */
	enum vfs_err (*change)(struct vfs_node *, struct vfs_op *);

	/* ---- of a directory ---- */
	/* -> op->node; not to be late, and neither is `stat` then. NULL: it has
	 * to ask somebody, by `walk` */
	enum vfs_err (*lookup)(struct vfs_node *, struct vfs_name,
	                       struct vfs_op *);
	/* A file of op->kind, with op->mode, uid, gid, rdev; a symbolic link to
	 * op->to_path. The name is not there. -> op->node */
	enum vfs_err (*make)(struct vfs_node *, struct vfs_name,
	                     struct vfs_op *);
	/* One more name for that node of the same file system. */
	enum vfs_err (*link)(struct vfs_node *, struct vfs_name,
	                     struct vfs_node *, struct vfs_op *);
	/* A name of anything but a directory; of a directory, if `dir`. */
	enum vfs_err (*remove)(struct vfs_node *, struct vfs_name, bool dir,
	                       struct vfs_op *);
	/* Within the file system; op->flags. */
	enum vfs_err (*rename)(struct vfs_node *, struct vfs_name,
	                       struct vfs_node *to, struct vfs_name to_name,
	                       struct vfs_op *);

	/* ---- of a directory ---- */
	/* The directory above, with a reference, and the own name in it, which
	 * lives until something is renamed. NULL: the root of the file system,
	 * or removed. Without this operation, the way that led here is the way
	 * back, whatever was renamed meanwhile. */
	struct vfs_node *(*up)(struct vfs_node *, struct vfs_name *);

	/* Entries from position op->pos on; see <vfs/dirent.h>. */
	enum vfs_err (*list)(struct vfs_node *, struct vfs_op *);

	/* ---- of a symbolic link ---- */
	/* Up to op->len bytes into op->buf -> op->count; not terminated. */
	enum vfs_err (*target)(struct vfs_node *, struct vfs_op *);

	/* ---- of what can be opened ---- */
	/* For file->flags; may set file->ops and file->state. */
	enum vfs_err (*open)(struct vfs_node *, struct vfs_file *,
	                     struct vfs_op *);

	/* Somebody waits for a change: tell the next one by vfs_node_changed, or
	 * that there is no way to know, by vfs_node_unwatched. NULL: each change
	 * is told anyway. */
	enum vfs_err (*watch)(struct vfs_node *);
};

/* What is open. `flags` are VFS_READ and so on, as it was opened. */
struct vfs_file {
	const struct vfs_file_ops *ops;
	struct vfs_node *node;   /* counted */
	struct vfs_place *place; /* counted; of a directory, else NULL */
	void *state;             /* of the plugin */
	uint64_t pos;            /* of reads and writes without a position */
	uint32_t flags;
	uint32_t refs;
	struct vfs *vfs;
	struct list waiters; /* for it to be ready */
};

/* What a file can be ready for. */
enum {
	VFS_CAN_READ = 1,
	VFS_CAN_WRITE = 2,
	VFS_HUNG_UP = 4, /* the other end is gone */
};

struct vfs_file_ops {
	bool stream; /* no positions */
	void (*close)(struct vfs_file *);
	/* op->len bytes at op->pos, or the next ones of a stream, into op->buf;
	 * -> op->count, 0 at the end. AGAIN: none yet. */
	enum vfs_err (*read)(struct vfs_file *, struct vfs_op *);
	/* op->data; -> op->count, at least 1. AGAIN: no room. The core gives
	 * VFS_APPEND as it is: op->pos is the end then, known by the plugin. */
	enum vfs_err (*write)(struct vfs_file *, struct vfs_op *);
	enum vfs_err (*sync)(struct vfs_file *, struct vfs_op *);
	/* Bytes op->pos to op->pos + op->len: `how` as VFS_ALLOCATE_*. */
	enum vfs_err (*allocate)(struct vfs_file *, unsigned how,
	                         struct vfs_op *);
	/* Next data or hole at op->pos or behind -> op->pos; NO_DATA. */
	enum vfs_err (*seek)(struct vfs_file *, bool hole, struct vfs_op *);
	/* What of VFS_CAN_* holds now; a change is told by vfs_file_ready. */
	unsigned (*ready)(struct vfs_file *);
	/* As vfs_map. */
	enum vfs_err (*map)(struct vfs_file *, struct vfs_op *);
	/* As vfs_peek; without an end, the bytes stay as long as nothing else is
	 * done with the file. */
	enum vfs_err (*peek)(struct vfs_file *, struct vfs_op *);
	void (*peek_end)(struct vfs_file *, struct vfs_op *);
	/* As vfs_lock and vfs_lock_test; NULL: the core keeps them. */
	enum vfs_err (*lock)(struct vfs_file *, struct vfs_op *);
	enum vfs_err (*lock_test)(struct vfs_file *, struct vfs_op *);
	void (*unlock)(struct vfs_file *, const struct vfs_lock *);
};

enum {
	VFS_ALLOCATE_KEEP_SIZE = 1, /* do not make the file longer */
	VFS_ALLOCATE_PUNCH = 2,     /* make a hole; with KEEP_SIZE */
	VFS_ALLOCATE_ZERO = 4,      /* zeros instead of what was there */
};

/* ---- a file system ---- */

struct vfs_fs_ops {
	/* The last mount or node is gone: free it. */
	void (*destroy)(struct vfs_fs *);
	/*
	 * Find op->node by a path below `dir`: `len` bytes, names with one
	 * slash between them, each name of a sane length. AT_LINK: op->node is
	 * a symbolic link, whose name ends at op->walked, with more of the path
	 * behind it, or `follow`. NULL: the core asks `lookup` for each name.
	 */
	enum vfs_err (*walk)(struct vfs_node *dir, const char *path, size_t len,
	                     bool follow, struct vfs_op *);
	/* Can it go on with another config of its type? Else, and without
	 * this operation, it is made anew. */
	bool (*keeps)(struct vfs_fs *, const struct node *config);
	/* It has that config now, for which it `keeps`. */
	void (*update)(struct vfs_fs *, const struct node *config);
	/* Of one that was just made, when all others are: `beside` are the
	 * file systems of the same directory, uppermost first. An error gives
	 * up the whole configuration. */
	enum fief_err (*start)(struct vfs_fs *, struct vfs_node *const *beside,
	                       unsigned count, const struct node *config,
	                       struct node_error *);
};

struct vfs_fs {
	const struct vfs_fs_ops *ops;
	struct vfs *vfs;
	struct vfs_node *root; /* its reference keeps the file system */
	const char *name;      /* of a file system that is one file; or NULL */
	bool inert;            /* it shows nothing: what counts is `start` */
	uint64_t dev;
	uint32_t refs;
	uint32_t generation; /* of the last configuration that has it */
	/* Core: its type is loaded, and counted; or NULL. */
	const struct vfs_type *loaded;
};

/* ---- a plugin ---- */

struct vfs_type {
	const char *name; /* of the node in the config */
	/* Make one: a file system with its root, or an error with its place.
	 * What it needs is in `vfs`: vfs_alloc, vfs_env. The config lives
	 * until `update` gives another one, or the last mount is gone. */
	enum fief_err (*create)(struct vfs *, const struct node *config,
	                        struct node_error *, struct vfs_fs **);
	/* What the config can have, which is checked before; see
	 * <vfs/schema.h>. NULL: `create` checks. */
	const struct vfs_schema *schema;
};

/* ---- for plugins ---- */

struct fief_alloc *vfs_alloc(struct vfs *);
struct fief_env *vfs_env(struct vfs *); /* NULL in tests */
int64_t vfs_now(struct vfs *);          /* ns since 1970 */
bool vfs_async(struct vfs *);           /* never wait, not even for a reply */

/* Begin one, with one reference to its node, which is its root. */
void vfs_fs_init(struct vfs_fs *, struct vfs *, const struct vfs_fs_ops *,
                 struct vfs_node *root);
/* Begin a node of it, with one reference. */
void vfs_node_init(struct vfs_node *, struct vfs_fs *,
                   const struct vfs_node_ops *, enum vfs_kind);

static inline struct vfs_node *vfs_node_get(struct vfs_node *n)
{
	n->refs++;
	return n;
}

/* NULL is ignored. */
void vfs_node_put(struct vfs_node *);

/* What a file can is another now: who waits for it is told, soon. */
void vfs_file_ready(struct vfs_file *);

/* Nobody who waits for a change of the node is told by it: that is why. */
void vfs_node_unwatched(struct vfs_node *, enum vfs_err);

/* Content of the node, what is known of it, or its names are others now: who
 * waits for it is told, soon. */
static inline void vfs_node_changed(struct vfs_node *n)
{
	if (n->extra)
		vfs_node_unwatched(n, VFS_OK);
}

static inline uint32_t vfs_hash_step(uint32_t hash, char c)
{
	return (hash ^ (unsigned char)c) * 0x01000193u;
}

#define VFS_HASH_SEED UINT32_C(0x811c9dc5)

/* FNV-1a; http://www.isthe.com/chongo/tech/comp/fnv */
uint32_t vfs_hash(const char *s, size_t len);
