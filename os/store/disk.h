/* SPDX-License-Identifier: MIT */
/*
 * Files of a store, step by step, each step to its end. A file gets its name only
 * when its content is safe, and counts only when that name is.
 */
#pragma once

#include <vfs/vfs.h>

struct disk {
	struct vfs *vfs; /* borrowed */
	/* Wait until something happened; NULL: nothing is ever late. */
	void (*wait)(struct disk *);
	struct fief_entrypoint *ep; /* borrowed: for `wait` */
	uint64_t temps;             /* made so far */
	bool done;
	enum vfs_err result;
	struct vfs_op op; /* too large for a stack */
	_Alignas(8) char list[4096];
};

enum { DISK_PATH = 300 };

/* A file that is being written. */
struct disk_temp {
	struct vfs_file *file; /* owned; NULL: none */
	uint64_t size;
	char path[40];
};

/* What comes out of each: the outcome of the files below. */
enum vfs_err disk_dir_make(struct disk *, const char *path);
enum vfs_err disk_temp_begin(struct disk *, struct disk_temp *);
enum vfs_err disk_temp_add(struct disk *, struct disk_temp *, const void *data,
                           size_t len);
/* Its content is safe, then it stands at dir/name, then that is safe. Ends it, also
 * on failure. */
enum vfs_err disk_temp_place(struct disk *, struct disk_temp *, const char *dir,
                             const char *name);
/* No effect on {0}. */
void disk_temp_drop(struct disk *, struct disk_temp *);

/* It is gone; if `safely`, for good. */
enum vfs_err disk_remove(struct disk *, const char *dir, const char *name,
                         bool safely);

enum vfs_err disk_open(struct disk *, const char *dir, const char *name,
                       struct vfs_file **out);
/* Up to `len` bytes; fewer at the end only. */
enum vfs_err disk_read(struct disk *, struct vfs_file *, uint64_t pos,
                       void *buf, size_t len, size_t *count);
enum vfs_err disk_size(struct disk *, struct vfs_file *, uint64_t *out);
/* Each name in a directory, which may remove its file. An error of `each` ends
 * it. */
enum vfs_err disk_list(struct disk *, const char *path,
                       enum vfs_err (*each)(void *arg, const char *name),
                       void *arg);
