/* SPDX-License-Identifier: MIT */
/*
 * What of the host a driver component reaches: one directory, one file or
 * device, one terminal, or one stream, that `fief` granted and that the driver
 * was started with (session/host.capnp, Pd.host). Its `struct kif_boot` has the
 * table then; that of all others has NULL.
 *
 * Nothing here is a check: what a driver can do with its process, whatever code
 * runs in it, is decided below, by the filter of its class and by the rights of
 * the descriptor (docs/host-grants.md). The table is how it gets there without
 * a system call of its own.
 *
 * Unless said otherwise a function may be called from any thread, and leaves
 * its outputs untouched on failure. Those on files and directories last as long
 * as the host's disk or network does; an entrypoint that must not wait leaves
 * them to another thread. Opening never waits for anybody at the other end of
 * a fifo or a line. Those on terminals and fifos never wait: AGAIN.
 */
#pragma once

#include <fief/kif.h>

enum { KIF_HOST_VERSION = 1 };

/* What a result can be, closed; the host's own numbers are not passed on. */
enum kif_host_err {
	KIF_HOST_OK,
	KIF_HOST_NOT_FOUND,
	KIF_HOST_EXISTS,
	KIF_HOST_DENIED,  /* by the host: owner, mode, the grant is read-only */
	KIF_HOST_OUTSIDE, /* it leads out of the grant; not one file system */
	KIF_HOST_NOT_DIR, /* an element of a path, or what has to be one */
	KIF_HOST_IS_DIR,  /* and must not be one */
	KIF_HOST_NOT_EMPTY, /* a directory */
	KIF_HOST_LOOP,      /* a symlink where none may be, or too many */
	KIF_HOST_TOO_LONG,  /* a name or path, for the host */
	KIF_HOST_NO_SPACE,  /* on the disk, or of the owner's quota there */
	KIF_HOST_READ_ONLY, /* the file system of the host is */
	KIF_HOST_TOO_LARGE, /* the file would be */
	KIF_HOST_LIMIT,     /* of open files, links, watches, memory */
	KIF_HOST_BUSY,      /* in use in a way that forbids it */
	KIF_HOST_AGAIN,     /* nothing there now; no room now */
	KIF_HOST_END,       /* no data or hole behind; nobody reads the fifo */
	KIF_HOST_IO,        /* the device or server failed, or is gone */
	KIF_HOST_STALE,     /* a file that a server no longer knows */
	KIF_HOST_INVALID,   /* arguments: a bug of the caller */
	KIF_HOST_UNSUPPORTED, /* by the file system, device, or host */
	KIF_HOST_ERRS
};

enum kif_host_kind {
	KIF_HOST_DIR,
	KIF_HOST_FILE,
	KIF_HOST_TTY,
	KIF_HOST_STREAM,
	KIF_HOST_KINDS
};

/* Something open: meaningful in this PD only. */
typedef int32_t kif_host_file;

/* What the driver was started with: always open. */
#define KIF_HOST_GRANT ((kif_host_file)4)

enum { KIF_HOST_FILES_MAX = 8192 }; /* descriptors of a granted PD, all told */

/* A file or block device, which KIF_HOST_GRANT is. */
struct kif_host_block {
	uint64_t bytes;
	uint32_t block;    /* the least that is written at once; 1: a file */
	uint32_t physical; /* what a write that is whole should cover */
};

struct kif_host_file_ops {
	/* Its size now. */
	enum kif_host_err (*info)(struct kif_host_block *out);
	enum kif_host_err (*read)(void *to, size_t len, uint64_t off,
	                          size_t *got);
	enum kif_host_err (*write)(const void *from, size_t len, uint64_t off,
	                           size_t *got);
	enum kif_host_err (*sync)(void);
	/* The range reads as zeros; UNSUPPORTED: write them. */
	enum kif_host_err (*punch)(uint64_t off, uint64_t len);
};

/* A terminal. That its size changed is told by the session (host.capnp). */
struct kif_host_tty_size {
	uint16_t rows, columns;
	uint16_t width, height; /* pixels, or 0 */
};

struct kif_host_tty_ops {
	/* Never wait: AGAIN, also while another process writes there. 0 bytes
	 * read: the line was hung up. */
	enum kif_host_err (*read)(void *to, size_t len, size_t *got);
	enum kif_host_err (*write)(const void *from, size_t len, size_t *got);
	/* Have a signal submitted, to an own object, when it can be read or
	 * written again after AGAIN, and once at the start. */
	enum kif_host_err (*signal)(fief_cap signal);
	/* Raw: bytes come and go as they are, at once, without echo; else by
	 * the line, with echo, as terminals usually are. */
	enum kif_host_err (*raw)(bool on);
	enum kif_host_err (*size)(struct kif_host_tty_size *out);
};

/* Bytes in order: a pipe, a socket, a file or a device that was open already. */
struct kif_host_stream_ops {
	/* Never waits: AGAIN. 0 bytes: the end, there will be no more. */
	enum kif_host_err (*read)(void *to, size_t len, size_t *got);
	/* The same; END: nobody reads it any more. */
	enum kif_host_err (*write)(const void *from, size_t len, size_t *got);
	/* As that of a terminal. */
	enum kif_host_err (*signal)(fief_cap signal);
};

struct kif_host_dir_ops; /* <fief/kif_host_dir.h> */

struct kif_host {
	uint32_t version; /* KIF_HOST_VERSION */
	uint32_t kind;    /* enum kif_host_kind */
	uint32_t writeable;
	uint32_t unused;
	/* Any open file but KIF_HOST_GRANT. */
	enum kif_host_err (*close)(kif_host_file);
	/* One of these, by kind; the others are NULL. */
	const struct kif_host_dir_ops *dir;
	const struct kif_host_file_ops *file;
	const struct kif_host_tty_ops *tty;
	const struct kif_host_stream_ops *stream;
};
