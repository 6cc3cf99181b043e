/* SPDX-License-Identifier: MIT */
/* Many timeouts over one Timer session. */

#include <fief/timeout.h>

#include <fief/kif_table.h>
#include <fief/log.h>
#include <session/timer.h>

enum { NS_PER_US = 1000 };

static struct fief_timeout *timeout_of(const struct tree_elem *e)
{
	return TREE_OBJECT((struct tree_elem *)(uintptr_t)e,
	                   struct fief_timeout, due);
}

static int due_order(const struct tree_elem *a, const struct tree_elem *b)
{
	const struct fief_timeout *x = timeout_of(a), *y = timeout_of(b);

	if (x->deadline_ns != y->deadline_ns)
		return x->deadline_ns < y->deadline_ns ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

/* Nanoseconds of `us` from now, as far as they can be told. */
static uint64_t after(uint64_t now, uint64_t us)
{
	const uint64_t max = FIEF_NEVER - 1;

	return us > (max - now) / NS_PER_US ? max : now + us * NS_PER_US;
}

/* Have the session signal at the earliest deadline. A signal that comes too
 * early, after a cancel, does no harm and saves a call. */
static void program(struct fief_timeouts *ts)
{
	const struct fief_timeout *t = timeout_of(tree_first(&ts->queue));
	uint64_t now, us;
	enum fief_err e;

	if (ts->running || !t || t->deadline_ns >= ts->programmed_ns)
		return;
	now = fief_kif->time();
	us = t->deadline_ns <= now ? 1 :
	                             (t->deadline_ns - now - 1) / NS_PER_US + 1;
	e = timer_trigger_once((struct timer_cap){ ts->session.cap }, us);
	if (e)
		fief_error("Timer session: %s", fief_err_text(e));
	else
		ts->programmed_ns = t->deadline_ns;
}

static void insert(struct fief_timeouts *ts, struct fief_timeout *t)
{
	t->order = ++ts->order;
	if (tree_insert(&ts->queue, &t->due))
		fief_error("timeout: order is not unique");
}

static void run(struct fief_timeouts *ts, struct fief_timeout *t, uint64_t now)
{
	const uint64_t late = now - t->deadline_ns;

	tree_remove(&ts->queue, &t->due);
	if (t->period_ns) {
		t->deadline_ns += (late / t->period_ns + 1) * t->period_ns;
		insert(ts, t);
	}
	t->handle(t, late);
}

/* First one that is due and was set before `last`. */
static struct fief_timeout *due_first(const struct fief_timeouts *ts,
                                      uint64_t now, uint64_t last)
{
	struct fief_timeout *t = timeout_of(tree_first(&ts->queue));

	while (t && t->deadline_ns <= now && t->order > last)
		t = timeout_of(tree_next(&t->due));
	return t && t->deadline_ns <= now ? t : NULL;
}

/* What is set while handlers run waits for the next signal, so that timeouts
 * which set each other cannot keep the entrypoint for themselves. */
static void on_signal(struct fief_signal_handler *self, unsigned count)
{
	struct fief_timeouts *ts =
		FIEF_CONTAINER_OF(self, struct fief_timeouts, handler);
	const uint64_t now = fief_kif->time(), last = ts->order;
	struct fief_timeout *t;

	(void)count;
	ts->programmed_ns = FIEF_NEVER;
	ts->running = true;
	while ((t = due_first(ts, now, last)))
		run(ts, t, now);
	ts->running = false;
	program(ts);
}

enum fief_err fief_timeouts_open(struct fief_timeouts *ts, struct fief_env *env)
{
	const struct fief_session_args args = { .service = TIMER_SERVICE,
		                                .ram = TIMER_RAM_QUOTA,
		                                .caps = TIMER_CAP_QUOTA };
	enum fief_err e;

	*ts = (struct fief_timeouts){
		.handler = { .handle = on_signal },
		.queue = { .order = due_order },
		.programmed_ns = FIEF_NEVER,
	};
	e = fief_signal_manage(env->ep, &ts->handler);
	if (e)
		return e;
	e = fief_session_open(env, &args, &ts->session);
	if (!e)
		e = timer_sigh((struct timer_cap){ ts->session.cap },
		               (struct signal_cap){ ts->handler.cap });
	if (e) {
		fief_session_close(env, &ts->session);
		fief_signal_dissolve(env->ep, &ts->handler);
		return e;
	}
	ts->env = env;
	return FIEF_OK;
}

void fief_timeouts_close(struct fief_timeouts *ts)
{
	if (!ts->env)
		return;
	while (ts->queue.root)
		tree_remove(&ts->queue, ts->queue.root);
	fief_session_close(ts->env, &ts->session);
	fief_signal_dissolve(ts->env->ep, &ts->handler);
	*ts = (struct fief_timeouts){ 0 };
}

static void set(struct fief_timeouts *ts, struct fief_timeout *t,
                uint64_t deadline_ns, uint64_t period_ns)
{
	tree_remove(&ts->queue, &t->due);
	t->deadline_ns = deadline_ns;
	t->period_ns = period_ns;
	insert(ts, t);
	program(ts);
}

void fief_timeout_at(struct fief_timeouts *ts, struct fief_timeout *t,
                     uint64_t deadline_ns)
{
	set(ts, t, deadline_ns, 0);
}

void fief_timeout_once(struct fief_timeouts *ts, struct fief_timeout *t,
                       uint64_t us)
{
	set(ts, t, after(fief_kif->time(), us), 0);
}

void fief_timeout_periodic(struct fief_timeouts *ts, struct fief_timeout *t,
                           uint64_t us)
{
	const uint64_t now = fief_kif->time();

	if (us < FIEF_TIMEOUT_PERIOD_MIN_US)
		us = FIEF_TIMEOUT_PERIOD_MIN_US;
	set(ts, t, after(now, us), after(0, us));
}

void fief_timeout_cancel(struct fief_timeouts *ts, struct fief_timeout *t)
{
	tree_remove(&ts->queue, &t->due);
}
