/* SPDX-License-Identifier: MIT */
/*
 * A tar archive in memory, entry by entry: ustar, GNU and pax; see
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html and the
 * manual of GNU tar. Any bytes can be looked at.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <vfs/stat.h>

struct tar_entry {
	const char *path;   /* of the reader: until the next entry */
	const char *target; /* the same; of links */
	const char *data;   /* in the archive */
	uint64_t size;
	uint64_t rdev;
	int64_t mtime; /* ns since 1970 */
	uint32_t mode, uid, gid;
	enum vfs_kind kind;
	bool hard; /* one more name for what `target` is */
};

struct tar_reader {
	const char *data; /* borrowed */
	size_t size;
	size_t at; /* of the next header */
	struct tar_entry entry;

	/* Why it cannot be read, and at which byte; NULL: it can. */
	const char *wrong;
	size_t wrong_at;

	/* What extended headers say of the next entry. */
	unsigned known; /* bits of reader.c */
	uint64_t ext_size, ext_uid, ext_gid;
	int64_t ext_mtime;
	char path[VFS_PATH_MAX + 1];
	char target[VFS_PATH_MAX + 1];
};

void tar_reader_init(struct tar_reader *, const char *data, size_t size);

/* The next one -> r->entry. False: that was all, or r->wrong. */
bool tar_reader_next(struct tar_reader *);

/* Say what is wrong; returns false. */
bool tar_wrong(struct tar_reader *, size_t at, const char *text);
