/* SPDX-License-Identifier: MIT */
/* Times at which the sandbox has something to do, by the alarm of its
 * entrypoint. There are few. */

#include "internal.h"

static void on_alarm(void *arg);

static void arm(struct sandbox *b)
{
	uint64_t next = FIEF_NEVER;

	LIST_FOR_EACH(t, &b->timers, struct timer, link)
		if (t->at < next)
			next = t->at;
	fief_entrypoint_alarm(b->env->ep, next, on_alarm, b);
}

static struct timer *due(const struct sandbox *b, uint64_t now)
{
	LIST_FOR_EACH(t, &b->timers, struct timer, link)
		if (t->at <= now)
			return t;
	return NULL;
}

/* What fires may set and stop others. */
static void on_alarm(void *arg)
{
	struct sandbox *b = arg;
	const uint64_t now = fief_kif->time();
	struct timer *t;

	while ((t = due(b, now))) {
		list_remove(&t->link);
		t->fire(t);
	}
	arm(b);
}

void timer_set(struct sandbox *b, struct timer *t, uint64_t ns)
{
	const uint64_t now = fief_kif->time();

	list_remove(&t->link);
	t->at = ns < FIEF_NEVER - now ? now + ns : FIEF_NEVER;
	list_add_last(&b->timers, &t->link);
	arm(b);
}

void timer_stop(struct timer *t)
{
	list_remove(&t->link);
}
