/* SPDX-License-Identifier: MIT */
/* The wall clock, by its distance from the clock of kif. */

#include <fief/wall_clock.h>

#include <fief/kif_table.h>
#include <session/rtc.h>

static struct rtc_cap rtc_of(const struct fief_wall_clock *c)
{
	return (struct rtc_cap){ c->session.cap };
}

static enum fief_err ask(struct fief_wall_clock *c)
{
	int64_t wall;
	uint64_t at;
	enum fief_err e = rtc_now(rtc_of(c), &wall, &at);

	if (!e)
		c->since = (int64_t)((uint64_t)wall - at);
	return e;
}

/* If the server is gone, the clock goes on as it did. */
static void on_step(struct fief_signal_handler *h, unsigned count)
{
	struct fief_wall_clock *c =
		FIEF_CONTAINER_OF(h, struct fief_wall_clock, stepped_handler);

	(void)count;
	if (!ask(c) && c->stepped)
		c->stepped(c);
}

enum fief_err fief_wall_clock_open(struct fief_wall_clock *c,
                                   struct fief_env *env)
{
	const struct fief_session_args args = { .service = RTC_SERVICE,
		                                .ram = RTC_RAM_QUOTA,
		                                .caps = RTC_CAP_QUOTA };
	enum fief_err e;

	c->env = env;
	c->stepped_handler.handle = on_step;
	e = fief_session_open(env, &args, &c->session);
	if (!e)
		e = fief_signal_manage(env->ep, &c->stepped_handler);
	if (!e) /* first, so that no step is missed */
		e = rtc_sigh(rtc_of(c),
		             (struct signal_cap){ c->stepped_handler.cap });
	if (!e)
		e = ask(c);
	if (e)
		fief_wall_clock_close(c);
	return e;
}

int64_t fief_wall_clock_now(const struct fief_wall_clock *c)
{
	return (int64_t)((uint64_t)c->since + fief_kif->time());
}

void fief_wall_clock_close(struct fief_wall_clock *c)
{
	if (c->stepped_handler.ep)
		fief_signal_dissolve(c->stepped_handler.ep,
		                     &c->stepped_handler);
	if (c->env)
		fief_session_close(c->env, &c->session);
	c->env = NULL;
}
