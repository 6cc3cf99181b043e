/* SPDX-License-Identifier: MIT */
/* Packet streams over two queues and a bulk area. */

#include <fief/packet_stream.h>

#include <assert.h>

#include <fief/kif_table.h>
#include <lib/checked.h>

static_assert(sizeof(struct fief_packet) == 32, "layout is known to the peer");

static bool queue_valid(uint32_t queue)
{
	return queue && queue <= FIEF_PACKET_QUEUE_MAX &&
	       !(queue & (queue - 1));
}

static size_t queue_bytes(uint32_t queue)
{
	return fief_queue_bytes(queue, sizeof(struct fief_packet));
}

size_t fief_packet_stream_bytes(uint32_t queue, size_t bulk)
{
	size_t bytes;

	if (!queue_valid(queue) || bulk > UINT32_MAX ||
	    !checked_add(2 * queue_bytes(queue), bulk, &bytes))
		return SIZE_MAX;
	return bytes;
}

enum fief_err fief_packet_stream_init(struct fief_packet_stream *s, void *at,
                                      size_t bytes, uint32_t queue)
{
	size_t bulk;

	if (!queue_valid(queue) ||
	    !checked_sub(bytes, 2 * queue_bytes(queue), &bulk))
		return FIEF_INVALID;
	*s = (struct fief_packet_stream){
		.bulk = (unsigned char *)at + 2 * queue_bytes(queue),
		.bulk_bytes = bulk,
	};
	fief_queue_init(&s->submit, at, queue, sizeof(struct fief_packet));
	fief_queue_init(&s->ack, (char *)at + queue_bytes(queue), queue,
	                sizeof(struct fief_packet));
	return FIEF_OK;
}

static bool packet_valid(const struct fief_packet_stream *s,
                         const struct fief_packet *p)
{
	return p->offset % FIEF_PACKET_ALIGN == 0 &&
	       checked_range(p->offset, p->size, s->bulk_bytes);
}

/* ---- source ---- */

enum fief_err fief_packet_submit(struct fief_packet_stream *s,
                                 const struct fief_packet *p)
{
	enum fief_err e;

	if (!packet_valid(s, p))
		return FIEF_INVALID;
	if (s->open == s->submit.capacity)
		return FIEF_AGAIN; /* so that each acknowledgement has room */
	e = fief_queue_put(&s->submit, p);
	if (!e)
		s->open++;
	return e;
}

enum fief_err fief_packet_get_ack(struct fief_packet_stream *s,
                                  struct fief_packet *p)
{
	struct fief_packet got;
	enum fief_err e = fief_queue_get(&s->ack, &got);

	if (e)
		return e;
	if (!s->open || !packet_valid(s, &got)) {
		s->ack.broken = true;
		return FIEF_INVALID;
	}
	s->open--;
	got.status = fief_err_from_wire(got.status);
	*p = got;
	return FIEF_OK;
}

void fief_packet_source_flush(struct fief_packet_stream *s)
{
	/* In this order: a sink that sees a packet before it sees the room for
	 * its acknowledgement does not take it, and is not told of the room. */
	const bool room = fief_queue_release(&s->ack);
	const bool news = fief_queue_publish(&s->submit);

	if (news || room)
		fief_kif->signal(s->peer);
}

void fief_packet_source_show(struct fief_packet_stream *s)
{
	const bool room = fief_queue_release(&s->ack);
	const bool news = fief_queue_publish(&s->submit);

	(void)news, (void)room;
}

bool fief_packet_source_sleep(struct fief_packet_stream *s)
{
	return fief_queue_sleep(&s->ack);
}

void fief_packet_source_awake(struct fief_packet_stream *s)
{
	fief_queue_awake(&s->ack);
}

/* ---- sink ---- */

enum fief_err fief_packet_ack(struct fief_packet_stream *s,
                              const struct fief_packet *p)
{
	enum fief_err e;

	if (!s->open)
		return FIEF_INVALID;
	e = fief_queue_put(&s->ack, p);
	if (!e)
		s->open--;
	return e;
}

enum fief_err fief_packet_take(struct fief_packet_stream *s,
                               struct fief_packet *p)
{
	struct fief_packet got;
	enum fief_err e;

	for (uint32_t i = 0; i < s->submit.capacity; i++) {
		/* Each one taken can be acknowledged: a source that does not
		 * collect is not served. */
		if (fief_queue_room(&s->ack) <= s->open)
			return s->ack.broken ? FIEF_INVALID : FIEF_AGAIN;
		e = fief_queue_get(&s->submit, &got);
		if (e)
			return e;
		s->open++;
		if (packet_valid(s, &got)) {
			*p = got;
			return FIEF_OK;
		}
		got.offset = 0;
		got.size = 0;
		got.status = FIEF_INVALID;
		e = fief_packet_ack(s, &got);
		if (e)
			return e;
	}
	return FIEF_AGAIN;
}

void fief_packet_sink_flush(struct fief_packet_stream *s)
{
	/* In this order: who has the acknowledgement may submit at once. */
	const bool room = fief_queue_release(&s->submit);
	const bool news = fief_queue_publish(&s->ack);

	if (news || room)
		fief_kif->signal(s->peer);
}

bool fief_packet_sink_sleep(struct fief_packet_stream *s)
{
	/* A source that does not collect is not waited for: it rings. */
	return fief_queue_sleep(&s->submit) ||
	       fief_queue_room(&s->ack) <= s->open;
}

void fief_packet_sink_awake(struct fief_packet_stream *s)
{
	fief_queue_awake(&s->submit);
}
