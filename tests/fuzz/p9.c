/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target of the client of 9P2000.L: what a component may answer to `fief ls`.
 * The input is a script: of each answer, what is asked before it, how its header
 * is, how many bytes follow, and these. What must hold: no access beyond it, names
 * that are names, as many bytes as were asked for, and no waiting.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "view/p9_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct script {
	const uint8_t *at, *end;
	int peer;
	struct p9 p9;
};

static void require(bool condition)
{
	if (!condition)
		abort();
}

static uint8_t take(struct script *s)
{
	return s->at < s->end ? *s->at++ : 0;
}

/* The answer to what is asked next lies there before. */
static void answer(struct script *s, uint8_t type, uint16_t tag)
{
	static uint8_t m[P9_HEADER + 255];
	const uint8_t how = take(s), wanted = take(s);
	const uint8_t more = how & 2 ? take(s) : 0;
	const size_t left = (size_t)(s->end - s->at);
	const size_t len = wanted < left ? wanted : left;
	const uint32_t bytes = (uint32_t)(P9_HEADER + len) + more;

	if (how & 1)
		type = P9_LERROR;
	if (how & 4)
		tag++;
	memcpy(m, &bytes, sizeof(bytes));
	m[4] = (uint8_t)(type + 1);
	memcpy(m + 5, &tag, sizeof(tag));
	memcpy(m + P9_HEADER, s->at, len);
	s->at += len;
	require(send(s->peer, m, P9_HEADER + len, 0) > 0);
	if (how & 4 || more) /* there is no more: nobody waits for it */
		shutdown(s->peer, SHUT_WR);
}

static void list(struct script *s)
{
	enum { ROOM = 4 };
	static struct p9_entry e[ROOM];
	size_t n = 0;

	answer(s, P9_READDIR, 1);
	if (p9_list(&s->p9, 1, 0, e, ROOM, &n))
		return;
	require(n <= ROOM);
	for (size_t i = 0; i < n; i++)
		require(*e[i].name && !strchr(e[i].name, '/') &&
		        strlen(e[i].name) <= P9_NAME_MAX);
}

static void ask(struct script *s)
{
	static unsigned char bytes[100];
	struct p9_stat st;
	size_t n = 0;
	uint32_t fid;

	switch (take(s) % 6) {
	case 0:
		answer(s, P9_GETATTR, 1);
		(void)p9_stat(&s->p9, 1, &st);
		break;
	case 1:
		answer(s, P9_READ, 1);
		if (!p9_read(&s->p9, 1, 0, bytes, sizeof(bytes), &n))
			require(n <= sizeof(bytes));
		break;
	case 2:
		answer(s, P9_READLINK, 1);
		if (!p9_read_link(&s->p9, 1, (char *)bytes, sizeof(bytes)))
			require(strlen((char *)bytes) < sizeof(bytes));
		break;
	case 3:
		answer(s, P9_WALK, 1);
		(void)p9_walk(&s->p9, 0, "name", &fid);
		break;
	case 4:
		answer(s, P9_WRITE, 1);
		if (!p9_write(&s->p9, 1, 0, bytes, sizeof(bytes), &n))
			require(n <= sizeof(bytes));
		break;
	default:
		list(s);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t version[] = "\25\0\0\0\145\377\377\0\0\1\0\10\0"
					 "9P2000.L",
			     attach[] = "\24\0\0\0\151\1\0\200\0\0\0\0\1\0\0"
					"\0\0\0\0";
	struct script s = { .at = data, .end = data + size };
	int pair[2];

	require(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	s.peer = pair[1];
	require(send(s.peer, version, 21, 0) == 21);
	require(send(s.peer, attach, 20, 0) == 20);
	require(!p9_open(&s.p9, pair[0]));
	while (s.at < s.end && !s.p9.broken)
		ask(&s);
	p9_close(&s.p9);
	close(s.peer);
	return 0;
}
