/* SPDX-License-Identifier: MIT */
/*
 * A file that is written as a whole, without waiting: in its directory, which is
 * made if need be, under another name, which is then renamed. Readers see the old
 * content or the new one.
 */
#pragma once

#include <os/file_rom/where.h>
#include <vfs/vfs.h>

/* Behind the name while it is written: no element of a label has that. */
#define STORE_SUFFIX " -> new"

enum { STORE_NAME_MAX = VFS_NAME_MAX - (sizeof(STORE_SUFFIX) - 1) };

struct store {
	/* It has ended that was late. */
	void (*done)(struct store *, enum vfs_err);

	/* ---- its own ---- */
	struct vfs *vfs;
	const struct where *where; /* borrowed */
	const char *data;          /* borrowed */
	size_t len, written;
	struct vfs_op op;
	struct vfs_file *dir, *file; /* owned */
	const char *rest;            /* of the path, below `dir` */
	char name[VFS_NAME_MAX + 1]; /* of what is looked for there */
	char temp[VFS_NAME_MAX + 1];
	bool running, made;
	enum vfs_err result;
	enum vfs_err (*next)(struct store *, enum vfs_err);
};

/* Begin; all that is given stays until the end. Its outcome, or LATE. */
enum vfs_err store_start(struct store *, struct vfs *, const struct where *,
                         const char *data, size_t len);

/* End it now; `done` is not called. No effect on one that does not run. */
void store_cancel(struct store *);
