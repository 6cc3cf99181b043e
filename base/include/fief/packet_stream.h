/* SPDX-License-Identifier: MIT */
/*
 * Packet stream: bulk data between two components through one dataspace. The
 * *source* (a client, as a rule) places packets in the bulk area and submits
 * descriptors of them; the *sink* (the server) works on them in any order and
 * acknowledges each once. Both queues are bounded, so neither side can make
 * the other one store anything.
 *
 * The peer is hostile. A descriptor is copied out of the shared memory, and
 * its range and alignment are checked, before anybody sees it. The content of
 * a packet can change at any time: whoever decides by it copies it first.
 *
 * Each side wakes the other by one signal, at most once a batch:
 * `..._flush` after some submissions or acknowledgements.
 */
#pragma once

#include <fief/attached.h>
#include <fief/shared_queue.h>

enum {
	FIEF_PACKET_ALIGN = 8,        /* of offsets in the bulk area */
	FIEF_PACKET_QUEUE_MAX = 1024, /* descriptors in a queue */
};

/* A descriptor. `op`, `arg`, `handle` belong to the session's protocol. */
struct fief_packet {
	uint32_t offset; /* in the bulk area */
	uint32_t size;   /* bytes; 0: no payload */
	uint32_t op;
	uint32_t status; /* of an acknowledgement: enum fief_err */
	uint64_t arg;    /* a position, a block number */
	uint64_t cookie; /* the source's own; comes back unchanged */
};

struct fief_packet_stream {
	struct fief_queue submit;
	struct fief_queue ack;
	unsigned char *bulk; /* borrowed: in the shared dataspace */
	size_t bulk_bytes;
	uint32_t open; /* submitted and not acknowledged, as this side counts */
	fief_cap peer; /* borrowed: signal that wakes the other side */
};

/* Bytes of the dataspace for `queue` descriptors (a power of two) and `bulk`
 * bytes. SIZE_MAX if that is out of range. */
size_t fief_packet_stream_bytes(uint32_t queue, size_t bulk);

/*
 * Use a zeroed dataspace, mapped at `at` with `bytes`, as stream; both sides
 * with the same `queue`. INVALID if it is too small, or `queue` out of range.
 */
FIEF_MUST enum fief_err fief_packet_stream_init(struct fief_packet_stream *s,
                                                void *at, size_t bytes,
                                                uint32_t queue);

/* Address of a packet's payload. Only of a descriptor that get_ack or take
 * returned, or that the source made itself. */
static inline void *fief_packet_at(const struct fief_packet_stream *s,
                                   const struct fief_packet *p)
{
	return s->bulk + p->offset;
}

/* ---- source ---- */

/* Errors: AGAIN (as many are on their way as the queue holds; each one that
 * get_ack returns makes room), INVALID (not in the bulk area; or the peer broke
 * the protocol). */
FIEF_MUST enum fief_err fief_packet_submit(struct fief_packet_stream *s,
                                           const struct fief_packet *p);

/* Next acknowledgement. Errors: AGAIN (none), INVALID (protocol broken). */
FIEF_MUST enum fief_err fief_packet_get_ack(struct fief_packet_stream *s,
                                            struct fief_packet *p);

/* Show what was submitted, give back what was taken, wake the sink if it
 * sleeps. */
void fief_packet_source_flush(struct fief_packet_stream *s);

/* The same without waking anybody: the sink is told by a call. */
void fief_packet_source_show(struct fief_packet_stream *s);

/* Before waiting for the wake-up signal: false if an acknowledgement is there
 * already. */
FIEF_MUST bool fief_packet_source_sleep(struct fief_packet_stream *s);

/* ---- sink ---- */

/*
 * Next packet. Errors: AGAIN (none, or too many are not acknowledged yet),
 * INVALID (protocol broken: close the session). A packet out of range is not
 * shown but acknowledged with INVALID. Take at most as many in a row as the
 * queue holds, then give other clients their turn.
 */
FIEF_MUST enum fief_err fief_packet_take(struct fief_packet_stream *s,
                                         struct fief_packet *p);

/* Acknowledge a packet that was taken, once; always fits. INVALID: protocol
 * broken, or nothing to acknowledge. */
FIEF_MUST enum fief_err fief_packet_ack(struct fief_packet_stream *s,
                                        const struct fief_packet *p);

void fief_packet_sink_flush(struct fief_packet_stream *s);
FIEF_MUST bool fief_packet_sink_sleep(struct fief_packet_stream *s);

/* ---- both ---- */

/* First thing after the wake-up signal. */
void fief_packet_source_awake(struct fief_packet_stream *s);
void fief_packet_sink_awake(struct fief_packet_stream *s);
