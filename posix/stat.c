/* SPDX-License-Identifier: MIT */
/* What is known of a file, as programs for Linux have it. */

#include "stat.h"

enum { SECOND = 1000000000 };

static const struct {
	uint32_t mode;
	uint8_t dirent;
} kinds[VFS_KINDS] = {
	[VFS_FILE] = { 0100000, 8 },     [VFS_DIR] = { 0040000, 4 },
	[VFS_SYMLINK] = { 0120000, 10 }, [VFS_FIFO] = { 0010000, 1 },
	[VFS_CHAR] = { 0020000, 2 },     [VFS_BLOCK] = { 0060000, 6 },
	[VFS_SOCKET] = { 0140000, 12 },
};

uint8_t dirent_type(enum vfs_kind kind)
{
	return kinds[kind].dirent;
}

static uint32_t mode_of(const struct vfs_stat *s)
{
	return kinds[s->kind].mode | (s->mode & VFS_MODE_MASK);
}

static struct linux_time time_of(int64_t t)
{
	struct linux_time out = { t / SECOND, t % SECOND };

	if (out.ns < 0) {
		out.s--;
		out.ns += SECOND;
	}
	return out;
}

static struct linux_statx_time statx_time_of(int64_t t)
{
	const struct linux_time l = time_of(t);

	return (struct linux_statx_time){ l.s, (uint32_t)l.ns, 0 };
}

static uint64_t device_of(uint64_t rdev)
{
	const uint64_t major = rdev >> 32, minor = rdev & UINT32_MAX;

	return (minor & 0xff) | (major & 0xfff) << 8 |
	       (minor & ~0xffull) << 12 | (major & ~0xfffull) << 32;
}

void stat_of(const struct vfs_stat *s, struct linux_stat *out)
{
	*out = (struct linux_stat){
		.dev = s->dev,
		.ino = s->ino,
		.nlink = s->links,
		.mode = mode_of(s),
		.uid = s->uid,
		.gid = s->gid,
		.rdev = device_of(s->rdev),
		.size = (int64_t)s->size,
		.blksize = s->block_size,
		.blocks = (int64_t)s->blocks,
		.atime = time_of(s->atime),
		.mtime = time_of(s->mtime),
		.ctime = time_of(s->ctime),
	};
}

void statx_of(const struct vfs_stat *s, struct linux_statx *out)
{
	enum { ALL = 0xfff };

	*out = (struct linux_statx){
		.mask = ALL,
		.blksize = s->block_size,
		.nlink = s->links,
		.uid = s->uid,
		.gid = s->gid,
		.mode = (uint16_t)mode_of(s),
		.ino = s->ino,
		.size = s->size,
		.blocks = s->blocks,
		.atime = statx_time_of(s->atime),
		.btime = statx_time_of(s->btime),
		.ctime = statx_time_of(s->ctime),
		.mtime = statx_time_of(s->mtime),
		.rdev_major = (uint32_t)(s->rdev >> 32),
		.rdev_minor = (uint32_t)s->rdev,
		.dev_minor = (uint32_t)s->dev,
	};
}
