/* SPDX-License-Identifier: MIT */
/* Answers, from their making until they are sent. */

#include <lib/mem.h>

#include "requests.h"

enum vfs_err answer_make(struct request *r, size_t room)
{
	struct server *s = r->server;
	void *mem;

	if (fief_alloc(s->alloc, sizeof(struct answer) + room, &mem))
		return VFS_NO_MEMORY;
	r->answer = mem;
	*r->answer = (struct answer){ .room = (uint32_t)room };
	r->out = (struct p9_out){ r->answer->data, P9_HEADER, room, false };
	return VFS_OK;
}

static void header_put(unsigned char *at, uint32_t bytes, uint8_t type,
                       uint16_t tag)
{
	memcpy(at, &bytes, sizeof(bytes));
	at[4] = type;
	memcpy(at + 5, &tag, sizeof(tag));
}

/* A short one does not keep the memory of what could have come. */
static struct answer *shrunk(struct server *s, struct answer *a)
{
	enum { WORTH = 4096 };
	struct answer *small;
	void *mem;

	if (a->room < WORTH || a->bytes > a->room / 2 ||
	    fief_alloc(s->alloc, sizeof(*small) + a->bytes, &mem))
		return a;
	small = mem;
	*small = (struct answer){ .bytes = a->bytes, .room = a->bytes };
	memcpy(small->data, a->data, a->bytes);
	fief_free(s->alloc, a, answer_size(a));
	return small;
}

static void answer_add(struct server *s, struct answer *a)
{
	a = shrunk(s, a);
	list_add_last(&s->answers, &a->link);
	s->answer_bytes += answer_size(a);
	s->news = true;
}

void answer_send(struct request *r, enum vfs_err e)
{
	uint8_t type = (uint8_t)(r->type - messages + 1);

	if (!e && r->out.full)
		e = VFS_TOO_BIG; /* a mistake of ours, but none to hide */
	if (e) {
		type = P9_LERROR + 1;
		r->out.len = P9_HEADER;
		p9_put_u32(&r->out, r->error ? r->error : p9_errno(e));
	}
	r->answer->bytes = (uint32_t)r->out.len;
	header_put(r->answer->data, r->answer->bytes, type, r->tag);
	answer_add(r->server, r->answer);
	r->answer = NULL;
}

bool answer_no_memory(struct server *s, uint16_t tag)
{
	const uint32_t error = P9_ENOMEM,
		       bytes = P9_HEADER + (uint32_t)sizeof(error);
	struct answer *a;
	void *mem;

	if (fief_alloc(s->alloc, sizeof(*a) + bytes, &mem))
		return false;
	a = mem;
	*a = (struct answer){ .bytes = bytes, .room = bytes };
	header_put(a->data, bytes, P9_LERROR + 1, tag);
	memcpy(a->data + P9_HEADER, &error, sizeof(error));
	answer_add(s, a);
	return true;
}

void server_sent(struct server *s, struct answer *a)
{
	s->answer_bytes -= answer_size(a);
	list_remove(&a->link);
	fief_free(s->alloc, a, answer_size(a));
}
