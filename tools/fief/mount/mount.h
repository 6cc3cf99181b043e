/* SPDX-License-Identifier: MIT */
/*
 * Files of a component as a directory of the host: requests of the host's kernel
 * (FUSE) become requests of 9P2000.L, one at a time. Neither the component nor
 * what it serves is trusted.
 */
#pragma once

#define FUSE_USE_VERSION 35
#include <fuse3/fuse_lowlevel.h>
#include <signal.h>

#include <lib/list.h>
#include <tools/fief/view/look.h>

enum {
	NODE_BUCKETS = 4096,
	NODE_FIDS =
		1024, /* of nodes; the server has 4,096, for open files, too */
	LIST_ENTRIES = 512, /* of a directory, fetched at a time */
	LIST_BYTES =
		256 << 10, /* of a page that the kernel asks for, at most */
};

/* Others change files, too: nothing is believed for longer. */
#define FRESH_SECONDS 1.0

/*
 * What the host's kernel knows by a number, which is its address: a name in a
 * directory. One that was removed, or replaced, has none any more; what is
 * open of it goes on.
 */
struct node {
	struct list_elem in_bucket, in_fids;
	struct node *parent; /* counted; NULL: the root */
	char *name;          /* owned; NULL: none, or the root */
	uint64_t lookups;    /* of the kernel */
	uint32_t uses;       /* nodes below, and open files */
	uint32_t fid;
	bool has_fid, locked;
	uint64_t inode, size; /* as last seen */
	uint32_t type;        /* S_IFMT, as the server has it */
	struct list open;     /* struct handle */
};

/* An open file or directory. */
struct handle {
	struct list_elem in_node;
	struct node *node; /* counted */
	uint32_t fid;
	bool stream;           /* its requests may wait */
	struct p9_entry *page; /* owned: of a directory */
	size_t entries, entry; /* of the page; the next one to give */
	uint64_t next;         /* its position */
};

struct mount {
	struct look look;
	struct fuse_session *session;
	bool writeable, pipes;
	uid_t uid;
	gid_t gid;
	const char *place; /* the directory of the host */
	struct node root;
	struct list bucket[NODE_BUCKETS];
	struct list fids; /* struct node: the longest unused first */
	size_t fid_count;
	struct list waiting;  /* struct waiting: for late answers, */
	struct list locking;  /* and for locks */
	struct list orphans;  /* struct handle: to be closed */
	sigset_t while_waits; /* the mask then */
};

/* The signal that shall end it; 0: none. */
extern volatile sig_atomic_t mount_signal;

static inline struct mount *mount_of(fuse_req_t r)
{
	return fuse_req_userdata(r);
}

static inline struct p9 *p9_of(fuse_req_t r)
{
	return &mount_of(r)->look.p9;
}

static inline struct node *node_of(fuse_req_t r, fuse_ino_t number)
{
	return number == FUSE_ROOT_ID ? &mount_of(r)->root :
	                                (struct node *)(uintptr_t)number;
}

static inline struct handle *handle_of(const struct fuse_file_info *fi)
{
	return (struct handle *)(uintptr_t)fi->fh;
}

/* Of p9.h, for the kernel. */
int mount_errno(int error);

/* ---- node.c ---- */

/* That of a name in a directory, or NULL. */
struct node *node_find(struct mount *, const struct node *dir, const char *);
/* The same as this was found there, made if there is none, or another file. */
struct node *node_seen(struct mount *, struct node *dir, const char *,
                       const struct p9_stat *);
/* The kernel forgets that many lookups. */
void node_forget(struct mount *, struct node *, uint64_t lookups);
void node_unuse(struct mount *, struct node *);
/* It has no name any more. NULL is ignored. */
void node_detach(struct mount *, struct node *);
void node_move(struct mount *, struct node *, struct node *dir, const char *);
/* A fid for it, which is borrowed, until the next one is. Returns as p9.h, or
 * ESTALE when there is none. */
int node_fid(struct mount *, struct node *, uint32_t *fid);
/* The fid is its, or goes. */
void node_fid_give(struct mount *, struct node *, uint32_t fid);
/* How far below the root. */
unsigned node_depth(const struct node *);

/* ---- attribute.c ---- */

/* EIO: it cannot be. */
int stat_fill(const struct mount *, const struct p9_stat *, struct stat *);
uint64_t inode_shown(uint64_t inode);
/* What is known of it now; ESTALE: it is another one. */
int node_stat(struct mount *, struct node *, struct stat *);
/* Are its reads and writes those of a stream? */
bool type_is_stream(const struct mount *, uint32_t type);

void do_getattr(fuse_req_t, fuse_ino_t, struct fuse_file_info *);
void do_setattr(fuse_req_t, fuse_ino_t, struct stat *, int what,
                struct fuse_file_info *);
void do_statfs(fuse_req_t, fuse_ino_t);

/* ---- entry.c ---- */

void do_lookup(fuse_req_t, fuse_ino_t, const char *);
void do_forget(fuse_req_t, fuse_ino_t, uint64_t);
void do_forget_multi(fuse_req_t, size_t, struct fuse_forget_data *);
void do_mkdir(fuse_req_t, fuse_ino_t, const char *, mode_t);
void do_mknod(fuse_req_t, fuse_ino_t, const char *, mode_t, dev_t);
void do_symlink(fuse_req_t, const char *target, fuse_ino_t, const char *);
void do_link(fuse_req_t, fuse_ino_t, fuse_ino_t dir, const char *);
void do_rename(fuse_req_t, fuse_ino_t, const char *, fuse_ino_t, const char *,
               unsigned flags);
void do_unlink(fuse_req_t, fuse_ino_t, const char *);
void do_rmdir(fuse_req_t, fuse_ino_t, const char *);
/* The entry of what was seen, counted as the kernel counts it. */
int entry_fill(struct mount *, struct node *dir, const char *,
               const struct p9_stat *, struct fuse_entry_param *,
               struct node **);

/* ---- link.c ---- */

void do_readlink(fuse_req_t, fuse_ino_t);
/* What a symbolic link `depth` directories below the root says, such that it
 * leads nowhere out of there. False: it does not fit. */
bool link_within(const char *target, unsigned depth, char *out, size_t size);

/* ---- content.c ---- */

struct handle *handle_make(struct node *, uint32_t fid);
void handle_free(struct mount *, struct handle *); /* and its fid */
void do_open(fuse_req_t, fuse_ino_t, struct fuse_file_info *);
void do_create(fuse_req_t, fuse_ino_t, const char *, mode_t,
               struct fuse_file_info *);
void do_read(fuse_req_t, fuse_ino_t, size_t, off_t, struct fuse_file_info *);
void do_write(fuse_req_t, fuse_ino_t, const char *, size_t, off_t,
              struct fuse_file_info *);
void do_fsync(fuse_req_t, fuse_ino_t, int, struct fuse_file_info *);
void do_release(fuse_req_t, fuse_ino_t, struct fuse_file_info *);

/* ---- list.c ---- */

void do_opendir(fuse_req_t, fuse_ino_t, struct fuse_file_info *);
void do_readdir(fuse_req_t, fuse_ino_t, size_t, off_t, struct fuse_file_info *);
void do_releasedir(fuse_req_t, fuse_ino_t, struct fuse_file_info *);

/* ---- wait.c: what may wait as long as it likes ---- */

void stream_open(fuse_req_t, struct handle *, const struct fuse_file_info *);
void stream_read(fuse_req_t, struct handle *, size_t, off_t);
void stream_write(fuse_req_t, struct handle *, const char *, size_t, off_t);
/* What was asked to end, what is to be closed. */
void waiting_tidy(struct mount *);
void waiting_end(struct mount *);

/* ---- lock.c ---- */

enum { LOCK_PAUSE_MS = 50 };

void do_getlk(fuse_req_t, fuse_ino_t, struct fuse_file_info *, struct flock *);
void do_setlk(fuse_req_t, fuse_ino_t, struct fuse_file_info *, struct flock *,
              int sleep);
void do_flush(fuse_req_t, fuse_ino_t, struct fuse_file_info *);
void locks_retry(struct mount *);
void locks_end(struct mount *);

/* ---- session.c ---- */

/* Mount it and do what is asked until it ends. Returns an exit code. */
int mount_run(struct mount *);
