/* SPDX-License-Identifier: MIT */
/* Calls, capabilities in them, signals, dataspaces. */

#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>
#include <session/cpu.h>
#include <session/pd.h>

#include "bench_client.h"

static struct {
	fief_cap theirs; /* an object of the server */
	fief_cap third;  /* an object of another server */
	unsigned signals;
	struct fief_signal_handler handler;
	struct signal_cap trigger;
} state;

static enum fief_err null_call(struct bench *b, unsigned batch)
{
	enum fief_err e = FIEF_OK;
	uint64_t d;

	for (unsigned i = 0; i < batch && !e; i++)
		e = bench_nop(b->server, i, 2, 3, &d);
	return e;
}

static enum fief_err core_call(struct bench *b, unsigned batch)
{
	struct pd_cap pd = { b->env->pd };
	enum fief_err e = FIEF_OK;
	enum pd_state pd_state;
	int32_t code;

	for (unsigned i = 0; i < batch && !e; i++)
		e = pd_status(pd, &pd_state, &code);
	return e;
}

static enum fief_err object_call(struct bench *b, unsigned batch)
{
	enum fief_err e = FIEF_OK;
	fief_cap cap;

	for (unsigned i = 0; i < batch && !e; i++) {
		e = bench_object(b->server, &cap);
		if (!e)
			fief_kif->drop(cap, 1);
	}
	return e;
}

static enum fief_err give(struct bench *b, fief_cap cap, unsigned batch)
{
	enum fief_err e = FIEF_OK;
	bool own;

	for (unsigned i = 0; i < batch && !e; i++)
		e = bench_take(b->server, cap, &own);
	return e;
}

static enum fief_err cap_back_call(struct bench *b, unsigned batch)
{
	return give(b, state.theirs, batch);
}

static enum fief_err delegate_call(struct bench *b, unsigned batch)
{
	return give(b, state.third, batch);
}

void bench_group_call(struct bench *b)
{
	struct fief_session third;
	enum fief_err e;
	const struct fief_session_args args = {
		.service = BENCH_SERVICE,
		.label = "third",
		.ram = BENCH_RAM_QUOTA,
		.caps = BENCH_CAP_QUOTA,
	};

	e = bench_object(b->server, &state.theirs);
	if (!e)
		e = fief_session_open(b->env, &args, &third);
	if (e)
		bench_fail(b, "call", e);
	state.third = third.cap;
	bench_run(b, "null_call", null_call, 1);
	bench_run(b, "core_call", core_call, 1);
	bench_run(b, "object_call", object_call, 1);
	bench_run(b, "cap_back_call", cap_back_call, 1);
	bench_run(b, "delegate_call", delegate_call, 1);
}

/* ---- signals ---- */

static void on_signal(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	state.signals += count;
}

static enum fief_err signal_pingpong(struct bench *b, unsigned batch)
{
	for (unsigned i = 0; i < batch; i++) {
		const unsigned before = state.signals;

		fief_kif->signal(state.trigger.cap);
		while (state.signals == before)
			fief_entrypoint_step(b->env->ep, FIEF_NEVER);
	}
	return FIEF_OK;
}

void bench_group_signal(struct bench *b)
{
	enum fief_err e;

	state.handler.handle = on_signal;
	e = fief_signal_manage(b->env->ep, &state.handler);
	if (!e)
		e = bench_echo(b->server,
		               (struct signal_cap){ state.handler.cap },
		               &state.trigger);
	if (e)
		bench_fail(b, "signal", e);
	bench_run(b, "signal_pingpong", signal_pingpong, 1);
}

/* ---- dataspaces ---- */

static enum fief_err dataspace_cycle(struct bench *b, unsigned batch)
{
	enum fief_err e = FIEF_OK;
	fief_cap ds;
	void *at;

	for (unsigned i = 0; i < batch && !e; i++) {
		e = fief_ram_alloc(b->env->ram, KIF_PAGE, &at, &ds);
		if (!e)
			fief_ram_free(b->env->ram, at, KIF_PAGE, ds);
	}
	return e;
}

void bench_group_dataspace(struct bench *b)
{
	bench_run(b, "dataspace_cycle", dataspace_cycle, 1);
}
