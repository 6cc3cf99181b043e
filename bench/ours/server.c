/* SPDX-License-Identifier: MIT */
/* Serves what bench-client measures. */

#include <fief/attached.h>
#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/ring.h>
#include <fief/root.h>
#include <session/cpu.h>

#include "bench_server.h"
#include "sink.h"

struct session {
	struct fief_service_session base;
	struct fief_rpc_obj extra; /* what `object` returns */
	struct fief_signal_handler trigger;
	fief_cap handler; /* owned: received */
	struct fief_signal_handler submitted;
	struct fief_ring ring;
	fief_cap ring_ds, ring_client; /* owned: received */
	void *ring_at;
	size_t ring_bytes;
	struct sink sink;
};

static struct main {
	struct fief_env *env;
	struct fief_root root;
	struct fief_service service;
} m;

static enum fief_err op_nop(struct fief_rpc_obj *self, uint64_t a, uint64_t b,
                            uint64_t c, uint64_t *d)
{
	(void)self;
	*d = a + b + c;
	return FIEF_OK;
}

static enum fief_err op_object(struct fief_rpc_obj *self, fief_cap *object)
{
	*object = FIEF_SESSION_OF(self, struct session)->extra.cap;
	return FIEF_OK;
}

static enum fief_err op_take(struct fief_rpc_obj *self, fief_cap cap, bool *own)
{
	uint64_t badge;

	(void)self;
	*own = !fief_kif->badge(cap, &badge);
	fief_kif->drop(cap, 1);
	return FIEF_OK;
}

static enum fief_err op_visit(struct fief_rpc_obj *self, struct bench_cap other)
{
	enum fief_err e;
	uint64_t d;

	(void)self;
	e = bench_nop(other, 1, 2, 3, &d);
	fief_kif->drop(other.cap, 1);
	return e;
}

static enum fief_err op_fresh(struct fief_rpc_obj *self, fief_cap *a,
                              fief_cap *b, fief_cap *c, fief_cap *d)
{
	fief_cap *const cap[] = { a, b, c, d };
	enum fief_err e = FIEF_OK;

	for (unsigned i = 0; i < 4 && !e; i++)
		e = fief_kif->export(0, (uint64_t)(uintptr_t)self,
		                     KIF_OBJECT_RPC, cap[i]);
	return e;
}

static enum fief_err op_hang(struct fief_rpc_obj *self)
{
	(void)self;
	return FIEF_LATE;
}

static void triggered(struct fief_signal_handler *self, unsigned count)
{
	struct session *s = FIEF_CONTAINER_OF(self, struct session, trigger);

	(void)count;
	fief_kif->signal(s->handler);
}

static enum fief_err op_echo(struct fief_rpc_obj *self,
                             struct signal_cap handler,
                             struct signal_cap *trigger)
{
	struct session *s = FIEF_SESSION_OF(self, struct session);

	fief_kif->drop(s->handler, 1);
	s->handler = handler.cap;
	trigger->cap = s->trigger.cap;
	return FIEF_OK;
}

static void serve_ring(struct session *s)
{
	struct fief_submission in;
	struct fief_completion out = { 0 };
	enum fief_err e;

	do {
		fief_ring_server_awake(&s->ring);
		while (!(e = fief_ring_take(&s->ring, &in))) {
			out.cookie = in.cookie;
			out.result[0] = in.arg[0] + 1;
			e = fief_ring_answer(&s->ring, &out);
			if (e)
				break;
		}
		fief_ring_server_flush(&s->ring);
	} while (e == FIEF_AGAIN && !fief_ring_server_sleep(&s->ring));
}

static void submitted(struct fief_signal_handler *self, unsigned count)
{
	(void)count;
	serve_ring(FIEF_CONTAINER_OF(self, struct session, submitted));
}

static enum fief_err op_ring(struct fief_rpc_obj *self, struct dataspace_cap ds,
                             uint32_t entries, struct signal_cap client,
                             struct signal_cap *server)
{
	struct session *s = FIEF_SESSION_OF(self, struct session);
	enum fief_err e = FIEF_CONFLICT;

	if (!s->ring_at)
		e = fief_kif->map(ds.cap, 0, 0, NULL, KIF_READ | KIF_WRITE,
		                  &s->ring_at);
	if (!e)
		e = fief_ring_init(&s->ring, s->ring_at,
		                   fief_ring_bytes(entries), entries,
		                   client.cap);
	if (e) {
		fief_kif->drop(ds.cap, 1);
		fief_kif->drop(client.cap, 1);
		return e;
	}
	s->ring_ds = ds.cap;
	s->ring_client = client.cap;
	s->ring_bytes = fief_ring_bytes(entries);
	server->cap = s->submitted.cap;
	if (!fief_ring_server_sleep(&s->ring))
		serve_ring(s);
	return FIEF_OK;
}

static enum fief_err op_sink(struct fief_rpc_obj *self,
                             const struct bench_sink_params *in,
                             struct bench_sink_results *out)
{
	struct sink *s = &FIEF_SESSION_OF(self, struct session)->sink;

	out->sink.cap = s->submitted.cap;
	return sink_open(s, in);
}

static const struct bench_ops ops = {
	.nop = op_nop,
	.object = op_object,
	.take = op_take,
	.echo = op_echo,
	.ring = op_ring,
	.visit = op_visit,
	.burn = load_op_burn,
	.flood = load_op_flood,
	.besiege = load_op_besiege,
	.report = load_op_report,
	.gate = gates_op_gate,
	.fresh = op_fresh,
	.hang = op_hang,
	.sink = op_sink,
};

static enum fief_err session_init(struct fief_service_session *base,
                                  const struct fief_service_request *request)
{
	struct session *s = (struct session *)base;
	enum fief_err e;

	(void)request;
	s->extra.type = &bench_rpc_type;
	s->extra.ops = &ops;
	s->trigger.handle = triggered;
	s->submitted.handle = submitted;
	e = fief_entrypoint_manage(m.env->ep, &s->extra);
	if (!e)
		e = fief_signal_manage(m.env->ep, &s->trigger);
	if (!e)
		e = fief_signal_manage(m.env->ep, &s->submitted);
	if (!e)
		e = sink_init(&s->sink, m.env->ep);
	return e;
}

static void session_fini(struct fief_service_session *base)
{
	struct session *s = (struct session *)base;

	fief_entrypoint_dissolve(m.env->ep, &s->extra);
	fief_signal_dissolve(m.env->ep, &s->trigger);
	fief_signal_dissolve(m.env->ep, &s->submitted);
	sink_fini(&s->sink);
	fief_kif->drop(s->handler, 1);
	fief_kif->drop(s->ring_client, 1);
	if (s->ring_at && fief_kif->unmap(s->ring_at, s->ring_bytes))
		fief_error("cannot unmap a ring");
	fief_kif->drop(s->ring_ds, 1);
}

static void place(struct fief_env *env)
{
	struct fief_config config;
	uint64_t cpu = UINT64_MAX;

	if (fief_config_open(env, &config))
		return; /* no config: no placement */
	if (!node_attr_u64(config.root, "cpu", UINT64_MAX, NULL, &cpu) &&
	    cpu < 64 && cpu_affinity((struct cpu_cap){ env->cpu }, 1ull << cpu))
		fief_error("cannot be placed on CPU %llu",
		           (unsigned long long)cpu);
	fief_config_close(&config);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	place(env);
	gates_init(env, &ops);
	m.service = (struct fief_service){
		.name = BENCH_SERVICE,
		.type = &bench_rpc_type,
		.ops = &ops,
		.size = sizeof(struct session),
		.init = session_init,
		.fini = session_fini,
	};
	e = fief_root_init(&m.root, env);
	if (!e)
		e = load_init(env);
	if (!e)
		e = fief_root_announce(&m.root, &m.service);
	if (e) {
		fief_error("cannot provide Bench: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
}
