/* SPDX-License-Identifier: MIT */
/*
 * Private parts of the core. A tree has mounts, as its configuration says: each
 * is a directory, with mounts in it, or a file system. A place is a directory as
 * it is seen: the mount there, if any, and the directories of file systems that
 * lie over each other.
 */
#pragma once

#include <fief/slab.h>
#include <vfs/dirent.h>
#include <vfs/vfs.h>
#include <vfs/within.h>

/* What few nodes have. */
struct vfs_extra {
	struct list watches;   /* struct watch_link */
	struct vfs_pipe *pipe; /* owned: of a fifo that is open; or NULL */
	struct list locks;     /* owned: struct lock */
};

/* A node of the configuration. */
struct vfs_mount {
	struct vfs_node
		node; /* of a directory: as it is without file systems */
	struct list_elem link;
	struct list items; /* owned: of a directory */
	struct vfs_fs *fs; /* owned: its root is; NULL: a directory */
	const char *name;  /* in the arena of the tree; NULL: of no own name */
	uint32_t name_len, hash;
	const struct node *config; /* in that arena */
	struct vfs_tree *tree;     /* counted */
	uint64_t ino;
};

/* What one configuration says. Mounts that are still open outlive it. */
struct vfs_tree {
	uint32_t refs;
	struct fief_alloc *alloc;
	struct fief_arena_source source;
	struct arena arena;
	struct vfs_mount *root; /* owned */
};

struct vfs_place {
	struct vfs *vfs;
	struct list_elem in_vfs;
	uint32_t refs;
	struct vfs_place *parent; /* counted; NULL: this is the root */
	struct vfs_mount *mount;  /* counted; NULL: none */
	unsigned count;
	struct vfs_node *layer[VFS_LAYERS_MAX]; /* counted */
	uint32_t name_len;
	char name[];
};

struct vfs {
	struct fief_alloc *alloc; /* borrowed */
	struct fief_env *env;     /* borrowed or NULL */
	const struct vfs_type *const *types;
	struct vfs_loader *loader; /* borrowed or NULL */
	int64_t (*now)(void *);
	void *now_arg;
	bool async;
	struct fief_slab files;
	struct vfs_fs tree_fs; /* of the nodes of mounts */
	struct vfs_tree *tree; /* counted: in force */
	struct vfs_place *root;
	struct list places;     /* all, parents first */
	uint32_t generation;    /* of the configuration */
	uint64_t devs, inos;    /* given so far */
	struct list watches;    /* struct watch: all that wait */
	struct list locks;      /* struct lock: all */
	struct list lock_waits; /* struct vfs_op, by `link` */
	struct list ended;      /* struct vfs_op, by `link`: to be ended */
	struct list woken;      /* struct vfs_waiter: to be told */
	struct fief_signal_handler telling;
};

/* ---- mount.c ---- */

enum fief_err mount_build(struct vfs *, const struct node *config,
                          const struct vfs_tree *old, struct node_error *,
                          struct vfs_tree **out);
void tree_put(struct vfs_tree *);
/* The item of that name in a directory; NULL: none. */
struct vfs_mount *mount_find(const struct vfs_mount *, struct vfs_name);
static inline struct vfs_mount *mount_get(struct vfs_mount *m)
{
	m->node.refs++;
	return m;
}

/* Does it show a directory at the place where it stands? */
static inline bool mount_is_layer(const struct vfs_mount *m)
{
	return m->fs && !m->fs->name && !m->fs->inert;
}

/* ---- place.c ---- */

enum vfs_err place_root(struct vfs *, struct vfs_place **out);
/* A place of that name below `p`, with what the configuration has there; the
 * layers of `p` are still to be looked at. */
enum vfs_err place_below(struct vfs_place *p, struct vfs_name,
                         struct vfs_place **out);
/* *at becomes the place above it, if there is one. */
enum vfs_err place_up(struct vfs_place **at);
/* All of them, after the tree has become another one. */
void places_update(struct vfs *);

/* ---- fs.c ---- */

/* One of a loader goes back; NULL is ignored. */
void type_put(struct vfs *, const struct vfs_type *loaded);

/* ---- walk.c ---- */

/*
 * Find what a path means, by op->flags, and go on with `then`: OK (op->node), or
 * why not. With `parent`: the directory that has the last name, in op->node, and
 * the name in op->walk.name; its length is 0 if the path ends in no name.
 */
enum vfs_err walk_begin(struct vfs *, struct vfs_op *, struct vfs_place *at,
                        const char *path, bool parent,
                        enum vfs_err (*then)(struct vfs_op *, enum vfs_err));
/* The next candidate after the one that was found, to `then` again. */
enum vfs_err walk_next(struct vfs_op *);
/* What was looked for again: the directory of the last name; the place, in
 * op->walk.at. */
enum vfs_err walk_parent(struct vfs_op *,
                         enum vfs_err (*then)(struct vfs_op *, enum vfs_err));
enum vfs_err walk_place(struct vfs_op *,
                        enum vfs_err (*then)(struct vfs_op *, enum vfs_err));
/* The second path of an operation, whose last name's directory is wanted; what
 * is in op->walk.kept stays, op->node does not. */
enum vfs_err walk_second(struct vfs_op *, struct vfs_place *at,
                         const char *path,
                         enum vfs_err (*then)(struct vfs_op *, enum vfs_err));
/* Give up all that the walk holds, and op->node if `e` is an error; returns
 * `e`. */
enum vfs_err walk_end(struct vfs_op *, enum vfs_err e);

/* ---- names.c ---- */

/* First component of a path that does not begin with a slash. */
struct vfs_name name_first(const char *path, size_t len);
/* Are all its components names, with one slash in between? */
bool path_clean(const char *path, size_t len);
/* As `walk` of a file system, by `lookup` of each name. */
enum vfs_err walk_names(struct vfs_node *dir, const char *path, size_t len,
                        bool follow, struct vfs_op *);

/* ---- node.c ---- */

/* The extra of a node, which is made if need be; NULL: no memory. */
struct vfs_extra *node_extra(struct vfs_node *);
/* It goes, if nothing is in it. */
void node_extra_drop(struct vfs_node *);

/* ---- tell.c ---- */

void tell_init(struct vfs *);
void tell_fini(struct vfs *);

/* ---- watch.c ---- */

/* The configuration is another one: all who wait for anything look anew. */
void watches_fire(struct vfs *);

/* ---- pipe.c ---- */

/* Open a fifo whose file system does not do that. */
enum vfs_err fifo_open(struct vfs_file *, struct vfs_op *);

/* ---- lock.c ---- */

/* Those that go with an open file. */
void locks_close(struct vfs_file *);

/* ---- open.c ---- */

/* Opening, with a slash behind the last name, what would be made. */
enum vfs_err open_slashed(struct vfs_op *, enum vfs_err);

/* ---- file.c ---- */

/* Open op->node, whose reference it takes, for op->flags -> op->file, and go on
 * with op->walk.opened. */
enum vfs_err file_open(struct vfs *, struct vfs_op *);
