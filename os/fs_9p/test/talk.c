/* SPDX-License-Identifier: MIT */
/* A server over files in memory, and what is said to it. */

#include <stdlib.h>
#include <string.h>

#include <vfs/plugin/ram.h>

#include "talk.h"

static void require(bool condition)
{
	if (!condition)
		abort();
}

static enum fief_err take(struct fief_alloc *self, size_t size, void **out)
{
	struct talk *t = FIEF_CONTAINER_OF(self, struct talk, alloc);

	if (size > t->limit - t->bytes)
		return FIEF_OUT_OF_RAM;
	*out = malloc(size ? size : 1);
	require(*out);
	t->blocks++;
	t->bytes += size;
	return FIEF_OK;
}

static void give(struct fief_alloc *self, void *ptr, size_t size)
{
	struct talk *t = FIEF_CONTAINER_OF(self, struct talk, alloc);

	t->blocks--;
	t->bytes -= size;
	free(ptr);
}

static void answered(struct server *s)
{
	(void)s;
}

void talk_export(struct talk *t, const char *path)
{
	static struct vfs_op op;

	op = (struct vfs_op){ .path = path };
	require(!vfs_enter(t->tree.vfs, &op));
	vfs_place_put(t->server.root);
	t->server.root = op.place;
}

void talk_init(struct talk *t)
{
	memset(t, 0, sizeof(*t));
	test_tree_init(&t->tree, test_types, "<vfs> <ram size='1M'/> </vfs>");
	t->alloc = (struct fief_alloc){ take, give };
	t->limit = SIZE_MAX;
	t->server = (struct server){ .vfs = t->tree.vfs,
		                     .alloc = &t->alloc,
		                     .writeable = true,
		                     .answered = answered };
	talk_export(t, "/");
}

void talk_fini(struct talk *t)
{
	server_fini(&t->server);
	require(!t->blocks && !t->server.fids && !t->server.lockers);
	require(!t->server.answer_bytes && !t->server.under_way.bytes &&
	        !t->server.under_way.count && !t->server.waiting.count);
	test_tree_fini(&t->tree);
}

bool talk_say(struct talk *t, uint8_t type, uint16_t tag, const void *rest,
              size_t len)
{
	const uint32_t bytes = (uint32_t)(P9_HEADER + len);
	unsigned char *m = malloc(bytes);
	bool on;

	require(m);
	memcpy(m, &bytes, sizeof(bytes));
	m[4] = type;
	memcpy(m + 5, &tag, sizeof(tag));
	if (len)
		memcpy(m + P9_HEADER, rest, len);
	on = server_message(&t->server, m, bytes);
	free(m);
	vfs_tell(t->tree.vfs);
	return on;
}

static void header_check(const struct server *s, const struct answer *a)
{
	uint32_t bytes;

	memcpy(&bytes, a->data, sizeof(bytes));
	require(a->bytes >= P9_HEADER && bytes == a->bytes);
	require(bytes <= (s->message ? s->message : P9_MESSAGE_MIN));
	require(a->data[4] & 1);
}

bool talk_hear(struct talk *t, struct heard *out)
{
	static unsigned char last[P9_MESSAGE_MAX];
	struct answer *a = LIST_FIRST(&t->server.answers, struct answer, link);

	if (!a)
		return false;
	header_check(&t->server, a);
	memcpy(last, a->data, a->bytes);
	*out = (struct heard){ .type = last[4],
		               .in = { last + P9_HEADER, a->bytes - P9_HEADER,
		                       false } };
	memcpy(&out->tag, last + 5, sizeof(out->tag));
	server_sent(&t->server, a);
	return true;
}
