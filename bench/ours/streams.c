/* SPDX-License-Identifier: MIT */
/* Bulk data through a packet stream of 1 MiB: we are the source. */

#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>
#include <fief/packet_stream.h>
#include <lib/mem.h>

#include "bench_client.h"

enum {
	BLOCK = 64 << 10,
	BLOCKS = 16, /* of the buffer, and as many packets at once */
	QUEUE = 32,  /* the sink gives entries back after the blocks in them */
	BATCH = 8,   /* packets between two flushes */
	CHECKED = 1000,
};

static struct source {
	struct fief_packet_stream stream;
	struct fief_attached_ram memory;
	struct fief_signal_handler acknowledged;
	unsigned char data[BLOCK]; /* what is sent */
	uint32_t unused[BLOCKS];   /* offsets of blocks */
	unsigned nunused;
	uint64_t bytes; /* acknowledged */
} m;

static void fail(struct bench *b, const char *what, enum fief_err e)
{
	if (e)
		bench_fail(b, what, e);
}

static void on_acknowledged(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
}

static void stream_make(struct bench *b)
{
	const size_t bytes =
		fief_packet_stream_bytes(QUEUE, (size_t)BLOCK * BLOCKS);

	m.acknowledged.handle = on_acknowledged;
	fail(b, "stream", fief_signal_manage(b->env->ep, &m.acknowledged));
	fail(b, "stream",
	     fief_attached_ram_init(&m.memory, b->env->ram, bytes));
	memset(m.data, 1, sizeof(m.data));
}

static void stream_open(struct bench *b, enum sink_mode mode)
{
	struct bench_sink_params p = {
		.ds = { m.memory.ds },
		.bytes = m.memory.bytes,
		.queue = QUEUE,
		.mode = mode,
		.source = { m.acknowledged.cap },
	};
	struct bench_sink_results r;

	memset(m.memory.addr, 0, m.memory.bytes);
	fail(b, "stream",
	     fief_packet_stream_init(&m.stream, m.memory.addr, m.memory.bytes,
	                             QUEUE));
	fail(b, "sink", bench_sink(b->server, &p, &r));
	m.stream.peer = r.sink.cap;
	for (m.nunused = 0; m.nunused < BLOCKS; m.nunused++)
		m.unused[m.nunused] = m.nunused * BLOCK;
}

/* A cookie that is not 0 is the sum that the sink has to tell. */
static void submit(struct bench *b, uint32_t size, uint64_t cookie)
{
	const struct fief_packet p = {
		.offset = m.unused[--m.nunused],
		.size = size,
		.cookie = cookie,
	};

	memcpy(fief_packet_at(&m.stream, &p), m.data, size);
	fail(b, "submit", fief_packet_submit(&m.stream, &p));
}

/* Wait until a packet, or all packets, are acknowledged; collect all. */
static void collect(struct bench *b, bool all)
{
	const unsigned enough = all ? BLOCKS : m.nunused + 1;
	struct fief_packet p;
	enum fief_err e;

	while (m.nunused < enough) {
		fief_packet_source_awake(&m.stream);
		while (!(e = fief_packet_get_ack(&m.stream, &p))) {
			if (p.status || (p.cookie && p.arg != p.cookie))
				bench_fail(b, "packet", FIEF_INVALID);
			m.unused[m.nunused++] = p.offset;
			m.bytes += p.size;
		}
		if (e != FIEF_AGAIN)
			bench_fail(b, "acknowledgement", e);
		if (m.nunused < enough && fief_packet_source_sleep(&m.stream))
			fief_entrypoint_step(b->env->ep, FIEF_NEVER);
	}
}

static void pump(struct bench *b, uint64_t until)
{
	while (fief_kif->time() < until) {
		for (unsigned i = 0; i < BATCH && m.nunused; i++)
			submit(b, BLOCK, 0);
		fief_packet_source_flush(&m.stream);
		if (!m.nunused)
			collect(b, false);
	}
}

static void measure(struct bench *b, const char *name, enum sink_mode mode)
{
	uint64_t began, mb;

	stream_open(b, mode);
	pump(b, fief_kif->time() + b->ns / 10);
	collect(b, true);
	m.bytes = 0;
	began = fief_kif->time();
	pump(b, began + b->ns);
	collect(b, true);
	mb = m.bytes * 1000 / (fief_kif->time() - began);
	fief_log("BENCH %s %llu.%03llu GB/s", name,
	         (unsigned long long)(mb / 1000),
	         (unsigned long long)(mb % 1000));
}

void bench_group_bulk(struct bench *b)
{
	stream_make(b);
	measure(b, "stream_64k", SINK_MODE_COPY);
	measure(b, "inplace_64k", SINK_MODE_READ);
}

/* ---- is what arrives what was sent? ---- */

/* Other bytes and another size each time; the sum, which is not 0. */
static uint64_t fill(unsigned n, uint32_t *size)
{
	uint64_t sum = 0;

	*size = 1 + n * 7919 % BLOCK;
	for (uint32_t i = 0; i < *size; i++) {
		m.data[i] = (unsigned char)(1 + n + i * 31);
		sum += m.data[i];
	}
	return sum;
}

void bench_group_stream(struct bench *b)
{
	uint32_t size;

	stream_make(b);
	stream_open(b, SINK_MODE_SUM);
	for (unsigned n = 0; n < CHECKED; n++) {
		const uint64_t sum = fill(n, &size);

		if (!m.nunused)
			collect(b, false);
		submit(b, size, sum);
		fief_packet_source_flush(&m.stream);
	}
	collect(b, true);
	fief_log("%d packets, %llu bytes arrived as they were sent", CHECKED,
	         (unsigned long long)m.bytes);
}
