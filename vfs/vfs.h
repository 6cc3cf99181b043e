/* SPDX-License-Identifier: MIT */
/*
 * The tree of files that a component sees, composed by its configuration:
 *
 *	<vfs>
 *	  <dir name="dev"> <null/> <log/> </dir>
 *	  <dir name="tmp"> <ram/> </dir>
 *	  <tar name="image.tar"/>
 *	</vfs>
 *
 * What is named in the configuration is found first; below it, file systems of
 * the same directory lie over each other, the first one uppermost, and those of
 * a directory over what outer ones have at that place. A name is made in the
 * uppermost file system that has its directory and can be written.
 *
 * The tree belongs to one thread at a time; who has more threads, takes a lock
 * around it. No operation waits: see <vfs/op.h> for `struct vfs_op`, which
 * carries arguments and results, and may end late. All that an operation returns
 * is owned by who asked: files are closed, places and nodes put.
 */
#pragma once

#include <fief/component.h>
#include <vfs/node.h>

/* ---- the tree ---- */

/*
 * Types beside those of the table: of plugins that are loaded when a config names
 * them, as <vfs/so/loader.h> does.
 */
struct vfs_loader {
	/* The type for a node, to be given back by `put`. Errors: NOT_FOUND
	 * (there is none), or why it cannot be had; `err` says it. */
	enum fief_err (*get)(struct vfs_loader *, const struct node *config,
	                     struct node_error *, const struct vfs_type **);
	/* Its code may be on the stack: it may go only later. */
	void (*put)(struct vfs_loader *, const struct vfs_type *);
};

struct vfs_args {
	struct fief_alloc *alloc; /* borrowed: for all that is in it */
	struct fief_env *env;     /* borrowed: for sessions; NULL: none */
	/* Plugins, NULL at the end; borrowed. */
	const struct vfs_type *const *types;
	struct vfs_loader *loader; /* borrowed: of others; NULL: none */
	/* Time of files, ns since 1970; NULL: since the start. */
	int64_t (*now)(void *arg);
	void *now_arg; /* borrowed */
	bool async;    /* plugins never wait for servers: for servers */
};

/*
 * Make a tree. Errors: INVALID (the config; `err` says what and where),
 * OUT_OF_RAM, and those of sessions that plugins open.
 */
FIEF_MUST enum fief_err vfs_create(const struct vfs_args *,
                                   const struct node *config,
                                   struct node_error *err, struct vfs **out);

/*
 * Another config: all or nothing. What is in both stays as it is, with all that
 * is open; what is only in the old one has gone from the tree, but lives while it
 * is open.
 */
FIEF_MUST enum fief_err vfs_update(struct vfs *, const struct node *config,
                                   struct node_error *err);

/* All files must be closed, all places put. NULL is ignored. */
void vfs_destroy(struct vfs *);

/* ---- by path: op->at, op->path ---- */

/* -> node, and stat; flags: NOFOLLOW, DIRECTORY. */
enum vfs_err vfs_find(struct vfs *, struct vfs_op *);
/* -> place: a directory to begin paths at; flags: NOFOLLOW. */
enum vfs_err vfs_enter(struct vfs *, struct vfs_op *);
/* -> file; flags: all; mode, uid, gid of what is made. A fifo is late until its
 * other end is open; with NONBLOCK it is not, but NO_READER for who writes. */
enum vfs_err vfs_open(struct vfs *, struct vfs_op *);
/* A file of `kind`, a symbolic link to `to_path`. */
enum vfs_err vfs_make(struct vfs *, struct vfs_op *);
/* What stands at the path; flags: DIRECTORY (rmdir), else no directory. */
enum vfs_err vfs_remove(struct vfs *, struct vfs_op *);
/* From path to to_path; flags: EXCHANGE, NOREPLACE. */
enum vfs_err vfs_rename(struct vfs *, struct vfs_op *);
/* Another name, to_path, for the file at path, or for `file` if path is NULL;
 * flags: NOFOLLOW. */
enum vfs_err vfs_link(struct vfs *, struct vfs_op *);
/* op->change; flags: NOFOLLOW. */
enum vfs_err vfs_change(struct vfs *, struct vfs_op *);
/* Target of a symbolic link -> count bytes in buf, cut to len. */
enum vfs_err vfs_target(struct vfs *, struct vfs_op *);

/* The path of a place from the root, terminated, into `buf`. Errors:
 * NAME_TOO_LONG (does not fit), NOT_FOUND (it was removed). */
enum vfs_err vfs_place_path(const struct vfs_place *, char *buf, size_t size);
struct vfs_place *vfs_place_get(struct vfs_place *);
void vfs_place_put(struct vfs_place *); /* NULL is ignored */

/* Both ends of a pipe: [0] to read, [1] to write; flags: NONBLOCK. What is read
 * or written without a position, is AGAIN if there is nothing, or no room. */
enum vfs_err vfs_pipe(struct vfs *, struct vfs_op *, struct vfs_file *ends[2]);

/* ---- of an open file ---- */

struct vfs_file *vfs_file_get(struct vfs_file *);
void vfs_close(struct vfs_file *); /* one reference */

/* op->len bytes at op->pos. */
enum vfs_err vfs_pread(struct vfs_file *, struct vfs_op *);
enum vfs_err vfs_pwrite(struct vfs_file *, struct vfs_op *);
/* At the position of the file, which moves on. */
enum vfs_err vfs_read(struct vfs_file *, struct vfs_op *);
enum vfs_err vfs_write(struct vfs_file *, struct vfs_op *);

enum vfs_whence {
	VFS_FROM_START,
	VFS_FROM_HERE,
	VFS_FROM_END,
	VFS_TO_DATA,
	VFS_TO_HOLE
};
/* Move the position by (int64_t)op->pos -> op->pos. */
enum vfs_err vfs_seek(struct vfs_file *, enum vfs_whence, struct vfs_op *);

enum vfs_err vfs_file_stat(struct vfs_file *, struct vfs_op *);
enum vfs_err vfs_file_change(struct vfs_file *, struct vfs_op *);
enum vfs_err vfs_sync(struct vfs_file *, struct vfs_op *);
enum vfs_err vfs_allocate(struct vfs_file *, unsigned how, struct vfs_op *);
unsigned vfs_ready(struct vfs_file *);

/* Entries of a directory at the position of the file, which moves on, as
 * <vfs/dirent.h> has them -> op->count bytes, 0 at the end. */
enum vfs_err vfs_list(struct vfs_file *, struct vfs_op *);

/*
 * The content as memory: op->ds, a dataspace that nobody can write to by mapping
 * it, borrowed while the file is open, and op->count, the bytes of it that there are now. It shows what is written
 * later, as far as the file went when it was mapped first, and stays while the file
 * is open. UNSUPPORTED: it has to be read.
 */
enum vfs_err vfs_map(struct vfs_file *, struct vfs_op *);

/* op->len bytes at op->pos where they are: op->data, op->count; fewer if they are
 * not together, 0 at the end. They stay, and may change, until vfs_peek_end with the
 * same operation, which has to come before the file is closed. UNSUPPORTED: they
 * have to be read. */
enum vfs_err vfs_peek(struct vfs_file *, struct vfs_op *);
void vfs_peek_end(struct vfs_file *, struct vfs_op *);

/* ---- locks ---- */

/*
 * op->lock: set a lock, in place of what its owner has in that range, or unlock it.
 * Late while others have it; with NONBLOCK, AGAIN. Errors: DEADLOCK, NO_MEMORY.
 * Nobody but those who ask is kept from anything. Locks that are not of an open
 * file stay until their owner unlocks them.
 */
enum vfs_err vfs_lock(struct vfs_file *, struct vfs_op *);
/* Who keeps op->lock from being set -> it; kind UNLOCK: nobody. */
enum vfs_err vfs_lock_test(struct vfs_file *, struct vfs_op *);
/* Unlock that range, of its owner. It never waits; if there is no memory to cut a
 * lock in two, it stays. */
void vfs_unlock(struct vfs_file *, const struct vfs_lock *);
/* All locks of a scope, or of one owner in it, for servers; nobody of them waits
 * for one. */
void vfs_locks_drop(struct vfs *, struct vfs_lock_scope *,
                    const uint64_t *owner);

/* ---- what happens meanwhile ---- */

/* Told once, when a file may be ready for something else. */
struct vfs_waiter {
	struct list_elem link;
	void (*wake)(struct vfs_waiter *);
};
void vfs_wait(struct vfs_file *, struct vfs_waiter *);
void vfs_wait_end(struct vfs_waiter *);

/*
 * Wait for the next change of what is open: its content, what is known of it,
 * the names of a directory, what the configuration has there. Always late, or an
 * error: NO_MEMORY, UNSUPPORTED (its file system is not told). The file stays open
 * until `done`. To miss nothing: watch first, then look.
 */
enum vfs_err vfs_watch(struct vfs_file *, struct vfs_op *);

/*
 * Tell who waits, of both kinds, what has happened: it is only noted while an
 * operation runs. The entrypoint of the component does this soon, and in
 * fief_entrypoint_wait_io; for a tree without component, its user does.
 */
void vfs_tell(struct vfs *);
