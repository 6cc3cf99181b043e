/* SPDX-License-Identifier: MIT */
/* What is known of a file, as 9P2000.L has it. */

#include "message.h"

/* Inodes are of a file system; a tree has several. */
static uint64_t path_of(const struct vfs_stat *s)
{
	return s->ino ^ s->dev << 48 ^ s->dev >> 16;
}

/* Another one after each change: the times are often equal. */
static uint32_t version_of(const struct vfs_stat *s)
{
	const uint64_t sum = (uint64_t)s->mtime + 3 * (uint64_t)s->ctime;

	return (uint32_t)(sum ^ sum >> 32);
}

void p9_put_qid(struct p9_out *out, const struct vfs_stat *s)
{
	p9_put_u8(out, p9_qid_type(s->kind));
	p9_put_u32(out, version_of(s));
	p9_put_u64(out, path_of(s));
}

/* ---- Linux ---- */

static const struct {
	uint32_t mode;
	uint8_t dirent, qid;
} kinds[VFS_KINDS] = {
	[VFS_FILE] = { 0100000, 8, 0 },     [VFS_DIR] = { 0040000, 4, 0x80 },
	[VFS_SYMLINK] = { 0120000, 10, 2 }, [VFS_FIFO] = { 0010000, 1, 0 },
	[VFS_CHAR] = { 0020000, 2, 0 },     [VFS_BLOCK] = { 0060000, 6, 0 },
	[VFS_SOCKET] = { 0140000, 12, 0 },
};

uint32_t p9_mode(const struct vfs_stat *s)
{
	return kinds[s->kind].mode | (s->mode & VFS_MODE_MASK);
}

uint8_t p9_dirent_type(enum vfs_kind kind)
{
	return kinds[kind].dirent;
}

uint8_t p9_qid_type(enum vfs_kind kind)
{
	return kinds[kind].qid;
}
