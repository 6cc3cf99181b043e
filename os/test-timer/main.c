/* SPDX-License-Identifier: MIT */
/* Timer sessions against the clock. */

#include <fief/kif_table.h>
#include <fief/session.h>
#include <os/check.h>
#include <session/timer.h>

enum {
	US = 1000, /* ns */
	MS = 1000 * US,
	SECOND_US = 1000000,
	LAZY_ROUNDS = 20,
	STALE_ROUNDS = 1000,
	MANY = 30, /* one PD can give another 32 signal contexts */
	STRESS_US = 500000,
};

struct fief_env *check_env;

/* A session, and what it was told. */
struct timer {
	struct fief_session session;
	struct fief_signal_handler handler;
	uint64_t count;
};

static struct main {
	struct timer one, many[MANY];
} m;

static struct timer_cap cap(const struct timer *t)
{
	return (struct timer_cap){ t->session.cap };
}

static void on_timer(struct fief_signal_handler *self, unsigned count)
{
	FIEF_CONTAINER_OF(self, struct timer, handler)->count += count;
}

static void timer_open(struct timer *t)
{
	const struct fief_session_args args = { .service = TIMER_SERVICE,
		                                .ram = TIMER_RAM_QUOTA,
		                                .caps = TIMER_CAP_QUOTA };

	*t = (struct timer){ .handler.handle = on_timer,
		             .handler.level = FIEF_SIGNAL_IO };
	CHECK_OK(fief_signal_manage(check_env->ep, &t->handler));
	CHECK_OK(fief_session_open(check_env, &args, &t->session));
	CHECK_OK(timer_sigh(cap(t), (struct signal_cap){ t->handler.cap }));
}

static void timer_close(struct timer *t)
{
	fief_session_close(check_env, &t->session);
	fief_signal_dissolve(check_env->ep, &t->handler);
}

/* Wait that long by the session; nothing else is expected meanwhile. */
static void sleep_us(struct timer *t, uint64_t us)
{
	t->count = 0;
	CHECK_OK(timer_trigger_once(cap(t), us));
	while (!t->count)
		fief_entrypoint_wait_io(check_env->ep);
	CHECK(t->count == 1);
}

/* The same by the clock: not too early. */
static void sleep_exactly(uint64_t us)
{
	const uint64_t from = fief_kif->time();

	sleep_us(&m.one, us);
	CHECK(fief_kif->time() - from >= us * US);
}

/* ---- single timeouts ---- */

static void lazy(void)
{
	uint64_t elapsed, before;

	timer_open(&m.one);
	CHECK_OK(timer_elapsed_us(cap(&m.one), &before));
	for (uint64_t i = 1; i <= LAZY_ROUNDS; i++)
		sleep_exactly(i * 500);
	CHECK_OK(timer_elapsed_us(cap(&m.one), &elapsed));
	CHECK(elapsed - before >= LAZY_ROUNDS * (LAZY_ROUNDS + 1) / 2 * 500);
	sleep_exactly(400000); /* where a small mistake shows */
	/* One that is canceled does not come; one that is replaced comes
	 * once. */
	m.one.count = 0;
	CHECK_OK(timer_trigger_once(cap(&m.one), 1000));
	CHECK_OK(timer_trigger_once(cap(&m.one), 0));
	CHECK(timer_trigger_periodic(cap(&m.one), 1) == FIEF_INVALID);
	CHECK_OK(timer_trigger_once(cap(&m.one), UINT64_MAX));
	sleep_us(&m.one, 20000);
	timer_close(&m.one);
	fief_log("lazy: %d timeouts, none early", LAZY_ROUNDS);
}

/* ---- handlers that go with a signal on its way ---- */

static void spin_us(uint64_t us)
{
	const uint64_t until = fief_kif->time() + us * US;

	while (fief_kif->time() < until)
		;
}

/* What came for a handler that is gone is not for the next one. */
static void stale(void)
{
	struct timer *t = &m.one;

	timer_open(t);
	for (unsigned i = 0; i < STALE_ROUNDS; i++) {
		CHECK_OK(timer_trigger_once(cap(t), 1));
		spin_us(500);
		CHECK_OK(timer_trigger_once(cap(t), 0)); /* or now never */
		fief_signal_dissolve(check_env->ep, &t->handler);
		t->handler =
			(struct fief_signal_handler){ .handle = on_timer,
			                              .level = FIEF_SIGNAL_IO };
		CHECK_OK(fief_signal_manage(check_env->ep, &t->handler));
		CHECK_OK(timer_sigh(cap(t),
		                    (struct signal_cap){ t->handler.cap }));
		sleep_exactly(1000);
	}
	timer_close(t);
	fief_log("stale: no handler got a signal of the one before");
}

/* ---- periods ---- */

/* Signals of one period during about a second, counted by another clock: at
 * most as many as periods, and one for each that the receiver was there for. */
static void periodic(uint64_t period_us)
{
	const uint64_t from = fief_kif->time();
	uint64_t passed_us, periods;

	timer_open(&m.one);
	CHECK_OK(timer_trigger_periodic(cap(&m.one), period_us));
	do {
		fief_entrypoint_wait_io(check_env->ep);
		passed_us = (fief_kif->time() - from) / US;
	} while (passed_us < SECOND_US / 2);
	CHECK_OK(timer_trigger_periodic(cap(&m.one), 0));
	periods = passed_us / period_us;
	CHECK(m.one.count <= periods);
	CHECK(m.one.count >= periods / 2);
	timer_close(&m.one);
	fief_log("periodic: %llu us, at least half of the signals and not one "
	         "too much",
	         (unsigned long long)period_us);
}

/* ---- many sessions ---- */

static void stress(void)
{
	struct check_used before, after;
	uint64_t from, passed_us;

	before = check_used();
	for (unsigned i = 0; i < MANY; i++)
		timer_open(&m.many[i]);
	timer_open(&m.one);
	from = fief_kif->time();
	for (unsigned i = 0; i < MANY; i++)
		CHECK_OK(timer_trigger_periodic(cap(&m.many[i]),
		                                1000 * (i + 1)));
	sleep_us(&m.one, STRESS_US);
	for (unsigned i = 0; i < MANY; i++)
		CHECK_OK(timer_trigger_periodic(cap(&m.many[i]), 0));
	passed_us = (fief_kif->time() - from) / US;
	for (unsigned i = 0; i < MANY; i++) {
		CHECK(m.many[i].count >= 1);
		CHECK(m.many[i].count <= passed_us / (1000 * (i + 1)));
	}
	for (unsigned i = 0; i < MANY; i++)
		timer_close(&m.many[i]);
	timer_close(&m.one);
	after = check_used();
	CHECK(after.ram <= before.ram + (64 << 10)); /* kif's tables stay */
	fief_log("stress: %d sessions, each within its bounds", MANY);
}

void fief_component_construct(struct fief_env *env)
{
	check_env = env;
	lazy();
	stale();
	periodic(1000);
	periodic(4000);
	periodic(100000);
	stress();
	fief_log("timer test succeeded");
	fief_exit(env, 0);
}
