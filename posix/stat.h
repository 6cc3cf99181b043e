/* SPDX-License-Identifier: MIT */
/* What is known of a file, as programs for Linux on x86-64 have it. */
#pragma once

#include <vfs/stat.h>

struct linux_stat {
	uint64_t dev, ino, nlink;
	uint32_t mode, uid, gid, unused;
	uint64_t rdev;
	int64_t size, blksize, blocks;
	struct linux_time {
		int64_t s, ns;
	} atime, mtime, ctime;
	int64_t reserved[3];
};

_Static_assert(sizeof(struct linux_stat) == 144, "ABI");

struct linux_statx_time {
	int64_t s;
	uint32_t ns;
	int32_t unused;
};

struct linux_statx {
	uint32_t mask, blksize;
	uint64_t attributes;
	uint32_t nlink, uid, gid;
	uint16_t mode, unused;
	uint64_t ino, size, blocks, attributes_mask;
	struct linux_statx_time atime, btime, ctime, mtime;
	uint32_t rdev_major, rdev_minor, dev_major, dev_minor;
	uint64_t reserved[14];
};

_Static_assert(sizeof(struct linux_statx) == 256, "ABI");

void stat_of(const struct vfs_stat *, struct linux_stat *);
void statx_of(const struct vfs_stat *, struct linux_statx *);
/* DT_* */
uint8_t dirent_type(enum vfs_kind);
