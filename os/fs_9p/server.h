/* SPDX-License-Identifier: MIT */
/*
 * A tree of files served by 9P2000.L: the protocol, without a transport. Bytes
 * come by server_message, one whole message at a time, and answers are in a
 * list that `answered` tells of. Whoever asks is not trusted.
 *
 * A fid is a place in the tree: a directory and a name in it, as path walks
 * leave them; it goes with what is renamed by these messages. What is open
 * stays open.
 */
#pragma once

#include <fief/alloc.h>
#include <lib/list.h>
#include <vfs/vfs.h>

#include "message.h"

enum {
	FIDS_MAX = 4096,
	/* Under way, and what they take with their answers: before more is read. */
	REQUESTS_MAX = 64,
	REQUESTS_BYTES = 2 << 20,
	/* Those that wait for somebody who may never come are not among them, but
	 * refused if there are more. */
	WAITING_MAX = 64,
	WAITING_BYTES = 2 << 20,
	/* Answers that are not read yet, before more is read. */
	ANSWERS_BYTES = 1 << 20,
	FID_BUCKETS = 256,
};

struct fid {
	struct list_elem in_bucket;
	uint32_t number;
	uint32_t uses; /* requests that work with it */
	bool gone;     /* clunked meanwhile */
	bool opening;  /* somebody makes it another file, or opens it */
	bool dir;
	uint64_t dev;                /* of what is open */
	struct vfs_place *place;     /* owned: of a directory */
	struct vfs_place *parent;    /* owned; NULL: it is the root */
	struct vfs_file *file;       /* owned: what is open, or NULL */
	struct list lockers;         /* struct locker: who has locks of it */
	char name[VFS_NAME_MAX + 1]; /* in the parent */
};

/* An answer that waits for its reader. */
struct answer {
	struct list_elem link;
	uint32_t bytes, sent, room;
	unsigned char data[];
};

struct server {
	struct vfs *vfs;          /* borrowed */
	struct fief_alloc *alloc; /* borrowed */
	struct vfs_place *root;   /* owned */
	bool writeable;
	void (*answered)(struct server *); /* there are more, or it may go on */
	const char *why;                   /* a message was refused */

	/* ---- its own ---- */
	uint32_t message; /* bytes, agreed on; 0: not yet */
	struct list bucket[FID_BUCKETS];
	uint32_t fids;
	struct load {
		uint32_t count;
		size_t bytes;
	} under_way, waiting;
	size_t answer_bytes;
	unsigned depth;      /* of what runs: `answered` comes when all has */
	bool news;           /* for `answered` */
	uint32_t lockers;    /* of all fids */
	struct list running; /* struct request */
	struct list dropped; /* those that nobody waits for, but cannot end */
	struct list answers; /* struct answer, to be sent */
};

/* Zero but for the public members, a server begins. All that is under way is given up. */
void server_fini(struct server *);

/* One message of `bytes` bytes, header included. False: it breaks the protocol,
 * and there is no going on. */
bool server_message(struct server *, const unsigned char *, size_t bytes);

/* Is there room for another message? Else after `answered`. */
bool server_room(const struct server *);

/* That answer was sent. */
void server_sent(struct server *, struct answer *);

/* Somebody of the other side has locks of what a fid has open. */
struct locker {
	struct list_elem in_fid;
	uint64_t owner;
};

/* ---- a request ---- */

struct request {
	struct server *server;
	struct list_elem link;
	struct vfs_op op;
	struct vfs_waiter ready; /* of a stream */
	const struct message *type;
	struct p9_in in;
	struct answer *answer; /* owned: in the making */
	struct p9_out out;
	struct fid *fid, *to;     /* counted uses */
	struct request *flushing; /* of P9_FLUSH: what it waits for */
	struct vfs_change change;
	size_t bytes; /* of this, with what was asked and its answer */
	size_t asked_bytes;
	uint32_t stage, left, count;
	uint32_t error; /* of Linux, instead of the outcome's; 0: that */
	uint16_t tag;
	bool ended, waiting, dropped;
	bool patient;          /* it waits for somebody who may never come */
	bool opens;            /* it has set fid->opening */
	struct fid *fresh;     /* owned: it has no number yet */
	uint32_t fresh_number; /* which it is to have */
	struct vfs_stat stat;
	/* Where its paths begin: fids may change meanwhile. */
	struct vfs_place *at, *to_at; /* owned */
	char at_name[VFS_NAME_MAX + 1];
	char name[VFS_NAME_MAX + 1], to_name[VFS_NAME_MAX + 1];
	char path[VFS_PATH_MAX + 1]; /* of links, and where it is attached: */
	size_t path_at;              /* how far that is walked */
	unsigned char asked[];       /* what came */
};

/*
 * What answers a type of message. `run` is called with stage 0 and outcome OK,
 * then again with what the last operation came to, until it says that it has
 * ended: by request_end, with the outcome for the answer.
 */
struct message {
	enum vfs_err (*run)(struct request *, enum vfs_err);
	uint32_t answer_bytes; /* at most, without the header; 0: see `room` */
	bool changes;          /* the tree: not if it is read-only */
	bool fid;              /* begins with one */
	/* Bytes of the answer, by what is asked. */
	uint32_t (*room)(const struct request *);
};

/* By type; `run` NULL: there is none. */
extern const struct message messages[P9_TYPES];

static inline enum vfs_err request_end(struct request *r, enum vfs_err e)
{
	r->ended = true;
	return e;
}

/* An outcome that no other side of the table has: it is not done. */
uint32_t p9_errno(enum vfs_err);

/* ---- fid.c ---- */

struct fid *fid_find(const struct server *, uint32_t number);
/* r->fresh, without a number. Errors: NO_MEMORY; ENFILE, if there are too many. */
enum vfs_err fid_make(struct request *);
/* It has that number from now on. Errors: EXISTS. */
enum vfs_err fid_add(struct server *, struct fid *, uint32_t number);
/* It has no number any more, and goes when nobody works with it. */
void fid_clunk(struct server *, struct fid *);
void fids_drop(struct server *); /* all of them */
/* One that has no number. NULL is ignored. */
void fid_free(struct server *, struct fid *);
void fid_used(struct server *, struct fid *); /* one use less */
/* It is what that one is. */
void fid_copy(struct fid *, const struct fid *);
/* The same name of that directory, or one below, goes on as another one. */
void fids_renamed(struct server *, const struct vfs_place *, const char *name,
                  struct vfs_place *to, const char *to_name);
/* Are these one directory? Two places may be. */
bool place_same(const struct vfs_place *, const struct vfs_place *);
/* Is it that directory, or below it? */
bool place_within(const struct vfs_place *, const struct vfs_place *dir);
/* The request is about what that is: op->at, op->path. */
void fid_point(struct request *, const struct fid *);
/* It is about names in these directories: r->at, r->to_at. */
void fid_within(struct request *, const struct fid *dir);
void fid_to_within(struct request *, const struct fid *dir);

/* ---- lock.c ---- */

/* Its locks go, as those of a process that closes a file. */
void fid_unlock(struct server *, struct fid *);

/* Is that a name of one entry? */
bool name_valid(const char *);

/* ---- walk.c, content.c, attribute.c, lock.c, entry.c ---- */

enum vfs_err run_version(struct request *, enum vfs_err);
enum vfs_err run_attach(struct request *, enum vfs_err);
enum vfs_err run_walk(struct request *, enum vfs_err);
enum vfs_err run_clunk(struct request *, enum vfs_err);
enum vfs_err run_flush(struct request *, enum vfs_err);
enum vfs_err run_open(struct request *, enum vfs_err);
enum vfs_err run_create(struct request *, enum vfs_err);
enum vfs_err run_read(struct request *, enum vfs_err);
enum vfs_err run_write(struct request *, enum vfs_err);
enum vfs_err run_list(struct request *, enum vfs_err);
enum vfs_err run_sync(struct request *, enum vfs_err);
enum vfs_err run_stat(struct request *, enum vfs_err);
enum vfs_err run_change(struct request *, enum vfs_err);
enum vfs_err run_statfs(struct request *, enum vfs_err);
enum vfs_err run_lock(struct request *, enum vfs_err);
enum vfs_err run_lock_test(struct request *, enum vfs_err);
enum vfs_err run_make_dir(struct request *, enum vfs_err);
enum vfs_err run_make_node(struct request *, enum vfs_err);
enum vfs_err run_make_symlink(struct request *, enum vfs_err);
enum vfs_err run_link(struct request *, enum vfs_err);
enum vfs_err run_target(struct request *, enum vfs_err);
enum vfs_err run_rename(struct request *, enum vfs_err);
enum vfs_err run_rename_fid(struct request *, enum vfs_err);
enum vfs_err run_remove(struct request *, enum vfs_err);
enum vfs_err run_remove_fid(struct request *, enum vfs_err);
enum vfs_err run_unsupported(struct request *, enum vfs_err);

uint32_t room_io(const struct request *);
uint32_t room_list(const struct request *);

/* The operation of this request, empty but for its end. */
struct vfs_op *request_op(struct request *);

/* Give up all but this one; NULL: all. */
void requests_drop(struct server *, const struct request *but);

/* Wait for the stream to be ready, then go on with that stage. */
enum vfs_err request_wait(struct request *, struct vfs_file *, uint32_t stage);
