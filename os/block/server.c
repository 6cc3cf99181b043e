/* SPDX-License-Identifier: MIT */
/* Turns of Block sessions, and their requests. */

#include "server.h"

#include <fief/args.h>
#include <fief/assert.h>
#include <fief/kif_table.h>
#include <lib/checked.h>
#include <lib/mem.h>

static struct block_server *server_of(const struct block_session *s)
{
	return FIEF_CONTAINER_OF(s->base.service, struct block_server, service);
}

/* The session is looked at in its turn, once. */
static void session_wake(struct block_session *s)
{
	struct block_server *v = server_of(s);

	if (list_linked(&s->elem) || s->bell == FIEF_CAP_NULL)
		return;
	list_add_last(&v->ready, &s->elem);
	fief_signal_local_submit(&v->turn);
}

/* ---- requests ---- */

static void packet_done(struct block_session *s, struct fief_packet *p,
                        enum fief_err status)
{
	p->status = (uint32_t)status;
	if (fief_packet_ack(&s->stream, p))
		s->stream.submit.broken = true; /* the client spoiled it */
}

void block_request_done(struct block_request *r, enum fief_err status)
{
	fief_assert(r->busy);
	r->busy = false;
	packet_done(r->session, &r->packet, status);
	session_wake(r->session); /* which also shows the acknowledgement */
}

/* There is one: the stream gives no more packets than it holds. */
static struct block_request *request_free(struct block_session *s)
{
	unsigned i = 0;

	while (i < BLOCK_QUEUE && s->request[i].busy)
		i++;
	fief_assert(i < BLOCK_QUEUE);
	return &s->request[i];
}

/* Error: AGAIN; it is parked then, and the session waits. */
static enum fief_err request_submit(struct block_request *r)
{
	struct block_session *s = r->session;
	struct block_server *v = server_of(s);
	enum fief_err e;

	r->busy = true;
	e = v->ops->submit(v, r);
	if (e != FIEF_AGAIN) {
		if (e)
			block_request_done(r, e);
		s->parked = NULL;
		return FIEF_OK;
	}
	s->parked = r;
	return e;
}

/* The next packet of the client. Errors: AGAIN (none), INVALID (broken); LIMIT:
 * the device has no room. Adds what its bytes cost, beyond one. */
static enum fief_err session_next(struct block_session *s, unsigned *cost)
{
	struct block_request *r;
	struct block_range range;
	struct fief_packet p;
	enum fief_err e;

	if (s->parked)
		return request_submit(s->parked) ? FIEF_LIMIT : FIEF_OK;
	e = fief_packet_take(&s->stream, &p);
	if (e)
		return e;
	e = block_decode(&s->view.info, &p, &range);
	if (e) {
		packet_done(s, &p, e);
		return FIEF_OK;
	}
	*cost += range.bytes / BLOCK_COST_BYTES;
	if (range.count)
		range.first += s->view.first;
	r = request_free(s);
	*r = (struct block_request){
		.range = range,
		.data = fief_packet_at(&s->stream, &p),
		.session = s,
		.packet = p,
	};
	return request_submit(r) ? FIEF_LIMIT : FIEF_OK;
}

/* ---- turns ---- */

static void session_rest(struct block_server *v, struct block_session *s,
                         enum fief_err e)
{
	if (e == FIEF_LIMIT)
		list_add_last(&v->waiting, &s->elem);
	else if (e == FIEF_AGAIN && !fief_packet_sink_sleep(&s->stream))
		e = FIEF_OK;
	else if (e == FIEF_INVALID && !s->stream.submit.broken)
		s->stream.submit.broken = true;
	if (!e)
		list_add_last(&v->ready, &s->elem);
}

/* Returns what it cost, at least 1 for the look. */
static unsigned session_turn(struct block_server *v, struct block_session *s)
{
	enum fief_err e = FIEF_OK;
	unsigned n = 0;
	/* Who waited for room takes one, so that the next one gets its own. */
	const unsigned most = s->parked ? 1 : BLOCK_TURN;

	fief_packet_sink_awake(&s->stream);
	while (!e && n < most) {
		n++;
		e = session_next(s, &n);
	}
	/* Requests that were done within the turn have put it on the list. */
	list_remove(&s->elem);
	fief_packet_sink_flush(&s->stream);
	session_rest(v, s, e);
	return n;
}

static void on_turn(struct fief_signal_handler *self, unsigned count)
{
	struct block_server *v =
		FIEF_CONTAINER_OF(self, struct block_server, turn);
	unsigned n = 0;

	(void)count;
	while (n < BLOCK_WAKE && !list_empty(&v->ready)) {
		struct block_session *s =
			LIST_FIRST(&v->ready, struct block_session, elem);

		list_remove(&s->elem);
		n += session_turn(v, s);
	}
	if (!list_empty(&v->ready))
		fief_signal_local_submit(&v->turn);
}

void block_server_resume(struct block_server *s)
{
	struct list_elem *e;

	/* Ahead of those who did not wait, in their order. */
	while ((e = s->waiting.last)) {
		list_remove(e);
		list_add_first(&s->ready, e);
	}
	if (!list_empty(&s->ready))
		fief_signal_local_submit(&s->turn);
}

static void on_submitted(struct fief_signal_handler *self, unsigned count)
{
	(void)count;
	session_wake(FIEF_CONTAINER_OF(self, struct block_session, submitted));
}

/* ---- operations ---- */

static enum fief_err op_info(struct fief_rpc_obj *self, uint32_t *block_size,
                             uint64_t *block_count, uint8_t *align,
                             bool *writeable)
{
	const struct block_session *s =
		FIEF_SESSION_OF(self, struct block_session);

	*block_size = s->view.info.block_size;
	*block_count = s->view.info.block_count;
	*align = BLOCK_ALIGN;
	*writeable = s->view.info.writeable;
	return FIEF_OK;
}

static enum fief_err op_stream(struct fief_rpc_obj *self,
                               const struct block_stream_params *params,
                               struct block_stream_results *results)
{
	struct block_session *s = FIEF_SESSION_OF(self, struct block_session);

	if (s->bell || !params->bell.cap) {
		fief_kif->drop(params->bell.cap, 1);
		return s->bell ? FIEF_CONFLICT : FIEF_INVALID;
	}
	s->bell = params->bell.cap;
	s->stream.peer = s->bell;
	*results = (struct block_stream_results){
		.ds = { s->memory.ds },
		.bytes = s->memory.bytes,
		.queue = BLOCK_QUEUE,
		.bell = { s->submitted.cap },
	};
	session_wake(s);
	return FIEF_OK;
}

static const struct block_ops operations = {
	.info = op_info,
	.stream = op_stream,
};

/* ---- sessions ---- */

struct wish {
	uint64_t buffer, offset, count;
	bool writeable;
};

static enum fief_err wish_read(const char *args, struct wish *w)
{
	char flag[8] = "no";
	enum fief_err e;

	e = fief_args_u64(args, "tx_buf_size", BLOCK_BUFFER_DEFAULT,
	                  &w->buffer);
	if (!e)
		e = fief_args_u64(args, "offset", 0, &w->offset);
	if (!e)
		e = fief_args_u64(args, "num_blocks", 0, &w->count);
	if (e)
		return e;
	if (!w->buffer || w->buffer > BLOCK_BUFFER_MAX)
		return FIEF_LIMIT;
	e = fief_args_text(args, "writeable", flag, sizeof(flag));
	w->writeable = !e && !strcmp(flag, "yes");
	if (e == FIEF_NOT_FOUND)
		return FIEF_OK;
	return e || w->writeable || !strcmp(flag, "no") ? e : FIEF_INVALID;
}

/* Narrow what the session sees. */
static enum fief_err view_cut(struct block_view *view, const struct wish *w)
{
	const uint64_t have = view->info.block_count;

	if (w->offset > have)
		return FIEF_LIMIT;
	view->info.block_count = have - w->offset;
	if (w->count > view->info.block_count)
		return FIEF_LIMIT;
	if (w->count)
		view->info.block_count = w->count;
	view->first += w->offset;
	return FIEF_OK;
}

static enum fief_err stream_make(struct block_session *s, size_t buffer)
{
	const size_t bytes = fief_packet_stream_bytes(BLOCK_QUEUE, buffer);
	enum fief_err e;

	/* The handler, and the bell that the client is going to give. */
	e = fief_budget_take(&s->base.budget, 0, 2);
	if (!e)
		e = fief_attached_ram_init(&s->memory, &s->base.ram.ram, bytes);
	if (e)
		return e;
	e = fief_packet_stream_init(&s->stream, s->memory.addr, s->memory.bytes,
	                            BLOCK_QUEUE);
	s->submitted.handle = on_submitted;
	s->submitted.level = FIEF_SIGNAL_IO;
	if (!e)
		e = fief_signal_manage(server_of(s)->env->ep, &s->submitted);
	if (e)
		fief_attached_ram_fini(&s->memory);
	return e;
}

static void stream_free(struct block_session *s)
{
	fief_signal_dissolve(server_of(s)->env->ep, &s->submitted);
	fief_attached_ram_fini(&s->memory);
}

static enum fief_err session_init(struct fief_service_session *base,
                                  const struct fief_service_request *request)
{
	struct block_session *s = (struct block_session *)base;
	struct block_server *v = server_of(s);
	struct wish w = { 0 };
	bool writeable;
	enum fief_err e = wish_read(request->args, &w);

	if (!e)
		e = stream_make(s, w.buffer);
	if (e)
		return e;
	e = v->ops->open(v, request->label, w.writeable, &s->view, &s->owner);
	if (e) {
		stream_free(s);
		return e;
	}
	writeable = s->view.info.writeable;
	e = view_cut(&s->view, &w);
	if (e) {
		v->ops->close(v, s->owner, writeable);
		stream_free(s);
	}
	return e;
}

static void session_fini(struct fief_service_session *base)
{
	struct block_session *s = (struct block_session *)base;
	struct block_server *v = server_of(s);

	list_remove(&s->elem);
	for (unsigned i = 0; i < BLOCK_QUEUE; i++)
		if (s->request[i].busy && s->parked != &s->request[i])
			v->ops->cancel(v, &s->request[i]);
	v->ops->close(v, s->owner, s->view.info.writeable);
	fief_kif->drop(s->bell, 1);
	stream_free(s);
}

enum fief_err block_server_init(struct block_server *s, struct fief_env *env,
                                struct fief_root *root,
                                const struct block_device_ops *ops)
{
	enum fief_err e;

	s->env = env;
	s->ops = ops;
	s->turn.handle = on_turn;
	s->turn.level = FIEF_SIGNAL_IO;
	e = fief_signal_manage(env->ep, &s->turn);
	if (e)
		return e;
	s->service = (struct fief_service){
		.name = BLOCK_SERVICE,
		.type = &block_rpc_type,
		.ops = &operations,
		.size = sizeof(struct block_session),
		.init = session_init,
		.fini = session_fini,
	};
	return fief_root_announce(root, &s->service);
}
