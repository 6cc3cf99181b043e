/* SPDX-License-Identifier: MIT */
/* One of many clients of a server, with several channels to it, that does as
 * bench-client says. */

#include <fief/attached.h>
#include <fief/component.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/session.h>
#include <fief/thread.h>
#include <session/bench.h>

enum { KEPT = 8, WARM_UP = 3, ROW = 16, STACK = 8192 };

static struct guest {
	struct fief_env *env;
	struct fief_session hub;
	struct fief_rpc_obj obj;
	struct bench_cap kept[KEPT]; /* owned: received */
	unsigned nkept;
	struct fief_attached times;
	uint64_t *time; /* in `times`: of the first thread */
	struct fief_signal_handler handler;
	struct fief_worker worker[KEPT];
} m;

static enum fief_err call(unsigned i)
{
	uint64_t d;

	return bench_nop(m.kept[i], 1, 2, 3, &d);
}

static enum fief_err op_join(struct fief_rpc_obj *self, struct bench_cap cap)
{
	(void)self;
	if (m.nkept == KEPT) {
		fief_kif->drop(cap.cap, 1);
		return FIEF_LIMIT;
	}
	m.kept[m.nkept++] = cap;
	return call(m.nkept - 1);
}

static enum fief_err op_probe(struct fief_rpc_obj *self, uint32_t index,
                              uint64_t *first, uint64_t *again)
{
	enum fief_err e = FIEF_OK;
	uint64_t t0, t1;

	(void)self;
	if (index >= m.nkept)
		return FIEF_INVALID;
	for (unsigned i = 0; i < WARM_UP && !e; i++)
		e = call((index + 1) % m.nkept);
	t0 = fief_kif->time();
	if (!e)
		e = call(index);
	t1 = fief_kif->time();
	*first = t1 - t0;
	for (unsigned i = 0; i < ROW && !e; i++) {
		t0 = fief_kif->time();
		e = call(index);
	}
	*again = fief_kif->time() - t0;
	return e;
}

/* ---- blocked calls ---- */

static void hang(unsigned i)
{
	enum fief_err e = bench_hang(m.kept[i]);

	if (e == FIEF_GONE)
		m.time[i] = fief_kif->time();
	else
		fief_error("a call ended with %s", fief_err_text(e));
}

static void hang_worker(struct fief_worker *self)
{
	hang((unsigned)(self - m.worker));
	for (;;) /* others are to return now, not we to end */
		fief_kif->park(FIEF_NEVER);
}

/* The initial thread has the first one. */
static void on_block(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
	for (unsigned i = 1; i < m.nkept; i++) {
		m.worker[i].name = "hang";
		m.worker[i].run = hang_worker;
		if (fief_worker_start(&m.worker[i], m.env->ram, STACK))
			fief_error("no thread");
	}
	hang(0);
}

static enum fief_err op_block(struct fief_rpc_obj *self,
                              struct dataspace_cap times, uint32_t first)
{
	const size_t bytes = (first + KEPT) * sizeof(uint64_t);
	enum fief_err e;

	(void)self;
	e = fief_attach(&m.times, times.cap, bytes, KIF_READ | KIF_WRITE);
	if (e)
		return e;
	m.time = (uint64_t *)m.times.addr + first;
	fief_signal_local_submit(&m.handler);
	return FIEF_OK;
}

static const struct guest_ops ops = {
	.join = op_join,
	.probe = op_probe,
	.block = op_block,
};

void fief_component_construct(struct fief_env *env)
{
	const struct fief_session_args args = {
		.service = HUB_SERVICE,
		.ram = HUB_RAM_QUOTA,
		.caps = HUB_CAP_QUOTA,
	};
	enum fief_err e;

	m.env = env;
	m.obj.type = &guest_rpc_type;
	m.obj.ops = &ops;
	m.handler.handle = on_block;
	e = fief_entrypoint_manage(env->ep, &m.obj);
	if (!e)
		e = fief_signal_manage(env->ep, &m.handler);
	if (!e)
		e = fief_session_open(env, &args, &m.hub);
	if (!e)
		e = hub_enroll((struct hub_cap){ m.hub.cap },
		               (struct guest_cap){ m.obj.cap });
	if (e)
		fief_error("cannot enroll: %s", fief_err_text(e));
}
