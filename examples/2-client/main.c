/* SPDX-License-Identifier: MIT */
/* Uses a service: asks the Timer to wake it up, twice. */

#include <fief/log.h>
#include <fief/session.h>
#include <session/timer.h>

enum { DELAY_US = 200000 };

/* All state of a component hangs off one object. */
static struct main {
	struct fief_env *env;
	struct fief_session session;
	struct fief_signal_handler timeout;
	unsigned wakeups;
} m;

/* The type of the capability: a log_cap would not compile here. */
static struct timer_cap timer(void)
{
	return (struct timer_cap){ m.session.cap };
}

static void on_timeout(struct fief_signal_handler *self, unsigned count)
{
	uint64_t us;

	(void)self;
	(void)count;
	if (timer_elapsed_us(timer(), &us)) {
		fief_error("the timer does not answer");
		fief_exit(m.env, 1);
	}
	fief_log("woken up after %llu ms", (unsigned long long)us / 1000);
	if (++m.wakeups == 2)
		fief_exit(m.env, 0);
	if (timer_trigger_once(timer(), DELAY_US))
		fief_exit(m.env, 1);
}

static enum fief_err start(struct fief_env *env)
{
	/* Our parent decides who serves this, and whether anybody does. */
	const struct fief_session_args args = { .service = TIMER_SERVICE,
		                                .ram = TIMER_RAM_QUOTA,
		                                .caps = TIMER_CAP_QUOTA };
	enum fief_err e;

	m.env = env;
	e = fief_session_open(env, &args, &m.session);
	if (e)
		return e;
	m.timeout.handle = on_timeout;
	e = fief_signal_manage(env->ep, &m.timeout);
	if (!e)
		e = timer_sigh(timer(), (struct signal_cap){ m.timeout.cap });
	if (!e)
		e = timer_trigger_once(timer(), DELAY_US);
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e = start(env);

	if (e) {
		fief_error("no timer: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
	fief_log("the timer is set");
}
