/* SPDX-License-Identifier: MIT */
/* Takes packets, as their source wants: copied out, or read where they are. */

#include "sink.h"

#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/mem.h>

enum { LINE = 64, BLOCK = 64 << 10 };

static unsigned char block[BLOCK];

static uint64_t read_in_place(const unsigned char *p, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i + sizeof(uint64_t) <= n; i += LINE)
		sum += *(const volatile uint64_t *)(const void *)(p + i);
	return sum;
}

static uint64_t sum_of(const unsigned char *p, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += p[i];
	return sum;
}

static void take(struct sink *s, struct fief_packet *p)
{
	const void *at = fief_packet_at(&s->stream, p);

	if (p->size > sizeof(block)) {
		p->status = FIEF_TOO_LONG;
		return;
	}
	if (s->mode == SINK_MODE_READ)
		s->seen += read_in_place(at, p->size);
	else
		memcpy(block, at, p->size);
	if (s->mode == SINK_MODE_SUM)
		p->arg = sum_of(block, p->size);
}

static void serve(struct sink *s)
{
	struct fief_packet p;
	enum fief_err e;

	do {
		fief_packet_sink_awake(&s->stream);
		while (!(e = fief_packet_take(&s->stream, &p))) {
			take(s, &p);
			e = fief_packet_ack(&s->stream, &p);
			if (e)
				break;
		}
		fief_packet_sink_flush(&s->stream);
	} while (e == FIEF_AGAIN && !fief_packet_sink_sleep(&s->stream));
	if (e != FIEF_AGAIN)
		fief_error("stream: %s", fief_err_text(e));
}

static void submitted(struct fief_signal_handler *self, unsigned count)
{
	struct sink *s = FIEF_CONTAINER_OF(self, struct sink, submitted);

	(void)count;
	if (s->memory.addr)
		serve(s);
}

static void sink_close(struct sink *s)
{
	fief_detach(&s->memory);
	fief_kif->drop(s->source, 1);
	s->source = FIEF_CAP_NULL;
}

enum fief_err sink_open(struct sink *s, const struct bench_sink_params *p)
{
	enum fief_err e;

	sink_close(s);
	s->source = p->source.cap;
	s->mode = p->mode;
	e = fief_attach(&s->memory, p->ds.cap, p->bytes, KIF_READ | KIF_WRITE);
	if (!e)
		e = fief_packet_stream_init(&s->stream, s->memory.addr,
		                            s->memory.bytes, p->queue);
	s->stream.peer = s->source;
	if (e)
		sink_close(s);
	else if (!fief_packet_sink_sleep(&s->stream))
		serve(s);
	return e;
}

enum fief_err sink_init(struct sink *s, struct fief_entrypoint *ep)
{
	s->submitted.handle = submitted;
	return fief_signal_manage(ep, &s->submitted);
}

void sink_fini(struct sink *s)
{
	sink_close(s);
	fief_signal_dissolve(s->submitted.ep, &s->submitted);
}
