/* SPDX-License-Identifier: MIT */
/* A Block server that lies: the last element of a session's label says how. */

#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/packet_stream.h>
#include <fief/root.h>
#include <lib/label.h>
#include <lib/mem.h>
#include <session/block.h>

enum { QUEUE = 64, BULK = 1 << 20, BLOCK = 512, BLOCKS = 1024 };

struct liar;

/* What to do with packets that were submitted. */
typedef void answer(struct liar *s);

struct lie {
	const char *label;
	uint32_t block_size;
	uint64_t block_count;
	uint8_t align;
	uint64_t bytes; /* told beyond those of the dataspace */
	uint32_t queue;
	bool no_memory; /* a null dataspace */
	answer *answer;
};

struct liar {
	struct fief_service_session base;
	const struct lie *lie;
	struct fief_attached_ram memory;
	struct fief_packet_stream stream;
	struct fief_signal_handler submitted;
	fief_cap bell;
};

static struct main {
	struct fief_env *env;
	struct fief_root root;
	struct fief_service service;
} m;

/* ---- answers ---- */

static void acknowledge(struct liar *s, struct fief_packet p)
{
	/* Not by fief_packet_ack, which would count. */
	if (fief_queue_put(&s->stream.ack, &p))
		fief_warning("the queue is full");
}

static void answer_cookie(struct liar *s)
{
	acknowledge(s, (struct fief_packet){ .cookie = UINT64_MAX });
}

static void answer_other(struct liar *s)
{
	acknowledge(s, (struct fief_packet){ .cookie = 40 });
}

static void answer_twice(struct liar *s)
{
	struct fief_packet p;

	if (fief_packet_take(&s->stream, &p))
		return;
	for (unsigned i = 0; i < QUEUE; i++)
		acknowledge(s, p);
}

static void answer_range(struct liar *s)
{
	acknowledge(s, (struct fief_packet){ .offset = UINT32_MAX - 7,
	                                     .size = 4096 });
}

static void answer_status(struct liar *s)
{
	acknowledge(s, (struct fief_packet){ .status = 0x80000000 });
}

static void answer_positions(struct liar *s)
{
	memset(s->memory.addr, 0xa5, fief_queue_bytes(QUEUE, 32) * 2);
}

/* ---- lies ---- */

#define DEVICE(size, count, log_align, packets)                                \
	.block_size = (size), .block_count = (count), .align = (log_align),    \
	.queue = (packets)

static const struct lie lies[] = {
	{ "size-0", DEVICE(0, BLOCKS, 3, QUEUE) },
	{ "size-513", DEVICE(513, BLOCKS, 3, QUEUE) },
	{ "size-256", DEVICE(256, BLOCKS, 3, QUEUE) },
	{ "size-big", DEVICE(1u << 31, BLOCKS, 3, QUEUE) },
	{ "count", DEVICE(BLOCK, UINT64_MAX, 3, QUEUE) },
	{ "count-wraps", DEVICE(BLOCK, 1ULL << 55, 3, QUEUE) },
	{ "align", DEVICE(BLOCK, BLOCKS, 255, QUEUE) },
	{ "memory", DEVICE(BLOCK, BLOCKS, 3, QUEUE), .no_memory = true },
	{ "bytes", DEVICE(BLOCK, BLOCKS, 3, QUEUE), .bytes = 1 << 30 },
	{ "queue-0", DEVICE(BLOCK, BLOCKS, 3, 0) },
	{ "queue-3", DEVICE(BLOCK, BLOCKS, 3, 3) },
	{ "queue-big", DEVICE(BLOCK, BLOCKS, 3, 1u << 31) },
	{ "cookie", DEVICE(BLOCK, BLOCKS, 3, QUEUE), .answer = answer_cookie },
	{ "other", DEVICE(BLOCK, BLOCKS, 3, QUEUE), .answer = answer_other },
	{ "twice", DEVICE(BLOCK, BLOCKS, 3, QUEUE), .answer = answer_twice },
	{ "range", DEVICE(BLOCK, BLOCKS, 3, QUEUE), .answer = answer_range },
	{ "status", DEVICE(BLOCK, BLOCKS, 3, QUEUE), .answer = answer_status },
	{ "positions", DEVICE(BLOCK, BLOCKS, 3, QUEUE),
	  .answer = answer_positions },
};

static const struct lie *lie_find(const char *label)
{
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++)
		if (!strcmp(lies[i].label, label))
			return &lies[i];
	return NULL;
}

static void on_submitted(struct fief_signal_handler *self, unsigned count)
{
	struct liar *s = FIEF_CONTAINER_OF(self, struct liar, submitted);

	(void)count;
	if (s->lie->answer)
		s->lie->answer(s);
	if (s->lie->answer != answer_positions)
		fief_packet_sink_flush(&s->stream);
	fief_kif->signal(s->bell);
}

static enum fief_err op_info(struct fief_rpc_obj *self, uint32_t *block_size,
                             uint64_t *block_count, uint8_t *align,
                             bool *writeable)
{
	const struct liar *s = FIEF_SESSION_OF(self, struct liar);

	*block_size = s->lie->block_size;
	*block_count = s->lie->block_count;
	*align = s->lie->align;
	*writeable = true;
	return FIEF_OK;
}

static enum fief_err op_stream(struct fief_rpc_obj *self,
                               const struct block_stream_params *params,
                               struct block_stream_results *results)
{
	struct liar *s = FIEF_SESSION_OF(self, struct liar);

	fief_kif->drop(s->bell, 1);
	s->bell = params->bell.cap;
	*results = (struct block_stream_results){
		.ds = { s->lie->no_memory ? FIEF_CAP_NULL : s->memory.ds },
		.bytes = s->memory.bytes + s->lie->bytes,
		.queue = s->lie->queue,
		.bell = { s->submitted.cap },
	};
	return FIEF_OK;
}

static const struct block_ops ops = { .info = op_info, .stream = op_stream };

static enum fief_err liar_init(struct fief_service_session *base,
                               const struct fief_service_request *request)
{
	struct liar *s = (struct liar *)base;
	enum fief_err e;

	s->lie = lie_find(label_last(request->label));
	if (!s->lie)
		return FIEF_NOT_FOUND;
	e = fief_attached_ram_init(&s->memory, m.env->ram,
	                           fief_packet_stream_bytes(QUEUE, BULK));
	if (e)
		return e;
	e = fief_packet_stream_init(&s->stream, s->memory.addr, s->memory.bytes,
	                            QUEUE);
	s->submitted.handle = on_submitted;
	if (!e)
		e = fief_signal_manage(m.env->ep, &s->submitted);
	if (e)
		fief_attached_ram_fini(&s->memory);
	return e;
}

static void liar_fini(struct fief_service_session *base)
{
	struct liar *s = (struct liar *)base;

	fief_signal_dissolve(m.env->ep, &s->submitted);
	fief_kif->drop(s->bell, 1);
	fief_attached_ram_fini(&s->memory);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.service = (struct fief_service){
		.name = BLOCK_SERVICE,
		.type = &block_rpc_type,
		.ops = &ops,
		.size = sizeof(struct liar),
		.init = liar_init,
		.fini = liar_fini,
	};
	e = fief_root_init(&m.root, env);
	if (!e)
		e = fief_root_announce(&m.root, &m.service);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
