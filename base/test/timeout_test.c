/* SPDX-License-Identifier: MIT */
/* Timeouts: never early, in order, no call and no wake-up too many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fief/entrypoint_loop.h>
#include <fief/timeout.h>
#include <session/parent.h>
#include <session/timer.h>

#include "loop_kif.h"

enum { COUNT = 64, STEPS = 20000 };
static const uint64_t US = 1000;

/* Parent and Timer in one: the only session there is. */
static struct {
	struct fief_rpc_obj parent, timer;
	fief_cap handler;
	uint64_t deadline; /* FIEF_NEVER: nothing is set */
	unsigned triggers, opens;
} server;

struct probe {
	struct fief_timeout timeout;
	unsigned runs;
};

static struct fief_entrypoint ep;
static struct fief_env env;
static struct fief_timeouts ts;
static struct probe probe[COUNT];
static struct fief_timeout *ran[COUNT]; /* the first ones, in order */
static unsigned runs_total;
static uint64_t last_deadline;

static enum fief_err op_session(struct fief_rpc_obj *self,
                                const struct parent_session_params *params,
                                struct parent_session_results *results)
{
	(void)self;
	(void)params;
	server.opens++;
	results->cap = server.timer.cap;
	return FIEF_OK;
}

static enum fief_err op_close(struct fief_rpc_obj *self, uint32_t id)
{
	(void)self;
	(void)id;
	server.opens--;
	return FIEF_OK;
}

static enum fief_err op_once(struct fief_rpc_obj *self, uint64_t us)
{
	(void)self;
	server.triggers++;
	server.deadline = FIEF_NEVER;
	if (us && us < (FIEF_NEVER - loop_kif.now) / US)
		server.deadline = loop_kif.now + us * US;
	return FIEF_OK;
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	(void)self;
	server.handler = handler.cap;
	return FIEF_OK;
}

static const struct parent_ops parent_ops = { .session = op_session,
	                                      .close = op_close };
static const struct timer_ops timer_ops = { .trigger_once = op_once,
	                                    .sigh = op_sigh };

static int setup(void **state)
{
	(void)state;
	loop_kif_init();
	fief_entrypoint_init(&ep, 0);
	memset(&server, 0, sizeof(server));
	memset(probe, 0, sizeof(probe));
	runs_total = 0;
	server.parent =
		(struct fief_rpc_obj){ &parent_rpc_type, &parent_ops, 0 };
	server.timer = (struct fief_rpc_obj){ &timer_rpc_type, &timer_ops, 0 };
	server.deadline = FIEF_NEVER;
	assert_int_equal(fief_entrypoint_manage(&ep, &server.parent), FIEF_OK);
	assert_int_equal(fief_entrypoint_manage(&ep, &server.timer), FIEF_OK);
	env = (struct fief_env){ .ep = &ep, .parent = server.parent.cap };
	assert_int_equal(fief_timeouts_open(&ts, &env), FIEF_OK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fief_timeouts_close(&ts);
	fief_timeouts_close(&ts);
	assert_int_equal(server.opens, 0);
	assert_int_equal(loop_kif.objects, 2);
	return 0;
}

/* Let time pass up to `until`, as the timer would signal. */
static void pass(uint64_t until)
{
	while (server.deadline <= until) {
		if (server.deadline > loop_kif.now)
			loop_kif.now = server.deadline;
		server.deadline = FIEF_NEVER;
		fief_kif->signal(server.handler);
		loop_kif_run();
	}
	loop_kif.now = until;
}

static void on_probe(struct fief_timeout *self, uint64_t late_ns)
{
	struct probe *pr = FIEF_CONTAINER_OF(self, struct probe, timeout);
	const uint64_t deadline = loop_kif.now - late_ns;

	pr->runs++;
	assert_true(deadline >= last_deadline);
	if (runs_total < COUNT)
		ran[runs_total] = self;
	runs_total++;
	last_deadline = deadline;
}

static void order(void **state)
{
	static const unsigned us[] = { 300, 100, 200, 100, 50 };
	static const unsigned expected[] = { 4, 1, 3, 2, 0 };

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		probe[i].timeout.handle = on_probe;
		fief_timeout_once(&ts, &probe[i].timeout, us[i]);
	}
	assert_int_equal(server.triggers, 3); /* 300, 100, 50 */
	last_deadline = 0;
	pass(loop_kif.now + 1000 * US);
	for (unsigned i = 0; i < 5; i++)
		assert_ptr_equal(ran[i], &probe[expected[i]].timeout);
	assert_int_equal(server.deadline, FIEF_NEVER); /* idle */
}

static void periodic(void **state)
{
	const uint64_t start = loop_kif.now;

	(void)state;
	last_deadline = 0;
	probe[0].timeout.handle = on_probe;
	fief_timeout_periodic(&ts, &probe[0].timeout, 1000);
	pass(start + 10 * US * 1000);
	assert_int_equal(probe[0].runs, 10);
	/* Late by three and a half periods: one run, the phase is kept. */
	loop_kif.now += 3500 * US;
	pass(loop_kif.now);
	assert_int_equal(probe[0].runs, 11);
	assert_int_equal((probe[0].timeout.deadline_ns - start) % (1000 * US),
	                 0);
	fief_timeout_cancel(&ts, &probe[0].timeout);
	assert_false(fief_timeout_set(&probe[0].timeout));
	pass(loop_kif.now + 100000 * US);
	assert_int_equal(probe[0].runs, 11);
}

static void on_rearm(struct fief_timeout *self, uint64_t late_ns)
{
	(void)late_ns;
	FIEF_CONTAINER_OF(self, struct probe, timeout)->runs++;
	fief_timeout_once(&ts, self, 0);
}

static void on_cancel_all(struct fief_timeout *self, uint64_t late_ns)
{
	(void)late_ns;
	FIEF_CONTAINER_OF(self, struct probe, timeout)->runs++;
	for (unsigned i = 0; i < COUNT; i++)
		fief_timeout_cancel(&ts, &probe[i].timeout);
}

/* One that sets itself for now runs once a signal, not for ever. */
static void rearm(void **state)
{
	(void)state;
	probe[0].timeout.handle = on_rearm;
	fief_timeout_once(&ts, &probe[0].timeout, 0);
	for (unsigned i = 1; i < 10; i++) {
		pass(server.deadline);
		assert_int_equal(probe[0].runs, i);
	}
}

static void cancel_in_handler(void **state)
{
	(void)state;
	for (unsigned i = 0; i < COUNT; i++) {
		probe[i].timeout.handle = on_cancel_all;
		fief_timeout_once(&ts, &probe[i].timeout, 10);
	}
	pass(loop_kif.now + 1000 * US);
	assert_int_equal(probe[0].runs, 1);
	for (unsigned i = 1; i < COUNT; i++)
		assert_int_equal(probe[i].runs, 0);
}

/* Extremes wrap nowhere. */
static void extremes(void **state)
{
	(void)state;
	probe[0].timeout.handle = on_probe;
	fief_timeout_once(&ts, &probe[0].timeout, UINT64_MAX);
	assert_true(fief_timeout_set(&probe[0].timeout));
	pass(loop_kif.now + 1000 * US);
	assert_int_equal(probe[0].runs, 0);
	fief_timeout_periodic(&ts, &probe[0].timeout, UINT64_MAX);
	pass(loop_kif.now + 1000 * US);
	assert_int_equal(probe[0].runs, 0);
	fief_timeout_periodic(&ts, &probe[0].timeout, 0);
	last_deadline = 0;
	pass(loop_kif.now + 1000 * US);
	assert_int_equal(probe[0].runs, 1000 / FIEF_TIMEOUT_PERIOD_MIN_US);
}

static uint32_t random_next(uint32_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 17;
	*s ^= *s << 5;
	return *s;
}

/* The plainest model: an array of deadlines. */
struct model {
	uint64_t deadline[COUNT];
	unsigned runs[COUNT];
};

static void model_pass(struct model *m)
{
	for (unsigned k = 0; k < COUNT; k++) {
		if (m->deadline[k] > loop_kif.now)
			continue;
		/* The timer rounds up by less than 1 us. */
		if (m->deadline[k] + US > loop_kif.now &&
		    probe[k].runs == m->runs[k])
			continue;
		m->runs[k]++;
		m->deadline[k] = FIEF_NEVER;
	}
}

static void model_step(struct model *m, uint32_t *seed)
{
	const unsigned i = random_next(seed) % COUNT;
	const uint64_t us = random_next(seed) % 500;

	switch (random_next(seed) % 4) {
	case 0:
		fief_timeout_cancel(&ts, &probe[i].timeout);
		m->deadline[i] = FIEF_NEVER;
		break;
	case 1:
		pass(loop_kif.now + us * US + us);
		model_pass(m);
		break;
	default:
		fief_timeout_once(&ts, &probe[i].timeout, us);
		m->deadline[i] = loop_kif.now + us * US;
		break;
	}
}

static void random_model(void **state)
{
	struct model m = { .runs = { 0 } };
	uint32_t seed = 7;

	(void)state;
	for (unsigned i = 0; i < COUNT; i++) {
		m.deadline[i] = FIEF_NEVER;
		probe[i].timeout.handle = on_probe;
	}
	for (unsigned step = 0; step < STEPS; step++) {
		last_deadline = 0;
		model_step(&m, &seed);
		for (unsigned k = 0; k < COUNT; k++)
			assert_int_equal(probe[k].runs, m.runs[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(order, setup, teardown),
		cmocka_unit_test_setup_teardown(periodic, setup, teardown),
		cmocka_unit_test_setup_teardown(rearm, setup, teardown),
		cmocka_unit_test_setup_teardown(cancel_in_handler, setup,
		                                teardown),
		cmocka_unit_test_setup_teardown(extremes, setup, teardown),
		cmocka_unit_test_setup_teardown(random_model, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
