/* SPDX-License-Identifier: MIT */
/* Calls its parent in every way and reports medians. */

#include <fief/component.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/sort.h>

#include "echo.h"

static struct main {
	struct fief_env *env;
	struct fief_signal_handler handler;
	unsigned signals;
	uint32_t sample[20000]; /* ns */
} m;

static void on_signal(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	m.signals += count;
}

static enum fief_err call(uint32_t label, fief_cap cap, struct kif_msg *msg)
{
	msg->len = 32;
	msg->ncaps = cap != FIEF_CAP_NULL;
	msg->cap[0] = cap;
	return fief_rpc_call(m.env->parent, label, msg);
}

static void measure(const char *name, uint32_t label, fief_cap give, size_t n)
{
	struct kif_msg msg;
	enum fief_err e = FIEF_OK;
	uint64_t t0;

	for (size_t i = 0; i < n && !e; i++) {
		t0 = fief_kif->time();
		e = call(label, give, &msg);
		m.sample[i] = (uint32_t)(fief_kif->time() - t0);
		if (!e)
			fief_rpc_drop_caps(&msg);
	}
	if (e) {
		fief_error("%s: %s", name, fief_err_text(e));
		fief_exit(m.env, 1);
	}
	sort_u32(m.sample, n);
	fief_log("%s: p50 %u ns, p99 %u ns", name, m.sample[n / 2],
	         m.sample[n * 99 / 100]);
}

static void measure_ram(size_t n)
{
	uint64_t t0;
	fief_cap ds;
	void *at;

	for (size_t i = 0; i < n; i++) {
		t0 = fief_kif->time();
		if (fief_ram_alloc(m.env->ram, 4096, &at, &ds))
			fief_exit(m.env, 6);
		fief_ram_free(m.env->ram, at, 4096, ds);
		m.sample[i] = (uint32_t)(fief_kif->time() - t0);
	}
	sort_u32(m.sample, n);
	fief_log("dataspace cycle: p50 %u ns, p99 %u ns", m.sample[n / 2],
	         m.sample[n * 99 / 100]);
}

void fief_component_construct(struct fief_env *env)
{
	struct kif_msg msg;
	fief_cap theirs;

	m.env = env;
	m.handler.handle = on_signal;
	if (fief_signal_manage(env->ep, &m.handler))
		fief_exit(env, 2);
	measure("null", ECHO_NULL, FIEF_CAP_NULL, 20000);
	measure("object", ECHO_OBJECT, FIEF_CAP_NULL, 20000);
	if (call(ECHO_OBJECT, FIEF_CAP_NULL, &msg) || msg.ncaps != 1)
		fief_exit(env, 3);
	theirs = msg.cap[0];
	measure("to owner", ECHO_BADGE, theirs, 20000);
	if (call(ECHO_BADGE, theirs, &msg) || msg.data[0] != 1)
		fief_exit(env, 4);
	if (call(ECHO_SIGNAL, m.handler.cap, &msg))
		fief_exit(env, 5);
	measure("third party", ECHO_TAKE, env->pd, 20000);
	measure("own object", ECHO_TAKE, m.handler.cap, 5000);
	measure_ram(5000);
	fief_log("done");
}
