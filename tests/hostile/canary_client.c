/* SPDX-License-Identifier: MIT */
/*
 * The client half of the canary: calls the server, core and, with a third
 * party's capability, the server again, for as long as the warden lets it. It
 * tells the warden what it saw.
 */

#include <fief/component.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/mem.h>
#include <lib/sort.h>
#include <session/pd.h>

#include "hostile.h"

enum { BATCH = 32, SAMPLES = 512 };

static struct main {
	struct fief_env *env;
	fief_cap server, other;
	struct hostile_progress p;
	uint32_t sample[SAMPLES];
	struct kif_msg msg;
} m;

static void note(enum fief_err e, uint64_t t0, uint32_t *max_us)
{
	uint32_t us = (uint32_t)((fief_kif->time() - t0) / 1000);

	if (us > *max_us)
		*max_us = us;
	m.p.calls++;
	if (e) {
		m.p.errors++;
		m.p.last_error = e;
	}
}

static enum fief_err call(uint32_t label, fief_cap give)
{
	enum fief_err e;

	m.msg.len = 32;
	m.msg.data[1] = m.p.calls;
	m.msg.ncaps = give != FIEF_CAP_NULL;
	m.msg.cap[0] = give;
	e = fief_rpc_call(m.server, label, &m.msg);
	if (!e &&
	    (m.msg.data[0] != CANARY_PUBLIC || m.msg.data[1] != m.p.calls))
		e = FIEF_CONFLICT; /* somebody else's reply */
	if (!e)
		fief_rpc_drop_caps(&m.msg);
	return e;
}

static void batch(void)
{
	uint64_t ram, used, t0;
	uint32_t caps, caps_used;

	for (unsigned i = 0; i < BATCH; i++) {
		t0 = fief_kif->time();
		note(call(CANARY_NULL, FIEF_CAP_NULL), t0, &m.p.null_max_us);
		m.sample[m.p.calls % SAMPLES] =
			(uint32_t)(fief_kif->time() - t0);
	}
	t0 = fief_kif->time();
	note(call(CANARY_OBJECT, FIEF_CAP_NULL), t0, &m.p.null_max_us);
	t0 = fief_kif->time();
	note(pd_quota((struct pd_cap){ m.env->pd }, &ram, &used, &caps,
	              &caps_used),
	     t0, &m.p.core_max_us);
	t0 = fief_kif->time();
	note(call(CANARY_TAKE, m.env->pd), t0, &m.p.intro_max_us);
	t0 = fief_kif->time();
	note(call(CANARY_TAKE, m.other), t0, &m.p.intro_max_us);
}

/* Report, and start over when the warden names another phase. */
static void report(void)
{
	static uint32_t sorted[SAMPLES];

	memcpy(sorted, m.sample, sizeof(sorted));
	sort_u32(sorted, SAMPLES);
	m.p.p50_ns = sorted[SAMPLES / 2];
	memcpy(m.msg.data, &m.p, sizeof(m.p));
	m.msg.len = sizeof(m.p);
	m.msg.ncaps = 0;
	if (fief_rpc_call(m.env->parent, HOSTILE_PROGRESS, &m.msg))
		fief_exit(m.env, 3);
	if (m.msg.data[0] != m.p.phase)
		m.p = (struct hostile_progress){
			.phase = (uint32_t)m.msg.data[0]
		};
}

static fief_cap get(enum hostile_get what)
{
	m.msg.len = 16;
	m.msg.ncaps = 0;
	m.msg.data[0] = what;
	if (fief_rpc_call(m.env->parent, HOSTILE_GET, &m.msg) ||
	    m.msg.ncaps != 1)
		fief_exit(m.env, 2);
	return m.msg.cap[0];
}

void fief_component_construct(struct fief_env *env)
{
	m.env = env;
	m.server = get(HOSTILE_CANARY);
	m.other = get(HOSTILE_WARDEN);
	for (;;) {
		batch();
		report();
		fief_kif->park(fief_kif->time() + 1000000);
	}
}
