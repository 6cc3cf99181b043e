/* SPDX-License-Identifier: MIT */
/*
 * A client of 9P2000.L (https://github.com/chaos/diod/blob/master/protocol.md)
 * on a socket: one request at a time, beside those whose answers come when they
 * come (struct p9_late), and whoever answers is not trusted. All functions
 * block, at most P9_PATIENCE_S, and return 0, an errno value of the server, or
 * P9_BROKEN when there is no server to talk to any more: it left, said nothing in
 * time, or something that is no answer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <lib/p9.h>

enum {
	P9_BROKEN = -1,
	P9_PATIENCE_S = 30,
	P9_START_S = 5, /* for who answers to be there */
	P9_NAME_MAX = 255,
	P9_ROOT = 0, /* the fid that p9_open makes */
	/* A server takes 64 requests and 2 MiB of them at a time: with fewer
	 * that wait, the others are answered. */
	P9_LATE_MAX = 32,
	P9_LATE_BYTES = 16 << 10, /* of one that reads or writes */
};

struct p9_late;

struct p9 {
	int fd;            /* owned */
	uint32_t message;  /* bytes, agreed on */
	uint32_t fids;     /* the last one that was made */
	bool broken;       /* and `why` tells it, in words */
	const char *why;   /* static */
	unsigned char *in; /* owned: the answer; and what is sent */
	unsigned char *out;
	struct p9_out request; /* in `out` */
	struct p9_late *late;  /* borrowed: those under way */
	/* Waits until these events of poll(2) are there; or why there is no
	 * waiting any more. NULL: the socket itself waits. */
	const char *(*wait)(void *arg, short events);
	void *wait_arg;
};

/* A request whose answer may take as long as it likes. It stays where it is
 * until `done`, which must not ask anything. An answer of 0 comes with what it
 * is made of; P9_BROKEN, too, is an end. */
struct p9_late {
	void (*done)(struct p9_late *, int error, struct p9_in *answer);

	/* ---- its own ---- */
	struct p9_late *next;
	uint16_t tag;
	uint8_t type;
};

struct p9_stat {
	uint8_t kind;   /* of the qid: P9_KIND_... */
	uint64_t inode; /* of the qid */
	uint32_t mode;  /* as in stat(2), with the type */
	uint32_t uid, gid;
	uint64_t links, size, block_size, blocks;
	struct timespec atime, mtime, ctime;
};

enum { P9_KIND_DIR = 0x80, P9_KIND_SYMLINK = 0x02, P9_KIND_FILE = 0 };

struct p9_entry {
	uint8_t kind; /* as above */
	uint8_t type; /* as d_type of readdir(3) */
	uint64_t inode;
	uint64_t next;              /* position of the one after it */
	char name[P9_NAME_MAX + 1]; /* not empty, without '/' and NUL; "." and
	                             * ".." among them */
};

enum {
	P9_SET_MODE = 1 << 0,
	P9_SET_SIZE = 1 << 3,
	P9_SET_ATIME = 1 << 4 | 1 << 7, /* to what is given */
	P9_SET_MTIME = 1 << 5 | 1 << 8,
	P9_SET_ATIME_NOW = 1 << 4,
	P9_SET_MTIME_NOW = 1 << 5,
};

struct p9_set {
	uint32_t valid; /* P9_SET_... */
	uint32_t mode;
	uint64_t size;
	struct timespec atime, mtime;
};

/* Speak on this socket, which is taken over, and attach to the tree. */
int p9_open(struct p9 *, int fd);
void p9_close(struct p9 *);
/* Wait as long as it takes, as for what somebody will write into a fifo. */
void p9_be_patient(struct p9 *);

/* A new fid for what `name` is in `dir`; for `dir` itself with NULL. */
int p9_walk(struct p9 *, uint32_t dir, const char *name, uint32_t *fid);
void p9_clunk(struct p9 *, uint32_t fid);

int p9_stat(struct p9 *, uint32_t fid, struct p9_stat *);
int p9_set(struct p9 *, uint32_t fid, const struct p9_set *);
/* `flags` as open(2) on x86-64. */
int p9_open_file(struct p9 *, uint32_t fid, uint32_t flags);
/* `fid`, a directory, becomes the open file that is made in it. */
int p9_create(struct p9 *, uint32_t fid, const char *name, uint32_t flags,
              uint32_t mode);
/* At most as much as fits into a message; `*got` 0: the end. */
int p9_read(struct p9 *, uint32_t fid, uint64_t off, void *to, size_t len,
            size_t *got);
int p9_write(struct p9 *, uint32_t fid, uint64_t off, const void *from,
             size_t len, size_t *got);
int p9_sync(struct p9 *, uint32_t fid);

/* The same with an answer that comes late: 0 when it was asked. EAGAIN: too many
 * are. */
int p9_open_late(struct p9 *, struct p9_late *, uint32_t fid, uint32_t flags);
int p9_read_late(struct p9 *, struct p9_late *, uint32_t fid, uint64_t off,
                 size_t len);
int p9_write_late(struct p9 *, struct p9_late *, uint32_t fid, uint64_t off,
                  const void *from, size_t len);
/* Without waiting for it. */
void p9_clunk_late(struct p9 *, uint32_t fid);
/* Of the answer to a read: the bytes, in it, at most `len`. */
int p9_late_read(struct p9_in *, size_t len, const void **bytes, size_t *got);
/* Of that to a write. */
int p9_late_written(struct p9_in *, size_t len, size_t *got);
/* Give it up: it is done when this returns. */
int p9_flush(struct p9 *, const struct p9_late *);
/* There is something to read on the socket: a late answer. */
int p9_serve(struct p9 *);
/* Nothing is asked any more: all are done, with P9_BROKEN. */
void p9_late_end(struct p9 *);

struct p9_space {
	uint32_t block_size, name_max;
	uint64_t blocks, free, available, files, files_free;
};
int p9_space(struct p9 *, uint32_t fid, struct p9_space *);

enum { P9_LOCK_SHARED, P9_LOCK_EXCLUSIVE, P9_LOCK_NONE };

/* A range of a file; those of one owner do not exclude each other. */
struct p9_lock {
	uint8_t type;           /* P9_LOCK_... */
	uint64_t start, length; /* 0: to the end */
	uint32_t process;
	char owner[20];
};
/* `fid` is open. EAGAIN: another one has it. */
int p9_lock(struct p9 *, uint32_t fid, const struct p9_lock *);
/* It becomes the one that is in the way, or P9_LOCK_NONE. */
int p9_lock_test(struct p9 *, uint32_t fid, struct p9_lock *);

/* What is there from that position on, at most `room` entries; 0: the end. */
int p9_list(struct p9 *, uint32_t fid, uint64_t position,
            struct p9_entry *entries, size_t room, size_t *count);

int p9_make_dir(struct p9 *, uint32_t dir, const char *name, uint32_t mode);
int p9_make_node(struct p9 *, uint32_t dir, const char *name, uint32_t mode);
int p9_make_symlink(struct p9 *, uint32_t dir, const char *name,
                    const char *target);
int p9_link(struct p9 *, uint32_t dir, const char *name, uint32_t fid);
/* In `size` bytes, terminated; ENAMETOOLONG. */
int p9_read_link(struct p9 *, uint32_t fid, char *to, size_t size);
int p9_rename(struct p9 *, uint32_t dir, const char *name, uint32_t new_dir,
              const char *new_name);
int p9_remove(struct p9 *, uint32_t dir, const char *name, bool directory);
