/* SPDX-License-Identifier: MIT */
/* What is compared to know whether a file is another one than before. */
#pragma once

#include <stdbool.h>

#include <vfs/stat.h>

struct stamp {
	bool exists;
	uint64_t dev, ino, size;
	int64_t mtime, ctime;
};

static inline struct stamp stamp_of(const struct vfs_stat *s)
{
	return (struct stamp){
		.exists = true,
		.dev = s->dev,
		.ino = s->ino,
		.size = s->size,
		.mtime = s->mtime,
		.ctime = s->ctime,
	};
}

static inline bool stamp_equal(const struct stamp *a, const struct stamp *b)
{
	return a->exists == b->exists && a->dev == b->dev && a->ino == b->ino &&
	       a->size == b->size && a->mtime == b->mtime &&
	       a->ctime == b->ctime;
}
