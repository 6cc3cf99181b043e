/* SPDX-License-Identifier: MIT */
/*
 * Entries of a directory, as they are put one after the other into the buffer of
 * a `list` operation. A position is a number of the file system's own: whoever
 * goes on at `next` of an entry gets each entry that was there all the time once,
 * whatever is added and removed meanwhile. Position 0 is the start.
 */
#pragma once

#include <vfs/node.h>

struct vfs_dirent {
	uint64_t ino;
	uint64_t next;  /* position behind it */
	uint16_t bytes; /* of this entry: to the next one, a multiple of 8 */
	uint8_t kind;   /* enum vfs_kind */
	uint8_t name_len;
	char name[]; /* terminated */
};

enum {
	VFS_DIRENT_MAX =
		(sizeof(struct vfs_dirent) + VFS_NAME_MAX + 1 + 7) / 8 * 8
};

/* Positions that file systems may use; those above are the core's. */
#define VFS_DIR_POS_MAX (UINT64_MAX >> 4)

/* Append an entry to op->buf, and count it. False if there is no room. */
bool vfs_dirent_add(struct vfs_op *, struct vfs_name, uint64_t ino,
                    enum vfs_kind, uint64_t next);

/* For walking through a buffer: the first entry, and the one behind; NULL at
 * the end. */
static inline const struct vfs_dirent *vfs_dirent_at(const struct vfs_op *op,
                                                     size_t at)
{
	return at < op->count ? (const void *)((const char *)op->buf + at) :
	                        NULL;
}
