/* SPDX-License-Identifier: MIT */
/* Copying files from one side to another. */
#pragma once

#include "side.h"

struct copy {
	struct side from, to;
	bool recursive, preserve;
	/* Say what went wrong at a path of that side. True: go on. */
	bool (*failed)(void *ctx, struct side *, const char *path, int error);
	void *ctx;
	unsigned char *piece;  /* owned by the caller, COPY_PIECE bytes */
	struct side_stat into; /* the directory that receives it all */
};

enum { COPY_PIECE = 256 << 10 };

/* `source` becomes `name` in `dir`; the paths are for messages. False: there
 * is no going on. */
bool copy_node(struct copy *, int64_t source, const char *source_path,
               int64_t dir, const char *name, const char *path);
