/* SPDX-License-Identifier: MIT */
/* Logs a line each 100 ms, woken up by a Timer session; then stays idle. */

#include <fief/log.h>
#include <fief/session.h>
#include <session/timer.h>

enum { PERIOD_US = 100000, LINES = 5 };

static struct main {
	struct fief_env *env;
	struct fief_session session;
	struct fief_signal_handler handler;
	unsigned lines;
} m;

static struct timer_cap timer(void)
{
	return (struct timer_cap){ m.session.cap };
}

static void on_timeout(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	(void)count;
	if (m.lines == LINES)
		return;
	fief_log("tick %u of %d", ++m.lines, LINES);
	if (m.lines < LINES)
		return;
	if (timer_trigger_periodic(timer(), 0))
		fief_error("cannot stop the timer");
	fief_log("done");
}

static enum fief_err start(struct fief_env *env)
{
	const struct fief_session_args args = { .service = TIMER_SERVICE,
		                                .ram = TIMER_RAM_QUOTA,
		                                .caps = TIMER_CAP_QUOTA };
	enum fief_err e;

	m.env = env;
	m.handler.handle = on_timeout;
	e = fief_signal_manage(env->ep, &m.handler);
	if (!e)
		e = fief_session_open(env, &args, &m.session);
	if (!e)
		e = timer_sigh(timer(), (struct signal_cap){ m.handler.cap });
	if (!e)
		e = timer_trigger_periodic(timer(), PERIOD_US);
	return e;
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e = start(env);

	if (e) {
		fief_error("cannot use Timer: %s", fief_err_name(e));
		fief_exit(env, 1);
	}
	fief_log("timer session is open");
}
