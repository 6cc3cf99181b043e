/* SPDX-License-Identifier: MIT */
/* An operation under way: what is asked, what came of it, and how far it is. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <fief/kif.h>
#include <lib/list.h>
#include <vfs/error.h>
#include <vfs/stat.h>

struct fief_budget;
struct vfs;
struct vfs_file;
struct vfs_node;
struct vfs_op;
struct vfs_place;

/* One component of a path: not empty, neither "." nor "..", no slash. */
struct vfs_name {
	const char *s; /* borrowed; not terminated */
	uint32_t len;
	uint32_t hash; /* vfs_hash of it */
};

/* Flags of an operation. */
enum {
	VFS_READ = 1 << 0,
	VFS_WRITE = 1 << 1,
	VFS_APPEND = 1 << 2,    /* each write goes to the end */
	VFS_CREATE = 1 << 3,    /* open: make it if it is not there */
	VFS_EXCLUSIVE = 1 << 4, /* create: it must not be there */
	VFS_TRUNCATE = 1 << 5,
	VFS_DIRECTORY = 1 << 6, /* it must be one */
	VFS_NOFOLLOW = 1 << 7,  /* a symbolic link at the end is meant itself */
	VFS_NONBLOCK = 1 << 8,  /* of a fifo: do not wait for the other end */
	VFS_PATH_ONLY = 1 << 9, /* a handle to name the file, not to use it */
	VFS_EXCHANGE = 1 << 10, /* rename: both names go on */
	VFS_NOREPLACE = 1 << 11,
	/* For servers, whose clients follow links by their own tree: a link on
	 * the way of vfs_open ends it as AT_LINK, with op->node and walked. */
	VFS_NOLINKS = 1 << 12,
};

enum vfs_lock_kind { VFS_UNLOCK, VFS_LOCK_SHARED, VFS_LOCK_EXCLUSIVE };

/* Whose locks end together, and who pays for them. */
struct vfs_lock_scope {
	struct fief_budget *budget; /* borrowed */
	struct list elsewhere;      /* struct vfs_lock_owner */
};

/* Of plugins that keep locks elsewhere: an owner of this scope that has some. */
struct vfs_lock_owner {
	struct list_elem in_scope;
	uint64_t owner;
	void (*drop)(struct vfs_lock_owner *); /* unlock all; frees this */
};

/* Locks of the same space meet: those of fcntl(2), say, or of flock(2). */
struct vfs_lock {
	uint64_t pos, end;            /* UINT64_MAX: all that comes */
	uint64_t owner;               /* a number of the asker's choice */
	struct vfs_lock_scope *scope; /* borrowed; of servers; or NULL */
	struct vfs_file *file;        /* set by the core, if `of_file` */
	uint8_t kind;                 /* enum vfs_lock_kind */
	uint8_t space;
	bool of_file; /* the owner is this open file; it ends with it */
};

enum { VFS_LAYERS_MAX = 8 }; /* file systems that lie over each other */

/* Where a path may lead: below a directory of a file system, what is left of the
 * path. */
struct vfs_candidate {
	struct vfs_node *node; /* borrowed: of the mount or place */
	uint32_t skip;         /* bytes of the path */
	bool exact;            /* it is `node` itself */
	bool link;             /* the same, on the way: a symbolic link */
};

/* What a path ends in, if that is no name. */
enum vfs_last { VFS_LAST_ROOT, VFS_LAST_DOT, VFS_LAST_UP };

/* State of the core while it finds what a path means. */
struct vfs_walk {
	struct vfs *vfs;
	struct vfs_place *at; /* counted: from where `path` leads on */
	const char *path;     /* what is left of it */
	size_t len;
	char *own, *next_own;   /* owned: paths that links made; or NULL */
	struct vfs_place *made; /* counted: a place that is being found out */
	struct vfs_node *kept;  /* counted: what was found before */
	enum vfs_err (*then)(struct vfs_op *, enum vfs_err);
	/* After a file was opened, or not; or NULL. */
	enum vfs_err (*opened)(struct vfs_op *, enum vfs_err);
	struct vfs_candidate candidate[VFS_LAYERS_MAX + 1];
	struct vfs_name name;        /* the last one, with `parent` */
	struct vfs_name kept_name;   /* of a rename, in `kept` */
	char name_buf[VFS_NAME_MAX]; /* of kept_name */
	enum vfs_err worst;          /* of the candidates so far */
	enum vfs_err missing;        /* why there is no kept_name */
	uint8_t links, count, next;
	bool parent;            /* the directory of the last name is wanted */
	bool place;             /* a place is wanted */
	bool follow;            /* a link at the end is not meant itself */
	bool dir;               /* only a directory will do */
	bool slash, kept_slash; /* there is one at the end */
	uint8_t last; /* of a path that ends in no name: enum vfs_last */
	enum vfs_kind kept_kind; /* of what kept_name is */
	bool any;                /* which may be, if there is no directory */
	bool fixed;              /* the last name is one of the configuration */
	bool hidden;             /* nothing but that may be found */
	void *buf;               /* of the operation, while a link is read */
	size_t buf_len;
};

/* A file system that passed an operation on and is to see what came of it, before
 * who asked: what `end` returns is the outcome then, if not LATE. */
struct vfs_pass {
	struct list_elem link;
	enum vfs_err (*end)(struct vfs_pass *, struct vfs_op *, enum vfs_err);
};

/*
 * An operation under way, in the memory of who asked for it, from the call until
 * it has ended. Members that are not named by an operation are not used.
 */
struct vfs_op {
	/* Called when an operation ends that was VFS_LATE. */
	void (*done)(struct vfs_op *, enum vfs_err);
	/* Called once if it waits for somebody who may never come, such as the
	 * other end of a fifo; or NULL. Before or after VFS_LATE is returned. */
	void (*waits)(struct vfs_op *);
	void *user; /* of whoever asked */

	/* ---- what is asked ---- */
	struct vfs_place
		*at;      /* borrowed: where a path begins; NULL: the root */
	const char *path; /* borrowed; terminated */
	uint32_t flags;
	uint32_t mode;                   /* of what is made */
	uint32_t uid, gid;               /* of what is made */
	enum vfs_kind kind;              /* of what is made */
	uint64_t rdev;                   /* of a device that is made */
	struct vfs_place *to_at;         /* borrowed; rename, link: as `at` */
	const char *to_path;             /* borrowed; symlink: the target */
	const struct vfs_change *change; /* borrowed */
	void *buf;                       /* borrowed: read, list, target */
	const void *data;                /* borrowed: write */
	size_t len;                      /* of either */
	uint64_t pos;                    /* in the file, or of a directory */
	struct vfs_lock lock;

	/* ---- results ---- */
	struct vfs_node *node;   /* owned by the asker, like all below */
	struct vfs_place *place; /* of a directory */
	struct vfs_file *file;
	struct vfs_stat stat;
	size_t count; /* bytes read or written */
	fief_cap ds;  /* of vfs_map */

	/* ---- for who works on it ---- */
	enum vfs_err (*step)(struct vfs_op *, enum vfs_err); /* goes on */
	/* While it is late, set by whoever that is: end it now, as CANCELED or
	 * by what came of it already, and touch neither it nor its buffers any
	 * more. NULL: not late. */
	void (*cancel)(struct vfs_op *);
	void *worker;       /* of whoever is late */
	struct list passes; /* struct vfs_pass: while late, innermost first */
	struct list_elem link;
	enum vfs_err outcome; /* of vfs_op_end_soon */
	size_t walked;    /* AT_LINK: bytes of the path, the name included */
	bool opens;       /* core: what is made is opened, too */
	uint64_t list_at; /* core: how far a list is, while it is late */
	struct vfs_walk walk; /* of the core; needs no initial value */
};

/* An operation that was VFS_LATE has ended. */
void vfs_op_end(struct vfs_op *, enum vfs_err);

/* The same, when no operation runs: for who finds that out within another one.
 * Until then it can be canceled; op->link is in use. */
void vfs_op_end_soon(struct vfs *, struct vfs_op *, enum vfs_err);
