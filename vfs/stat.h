/* SPDX-License-Identifier: MIT */
/* What is known of a file: what statx of Linux tells, without its encoding. */
#pragma once

#include <stdint.h>

enum vfs_kind {
	VFS_FILE,
	VFS_DIR,
	VFS_SYMLINK,
	VFS_FIFO,
	VFS_CHAR,   /* a stream or value that a device gives */
	VFS_BLOCK,  /* a device of blocks */
	VFS_SOCKET, /* a name to connect to */
	VFS_KINDS
};

enum {
	VFS_NAME_MAX = 255,  /* bytes of a name */
	VFS_PATH_MAX = 4095, /* bytes of a path */
	VFS_LINKS_MAX = 40,  /* symbolic links on the way of a path */
	VFS_MODE_MASK = 07777,
};

/* Largest size of a file, in bytes. */
#define VFS_SIZE_MAX ((uint64_t)INT64_MAX)

/* Times are nanoseconds since 1970, before leap seconds. */
struct vfs_stat {
	uint64_t dev; /* of the file system, in this tree */
	uint64_t ino;
	uint64_t size;   /* bytes; of a symbolic link, of its target */
	uint64_t blocks; /* of 512 bytes that it takes */
	uint64_t rdev;   /* of a device: major << 32 | minor */
	int64_t atime, mtime, ctime, btime;
	enum vfs_kind kind;
	uint32_t mode; /* permissions, S_ISUID and so on: VFS_MODE_MASK */
	uint32_t links;
	uint32_t uid, gid;
	uint32_t block_size; /* that reads and writes should have */
};

/* What is to be another one: bits of `what`. */
enum {
	VFS_SET_MODE = 1,
	VFS_SET_UID = 2,
	VFS_SET_GID = 4,
	VFS_SET_SIZE = 8,
	VFS_SET_ATIME = 16,
	VFS_SET_MTIME = 32,
};

struct vfs_change {
	uint32_t what;
	uint32_t mode, uid, gid;
	uint64_t size;
	int64_t atime, mtime;
};
