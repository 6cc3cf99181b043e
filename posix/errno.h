/* SPDX-License-Identifier: MIT */
/* Errors as programs for Linux have them. */
#pragma once

#include <vfs/error.h>

enum linux_errno {
	NO_ERROR = 0,
	EPERM = 1,
	ENOENT = 2,
	EINTR = 4,
	EIO = 5,
	ENOEXEC = 8,
	EBADF = 9,
	ECHILD = 10,
	EAGAIN = 11,
	ENOMEM = 12,
	EACCES = 13,
	EFAULT = 14,
	EEXIST = 17,
	ENOTDIR = 20,
	EISDIR = 21,
	EINVAL = 22,
	EMFILE = 24,
	ENOTTY = 25,
	ESPIPE = 29,
	ERANGE = 34,
	ENAMETOOLONG = 36,
	ENOSYS = 38,
	ENODATA = 61,
	EOPNOTSUPP = 95,
};

/* What an outcome of the tree is to a program; NO_ERROR for OK. */
enum linux_errno errno_of(enum vfs_err);
