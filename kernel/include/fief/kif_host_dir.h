/* SPDX-License-Identifier: MIT */
/*
 * A granted directory, see <fief/kif_host.h>.
 *
 * Paths are zero-terminated bytes, relative to the directory that they are
 * given with; they never lead out of it: not by "..", nor by a symlink, nor
 * when they start with a slash (OUTSIDE). A name is the last element of a path:
 * no slash, not ".", "..", or empty (INVALID).
 */
#pragma once

#include <fief/kif_host.h>

/* How to open. One of the first four, and flags. */
enum kif_host_open {
	KIF_HOST_PATH = 0, /* for stat, link_read, and as a directory */
	KIF_HOST_READ = 1,
	KIF_HOST_WRITE = 2,
	KIF_HOST_READ_WRITE = 3,
	KIF_HOST_NO_FOLLOW = 4,   /* the last element, if it is a symlink:
	                           * with PATH it is opened, else LOOP */
	KIF_HOST_NO_SYMLINKS = 8, /* LOOP if any element is one */
	KIF_HOST_DIRECTORY = 16,  /* PATH, READ: or NOT_DIR */
	KIF_HOST_CREATE = 16, /* WRITE, READ_WRITE: with mode 0600; EXISTS */
};

enum kif_host_type {
	KIF_HOST_T_UNKNOWN, /* only in lists: stat tells */
	KIF_HOST_T_FILE,
	KIF_HOST_T_DIR,
	KIF_HOST_T_SYMLINK,
	KIF_HOST_T_FIFO,
	KIF_HOST_T_SOCKET,
	KIF_HOST_T_CHAR,
	KIF_HOST_T_BLOCK,
};

struct kif_host_time {
	int64_t s;
	uint32_t ns;
	uint32_t unused;
};

struct kif_host_stat {
	uint64_t device, node; /* together the identity of a file */
	uint64_t size;         /* bytes */
	uint64_t allocated;    /* bytes on the disk */
	uint32_t type;         /* enum kif_host_type */
	uint32_t mode;         /* permission bits, at most 07777 */
	uint32_t links, block; /* block: bytes of an efficient transfer */
	uint32_t owner, group;
	struct kif_host_time accessed, modified, changed;
	struct kif_host_time born; /* all 0: the host does not tell */
};

/* An entry of a directory list; the next one is `len` bytes on. */
struct kif_host_entry {
	uint64_t node;
	int64_t next; /* position behind it, for dir_seek */
	uint16_t len;
	uint8_t type; /* enum kif_host_type */
	char name[];  /* zero-terminated */
};

struct kif_host_space {
	uint64_t block;                   /* bytes */
	uint64_t blocks, free, available; /* available: to the grant's owner */
	uint64_t nodes, nodes_free;
	uint32_t name_max; /* bytes */
	uint32_t read_only;
};

enum kif_host_allocate {
	KIF_HOST_ALLOCATE = 0,  /* and raise the size if need be */
	KIF_HOST_KEEP_SIZE = 1, /* allocate only */
	KIF_HOST_PUNCH = 2,     /* free the range: it reads as zeros */
	KIF_HOST_ZERO = 3,      /* allocated zeros, size kept */
};

enum kif_host_seek { KIF_HOST_DATA, KIF_HOST_HOLE };

enum kif_host_rename {
	KIF_HOST_REPLACE = 0,
	KIF_HOST_NO_REPLACE = 1,
	KIF_HOST_EXCHANGE = 2,
};

/* Of a watch. What happened, and what to watch for. */
enum kif_host_change {
	KIF_HOST_CONTENT = 1, /* written, cut */
	KIF_HOST_META = 2,    /* mode, owner, times, links */
	KIF_HOST_ADDED = 4,   /* a name in the directory */
	KIF_HOST_REMOVED = 8,
	KIF_HOST_GONE = 16,    /* what is watched; always told */
	KIF_HOST_UNKNOWN = 32, /* only told: some were lost, look at all */
};

struct kif_host_event {
	int32_t watch;
	uint32_t changes; /* enum kif_host_change */
	uint32_t pair;    /* not 0: two with the same are one rename */
	uint16_t len;     /* the next one is that many bytes on */
	char name[];      /* zero-terminated; empty: what is watched itself */
};

/* A directory. Without `writeable` what would change it is DENIED. */
struct kif_host_dir_ops {
	/* Errors of all: what the names of enum kif_host_err say. */
	enum kif_host_err (*open)(kif_host_file dir, const char *path,
	                          unsigned flags, kif_host_file *out);
	enum kif_host_err (*stat)(kif_host_file, struct kif_host_stat *out);
	/* stat without opening: NO_FOLLOW, NO_SYMLINKS. */
	enum kif_host_err (*stat_at)(kif_host_file dir, const char *path,
	                             unsigned flags, struct kif_host_stat *out);
	/* Of a directory opened with READ: as many whole entries as fit, from
	 * its position on; 0 bytes: no more. `out` is aligned to 8. */
	enum kif_host_err (*list)(kif_host_file dir, void *out, size_t len,
	                          size_t *got);
	/* Where the list goes on: 0, or `next` of an entry. */
	enum kif_host_err (*list_seek)(kif_host_file dir, int64_t position);
	/* Text of a symlink opened with PATH and NO_FOLLOW, not terminated.
	 * TOO_LONG: it does not fit. */
	enum kif_host_err (*link_read)(kif_host_file, char *out, size_t len,
	                               size_t *got);
	/* Fewer bytes than wanted: end of the file, or the disk is full. */
	enum kif_host_err (*read)(kif_host_file, void *to, size_t len,
	                          uint64_t off, size_t *got);
	enum kif_host_err (*write)(kif_host_file, const void *from, size_t len,
	                           uint64_t off, size_t *got);
	/* The same for fifos, which have no offset. Never wait: AGAIN. 0 bytes
	 * read: nobody writes. */
	enum kif_host_err (*fifo_read)(kif_host_file, void *to, size_t len,
	                               size_t *got);
	enum kif_host_err (*fifo_write)(kif_host_file, const void *from,
	                                size_t len, size_t *got);
	enum kif_host_err (*truncate)(kif_host_file, uint64_t size);
	enum kif_host_err (*allocate)(kif_host_file, enum kif_host_allocate,
	                              uint64_t off, uint64_t len);
	/* The next data or hole from `off` on. END: there is none. */
	enum kif_host_err (*seek)(kif_host_file, enum kif_host_seek,
	                          uint64_t off, uint64_t *out);
	/* Content, and all of what stat tells unless `data_only`. */
	enum kif_host_err (*sync)(kif_host_file, bool data_only);
	enum kif_host_err (*make_dir)(kif_host_file dir, const char *name,
	                              unsigned mode);
	enum kif_host_err (*make_fifo)(kif_host_file dir, const char *name,
	                               unsigned mode);
	enum kif_host_err (*make_symlink)(kif_host_file dir, const char *name,
	                                  const char *text);
	/* A second name of a file, not of a directory. */
	enum kif_host_err (*make_link)(kif_host_file dir, const char *name,
	                               kif_host_file new_dir,
	                               const char *new_name);
	enum kif_host_err (*remove)(kif_host_file dir, const char *name,
	                            bool directory);
	enum kif_host_err (*rename)(kif_host_file dir, const char *name,
	                            kif_host_file new_dir, const char *new_name,
	                            enum kif_host_rename);
	/* Permission bits, at most 01777: no set-uid, no set-gid. Not of what
	 * is open with PATH (INVALID). */
	enum kif_host_err (*mode)(kif_host_file, unsigned mode);
	/* NULL: as it is. */
	enum kif_host_err (*times)(kif_host_file,
	                           const struct kif_host_time *accessed,
	                           const struct kif_host_time *modified);
	enum kif_host_err (*space)(kif_host_file, struct kif_host_space *out);
	/* Watch what is open, by its identity, until unwatch; it may be closed
	 * then. May wait for core, which waits for nobody. The number may be
	 * that of an earlier watch of the same file, which has these changes
	 * from then on. UNSUPPORTED: a network file system, a FUSE, or another
	 * one than the grant's own. LIMIT: 4096, or the user's on the host. */
	enum kif_host_err (*watch)(kif_host_file, unsigned changes,
	                           int32_t *watch);
	enum kif_host_err (*unwatch)(int32_t watch);
	/* What happened, aligned to 8; AGAIN. INVALID: `len` is too little for
	 * the next one, 272 are enough for any. Have a signal submitted, to an
	 * own object, when there is more to read after AGAIN; INVALID before
	 * the first watch. */
	enum kif_host_err (*events)(void *out, size_t len, size_t *got);
	enum kif_host_err (*events_signal)(fief_cap signal);
	/* The same for a fifo: when it can be read or written again. */
	enum kif_host_err (*fifo_signal)(kif_host_file, fief_cap signal);
};
