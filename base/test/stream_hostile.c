/* SPDX-License-Identifier: MIT */
/* Hostile peers of streams and rings. */
#include <stdlib.h>
#include <string.h>

#include <fief/kif_table.h>
#include <fief/packet_stream.h>
#include <fief/ring.h>

#include "stream_hostile.h"

enum { QUEUE = 8, BULK = 1024, RING = 8, RUN_MAX = 100000 };

struct script {
	const uint8_t *at;
	size_t len;
};

/* What both sides believe in, and the memory that only one of them minds. */
struct arena {
	struct fief_packet_stream sink, source;
	struct fief_ring server, client;
	unsigned char *packets, *ring;
	size_t packet_bytes, ring_bytes;
};

static uint8_t next(struct script *s)
{
	if (!s->len)
		return 0;
	s->len--;
	return *s->at++;
}

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void scribble(struct script *s, unsigned char *mem, size_t bytes)
{
	static const uint32_t nasty[] = { 0,          1,          7,
		                          8,          9,          0x7fffffff,
		                          0x80000000, 0xffffffff, 1024 };
	/* Mostly at the positions and the first entries. */
	const size_t at = (size_t)(next(s) | (next(s) & 3) << 8) * 4 % bytes;
	const uint8_t how = next(s);
	uint32_t word;

	memcpy(&word, mem + at, sizeof(word));
	if (how & 1)
		word = nasty[how / 2 % (sizeof(nasty) / sizeof(*nasty))];
	else
		word += (uint32_t)(how / 2) - 64;
	memcpy(mem + at, &word, sizeof(word));
}

static void packet_check(const struct fief_packet_stream *st,
                         const struct fief_packet *p)
{
	require(p->offset % FIEF_PACKET_ALIGN == 0);
	require(p->offset <= BULK && p->size <= BULK - p->offset);
	if (p->size) { /* the sanitizer looks at this */
		volatile unsigned char *at = fief_packet_at(st, p);

		at[0] = at[p->size - 1];
	}
}

static void sink_step(struct script *s, struct arena *a)
{
	struct fief_packet p[QUEUE];
	unsigned n = 0, taken = next(s) % (QUEUE + 1);

	fief_packet_sink_awake(&a->sink);
	while (n < taken && !fief_packet_take(&a->sink, &p[n]))
		packet_check(&a->sink, &p[n++]);
	require(a->sink.open <= QUEUE);
	while (n) {
		const enum fief_err e = fief_packet_ack(&a->sink, &p[--n]);

		require(!e || e == FIEF_INVALID || e == FIEF_AGAIN);
	}
	fief_packet_sink_flush(&a->sink);
	(void)!fief_packet_sink_sleep(&a->sink);
}

static void source_step(struct script *s, struct arena *a)
{
	struct fief_packet p = { .offset = next(s) * 4u, .size = next(s) * 4u };
	unsigned n = 0;

	fief_packet_source_awake(&a->source);
	(void)!fief_packet_submit(&a->source, &p);
	while (!fief_packet_get_ack(&a->source, &p)) {
		packet_check(&a->source, &p);
		require(p.status < FIEF_ERR_COUNT);
		require(++n <= QUEUE);
	}
	require(a->source.open <= QUEUE);
	fief_packet_source_flush(&a->source);
	(void)!fief_packet_source_sleep(&a->source);
}

static void server_step(struct script *s, struct arena *a)
{
	struct fief_submission sub;
	const struct fief_completion done = { .cookie = 1 };
	unsigned n = next(s) % (RING + 1);

	fief_ring_server_awake(&a->server);
	while (n-- && !fief_ring_take(&a->server, &sub))
		(void)!fief_ring_answer(&a->server, &done);
	require(a->server.open <= RING);
	fief_ring_server_flush(&a->server);
	(void)!fief_ring_server_sleep(&a->server);
}

static void client_step(struct script *s, struct arena *a)
{
	const struct fief_submission sub = { .op = next(s) };
	struct fief_completion done;
	unsigned n = 0;

	fief_ring_client_awake(&a->client);
	(void)!fief_ring_submit(&a->client, &sub);
	while (!fief_ring_complete(&a->client, &done)) {
		require(done.status < FIEF_ERR_COUNT);
		require(++n <= RING);
	}
	require(a->client.open <= RING);
	fief_ring_client_flush(&a->client);
	(void)!fief_ring_client_sleep(&a->client);
}

static void arena_init_all(struct arena *a)
{
	a->packet_bytes = fief_packet_stream_bytes(QUEUE, BULK);
	a->ring_bytes = fief_ring_bytes(RING);
	a->packets = aligned_alloc(64, a->packet_bytes);
	a->ring = aligned_alloc(64, a->ring_bytes);
	require(a->packets && a->ring);
	memset(a->packets, 0, a->packet_bytes);
	memset(a->ring, 0, a->ring_bytes);
	require(!fief_packet_stream_init(&a->sink, a->packets, a->packet_bytes,
	                                 QUEUE));
	require(!fief_packet_stream_init(&a->source, a->packets,
	                                 a->packet_bytes, QUEUE));
	require(!fief_ring_init(&a->server, a->ring, a->ring_bytes, RING, 1));
	require(!fief_ring_init(&a->client, a->ring, a->ring_bytes, RING, 1));
}

void stream_hostile_run(const uint8_t *script, size_t len)
{
	struct script s = { script, len };
	struct arena a;

	arena_init_all(&a);
	for (unsigned i = 0; s.len && i < RUN_MAX; i++) {
		switch (next(&s) % 8) {
		case 0:
			scribble(&s, a.packets, a.packet_bytes - BULK);
			break;
		case 1:
			scribble(&s, a.ring, a.ring_bytes);
			break;
		case 2:
		case 3:
			sink_step(&s, &a);
			break;
		case 4:
			source_step(&s, &a);
			break;
		case 5:
		case 6:
			server_step(&s, &a);
			break;
		default:
			client_step(&s, &a);
			break;
		}
	}
	free(a.packets);
	free(a.ring);
}
