/* SPDX-License-Identifier: MIT */
/* Open files of the program, by its numbers. */
#pragma once

#include <vfs/vfs.h>

#include "errno.h"

enum { FILES = 1024, AT_FDCWD = -100 };

/* Of Linux on x86-64. */
enum {
	O_ACCMODE = 3,
	O_CREAT = 0100,
	O_EXCL = 0200,
	O_TRUNC = 01000,
	O_APPEND = 02000,
	O_NONBLOCK = 04000,
	O_DIRECTORY = 0200000,
	O_NOFOLLOW = 0400000,
	O_CLOEXEC = 02000000,
	O_PATH = 010000000,
};

/* NULL: there is none. */
struct vfs_file *fd_of(int fd);
/* The lowest free number from `from` on; the file is taken over. -EMFILE. */
long fd_add(struct vfs_file *, int from, bool cloexec);
/* In place of what has the number. */
long fd_put(struct vfs_file *, int fd, bool cloexec);
long fd_close(int fd);
void fd_close_all(void);
bool fd_cloexec(int fd);
void fd_cloexec_set(int fd, bool);

/* Where a relative path begins: the place of a descriptor, or of the program.
 * False, with an error: it is no directory. */
bool fd_at(int fd, struct vfs_place **out, long *error);

/* As openat(2), of a path of ours. */
long fd_open(int at, const char *path, unsigned flags, unsigned mode);
