/* SPDX-License-Identifier: MIT */
/* All messages, and all errors. */

#include "server.h"

enum {
	QID_AND = P9_QID + 4,
	STAT = 8 + P9_QID + 3 * 4 + 5 * 8 + 8 * 8 + 2 * 8,
	TEXT = 2 + VFS_PATH_MAX,
	LOCK = 1 + 8 + 8 + 4 + 2 + VFS_NAME_MAX,
	VERSION = 4 + 2 + 8,
	STATFS = 4 + 4 + 6 * 8 + 4,
	WALKED = 2 + P9_NAMES * P9_QID,
};

#define OF_FID(r, bytes)                                                       \
	{                                                                      \
		.run = (r), .answer_bytes = (bytes), .fid = true               \
	}
#define CHANGE(r, bytes)                                                       \
	{                                                                      \
		.run = (r), .answer_bytes = (bytes), .fid = true,              \
		.changes = true                                                \
	}

const struct message messages[P9_TYPES] = {
	[P9_VERSION] = { .run = run_version, .answer_bytes = VERSION },
	[P9_AUTH] = { .run = run_unsupported },
	[P9_ATTACH] = { .run = run_attach, .answer_bytes = P9_QID },
	[P9_FLUSH] = { .run = run_flush },
	[P9_WALK] = OF_FID(run_walk, WALKED),
	[P9_CLUNK] = OF_FID(run_clunk, 0),
	[P9_LOPEN] = OF_FID(run_open, QID_AND),
	[P9_LCREATE] = CHANGE(run_create, QID_AND),
	[P9_READ] = { .run = run_read, .room = room_io, .fid = true },
	[P9_WRITE] = OF_FID(run_write, 4),
	[P9_READDIR] = { .run = run_list, .room = room_list, .fid = true },
	[P9_FSYNC] = OF_FID(run_sync, 0),
	[P9_STATFS] = OF_FID(run_statfs, STATFS),
	[P9_GETATTR] = OF_FID(run_stat, STAT),
	[P9_SETATTR] = CHANGE(run_change, 0),
	[P9_LOCK] = OF_FID(run_lock, 1),
	[P9_GETLOCK] = OF_FID(run_lock_test, LOCK),
	[P9_MKDIR] = CHANGE(run_make_dir, P9_QID),
	[P9_MKNOD] = CHANGE(run_make_node, P9_QID),
	[P9_SYMLINK] = CHANGE(run_make_symlink, P9_QID),
	[P9_LINK] = CHANGE(run_link, 0),
	[P9_READLINK] = OF_FID(run_target, TEXT),
	[P9_RENAME] = CHANGE(run_rename_fid, 0),
	[P9_RENAMEAT] = CHANGE(run_rename, 0),
	[P9_REMOVE] = CHANGE(run_remove_fid, 0),
	[P9_UNLINKAT] = CHANGE(run_remove, 0),
	[P9_XATTRWALK] = OF_FID(run_unsupported, 0),
	[P9_XATTRCREATE] = OF_FID(run_unsupported, 0),
};

/* Of Linux on x86-64. */
static const uint8_t errors[VFS_ERR_COUNT] = {
	[VFS_AGAIN] = 11,          [VFS_NOT_FOUND] = 2,
	[VFS_EXISTS] = 17,         [VFS_NOT_DIR] = 20,
	[VFS_IS_DIR] = 21,         [VFS_NOT_EMPTY] = 39,
	[VFS_DENIED] = 13,         [VFS_NOT_PERMITTED] = 1,
	[VFS_READ_ONLY] = 30,      [VFS_CROSS] = 18,
	[VFS_LOOP] = 40,           [VFS_NAME_TOO_LONG] = 36,
	[VFS_NO_SPACE] = 28,       [VFS_NO_MEMORY] = 12,
	[VFS_INVALID] = 22,        [VFS_BUSY] = 16,
	[VFS_TOO_MANY_LINKS] = 31, [VFS_TOO_BIG] = 27,
	[VFS_NO_SEEK] = 29,        [VFS_BROKEN_PIPE] = 32,
	[VFS_NO_DEVICE] = 19,      [VFS_IO] = 5,
	[VFS_NOT_OPEN] = 9,        [VFS_UNSUPPORTED] = 95,
	[VFS_CANCELED] = 4,        [VFS_GONE] = 5,
	[VFS_DEADLOCK] = 35,       [VFS_NO_DATA] = 61,
	[VFS_NO_READER] = 6,
};

uint32_t p9_errno(enum vfs_err e)
{
	const bool known = (unsigned)e < VFS_ERR_COUNT && errors[e];

	return known ? errors[e] : P9_EIO;
}
