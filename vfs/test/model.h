/* SPDX-License-Identifier: MIT */
/*
 * One random operation, done by the tree under test and by a real Linux file
 * system, and what came of it: both must be equal.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include <vfs/vfs.h>

enum { MODEL_SLOTS = 6, MODEL_BYTES = 70000, MODEL_PATH = 96 };

enum model_kind {
	MODEL_OPEN,
	MODEL_CLOSE,
	MODEL_READ,
	MODEL_WRITE,
	MODEL_PREAD,
	MODEL_PWRITE,
	MODEL_SEEK,
	MODEL_TRUNCATE,
	MODEL_FTRUNCATE,
	MODEL_ALLOCATE,
	MODEL_MKDIR,
	MODEL_RMDIR,
	MODEL_UNLINK,
	MODEL_RENAME,
	MODEL_LINK,
	MODEL_SYMLINK,
	MODEL_READLINK,
	MODEL_STAT,
	MODEL_FSTAT,
	MODEL_CHMOD,
	MODEL_LIST,
	MODEL_KINDS
};

struct model_op {
	enum model_kind kind;
	unsigned slot; /* of files */
	int at;        /* slot of a directory to begin at; -1: the root */
	char path[MODEL_PATH], to[MODEL_PATH];
	uint32_t flags; /* VFS_* */
	uint32_t mode;
	uint64_t pos;
	size_t len;
	unsigned how; /* seek: enum vfs_whence; allocate: VFS_ALLOCATE_* */
	unsigned char fill;
};

struct model_result {
	enum vfs_err error;
	uint64_t value; /* count, position */
	uint32_t kind, mode, links;
	uint64_t size;
	size_t bytes;
	char data[MODEL_BYTES];
};

struct model_side {
	void (*run)(struct model_side *, const struct model_op *,
	            struct model_result *);
};

/* The host's, below the current directory, which is its root, too. */
struct model_host {
	struct model_side side;
	int root;
	int fd[MODEL_SLOTS]; /* -1: none */
};
void model_host_init(struct model_host *, int root);
void model_host_fini(struct model_host *);

struct model_vfs {
	struct model_side side;
	struct vfs *vfs;
	struct vfs_file *file[MODEL_SLOTS];
};
void model_vfs_init(struct model_vfs *, struct vfs *);
void model_vfs_fini(struct model_vfs *);
