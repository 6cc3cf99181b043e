/* SPDX-License-Identifier: MIT */
/* Calls, capabilities in them, signals, dataspaces. */

#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>
#include <lib/fmt.h>
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

enum fief_err bench_null_call(struct bench *b, unsigned batch)
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

/* Each server with whom our server has no channel is good for one. */
static void new_channel_calls(struct bench *b)
{
	char label[24];

	for (uint64_t i = 0; i < b->others; i++) {
		struct bench_cap other;
		enum fief_err e;
		struct fmt f;
		uint64_t began, d;

		fmt_init(&f, label, sizeof(label));
		fmt_add(&f, "other-%llu", (unsigned long long)i);
		e = bench_open(b, label, &other);
		if (!e) /* ours to it is there, and both are awake */
			e = bench_nop(other, 1, 2, 3, &d);
		if (!e)
			e = bench_null_call(b, 1);
		began = fief_kif->time();
		if (!e)
			e = bench_visit(b->server, other);
		bench_sample(fief_kif->time() - began);
		if (e)
			bench_fail(b, label, e);
	}
	bench_print("new_channel_call");
}

void bench_group_call(struct bench *b)
{
	struct bench_cap third;
	enum fief_err e;

	e = bench_object(b->server, &state.theirs);
	if (!e)
		e = bench_open(b, "third", &third);
	if (e)
		bench_fail(b, "call", e);
	state.third = third.cap;
	bench_run(b, "null_call", bench_null_call, 1);
	bench_run(b, "core_call", core_call, 1);
	bench_run(b, "object_call", object_call, 1);
	bench_run(b, "cap_back_call", cap_back_call, 1);
	bench_run(b, "delegate_call", delegate_call, 1);
	new_channel_calls(b);
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
