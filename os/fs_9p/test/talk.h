/* SPDX-License-Identifier: MIT */
/* A server over files in memory, and what is said to it. */
#pragma once

#include <os/fs_9p/server.h>
#include <vfs/test/tree.h>

struct talk {
	struct test_tree tree;
	struct server server;
	struct fief_alloc alloc; /* malloc: each byte beyond is seen */
	size_t blocks, bytes;    /* that it has */
	size_t limit;            /* of bytes */
};

void talk_init(struct talk *);
/* What is served is that directory from now on; nothing is attached yet. */
void talk_export(struct talk *, const char *path);
/* Nothing may be left of it. */
void talk_fini(struct talk *);

/* A message of that type; false: it is refused. */
bool talk_say(struct talk *, uint8_t type, uint16_t tag, const void *rest,
              size_t len);

/* The next answer, which is well-formed; NULL: none waits. It stays until the
 * next call. */
struct heard {
	uint8_t type;
	uint16_t tag;
	struct p9_in in;
};
bool talk_hear(struct talk *, struct heard *);
