/* SPDX-License-Identifier: MIT */
/* What of the runtime takes a real kernel: threads, deadlines, assertions. */

#include <fief/assert.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/session.h>
#include <fief/thread.h>
#include <session/timer.h>

enum {
	MS = 1000000, /* ns */
	PATIENCE_MS = 50,
	ATTEMPTS = 10, /* more than a channel has slots */
	CALLS = 1000,
};

static struct main {
	struct fief_worker worker;
	unsigned worked;
} m;

static void work(struct fief_worker *self)
{
	(void)self;
	m.worked++;
}

static void test_worker(struct fief_env *env)
{
	enum fief_err e;

	m.worker.name = "worker";
	m.worker.run = work;
	e = fief_worker_start(&m.worker, env->ram, FIEF_THREAD_STACK);
	if (!e)
		e = fief_worker_wait(&m.worker, fief_kif->time() + 1000l * MS);
	fief_log("worker: %s, worked %u time", fief_err_name(e), m.worked);
}

/* The service is routed to a component that never announces it. */
static void test_session_deadline(struct fief_env *env)
{
	const struct fief_session_args args = { .service = "Mute",
		                                .ram = 8192,
		                                .caps = 2 };
	unsigned canceled = 0, early = 0, late = 0;

	for (unsigned i = 0; i < ATTEMPTS; i++) {
		const uint64_t at = fief_kif->time() + PATIENCE_MS * MS;
		struct fief_session s;

		canceled += fief_session_open_until(env, &args, at, &s) ==
		            FIEF_CANCELED;
		early += fief_kif->time() < at;
		late += fief_kif->time() > at + 100l * MS;
	}
	fief_log("session deadlines: %u of %d, %u early, %u late", canceled,
	         ATTEMPTS, early, late);
}

/* Calls after a deadline, and those that keep it, are not disturbed. */
static void test_calls(struct fief_env *env)
{
	const struct fief_session_args args = { .service = TIMER_SERVICE,
		                                .ram = TIMER_RAM_QUOTA,
		                                .caps = TIMER_CAP_QUOTA };
	const uint64_t at = fief_kif->time() + 5000l * MS;
	unsigned failed = 0;
	struct fief_session s;
	uint64_t us;

	if (fief_session_open_until(env, &args, at, &s)) {
		fief_error("no timer");
		return;
	}
	for (unsigned i = 0; i < CALLS; i++)
		failed += timer_elapsed_us((struct timer_cap){ s.cap }, &us) !=
		          FIEF_OK;
	fief_session_close(env, &s);
	fief_log("calls afterwards: %u of %d failed", failed, CALLS);
}

void fief_component_construct(struct fief_env *env)
{
	test_worker(env);
	test_session_deadline(env);
	test_calls(env);
	fief_log("next, an assertion fails on purpose");
	fief_assert(m.worked == 2);
}
