/* SPDX-License-Identifier: MIT */
/* Errors as programs for Linux have them. */

#include "errno.h"

static const uint8_t errors[VFS_ERR_COUNT] = {
	[VFS_AGAIN] = EAGAIN,      [VFS_NOT_FOUND] = ENOENT,
	[VFS_EXISTS] = EEXIST,     [VFS_NOT_DIR] = ENOTDIR,
	[VFS_IS_DIR] = EISDIR,     [VFS_NOT_EMPTY] = 39,
	[VFS_DENIED] = EACCES,     [VFS_NOT_PERMITTED] = EPERM,
	[VFS_READ_ONLY] = 30,      [VFS_CROSS] = 18,
	[VFS_LOOP] = 40,           [VFS_NAME_TOO_LONG] = ENAMETOOLONG,
	[VFS_NO_SPACE] = 28,       [VFS_NO_MEMORY] = ENOMEM,
	[VFS_INVALID] = EINVAL,    [VFS_BUSY] = 16,
	[VFS_TOO_MANY_LINKS] = 31, [VFS_TOO_BIG] = 27,
	[VFS_NO_SEEK] = ESPIPE,    [VFS_BROKEN_PIPE] = 32,
	[VFS_NO_DEVICE] = 19,      [VFS_IO] = EIO,
	[VFS_NOT_OPEN] = EBADF,    [VFS_UNSUPPORTED] = EOPNOTSUPP,
	[VFS_CANCELED] = EINTR,    [VFS_GONE] = EIO,
	[VFS_DEADLOCK] = 35,       [VFS_NO_DATA] = 6,
	[VFS_NO_READER] = 6,
};

enum linux_errno errno_of(enum vfs_err e)
{
	if (!e)
		return NO_ERROR;
	return (unsigned)e < VFS_ERR_COUNT && errors[e] ?
	               (enum linux_errno)errors[e] :
	               EIO;
}
