/* SPDX-License-Identifier: MIT */
/*
 * What stands at a path, followed through everything that may happen to it: it
 * is written, removed, made, another file is renamed over it, or a directory on
 * the way is made, moved or replaced. Each directory of the path that is there is
 * watched, and the file.
 */
#pragma once

#include <fief/alloc.h>
#include <vfs/vfs.h>

#include "stamp.h"

enum {
	FOLLOW_LEVELS_MAX = 24,  /* names of a path, the root counted */
	FOLLOW_OPEN_BYTES = 512, /* what a tree keeps for each, about */
};

struct follow;
struct follow_level;

struct follow {
	/* The path was looked at for the first time, maybe in follow_start, or
	 * has another file or content than before. May stop following, but not
	 * free it. */
	void (*changed)(struct follow *);
	struct stamp stamp; /* what was seen last */
	bool known;         /* it has been looked at */
	/* A directory, or the file, on whose file system nothing is told. */
	bool unwatched;

	/* ---- its own ---- */
	struct vfs *vfs;
	struct fief_alloc *alloc;
	const char *path;
	uint32_t flags;
	struct follow_level *level; /* owned */
	unsigned levels;            /* of the path */
	unsigned at;                /* the one that is being opened */
	unsigned again;             /* first one that changed meanwhile */
	bool running;               /* looks at the path */
	struct vfs_op op;
	enum vfs_err (*next)(struct follow *, enum vfs_err);
	char *prefix; /* owned: the path up to a level */
};

/* Has it no more names than can be followed? */
bool follow_possible(const char *path);

/* Bytes of memory that following a path takes at most, besides struct follow:
 * ours, and what is kept for open files. */
size_t follow_cost(const char *path);

/*
 * Follow the absolute path, names with one slash between them, which stays until
 * follow_stop; `flags` may have VFS_NOLINKS. Errors: LIMIT (it has too many
 * names), OUT_OF_RAM.
 */
FIEF_MUST enum fief_err follow_start(struct follow *, struct vfs *,
                                     struct fief_alloc *, const char *path,
                                     uint32_t flags);

/* No effect on {0} and on what was stopped. */
void follow_stop(struct follow *);
