/* SPDX-License-Identifier: MIT */
/* Timer: signals at points of time, for many sessions, from one thread that
 * sleeps until the earliest of them. */

#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/root.h>
#include <lib/tree.h>
#include <session/timer.h>

enum {
	NS_PER_US = 1000,
	PERIOD_MIN_US = 1000, /* what a client may make us do at no cost */
};

struct timer {
	struct fief_service_session base;
	struct tree_elem due; /* in main.due while it has to be fired */
	fief_cap handler;     /* owned */
	uint64_t opened_ns;
	uint64_t deadline_ns; /* FIEF_NEVER: no timeout is set */
	uint64_t period_ns;   /* 0: once */
};

static struct main {
	struct fief_env *env;
	struct fief_root root;
	struct fief_service service;
	struct tree due; /* borrowed: timers by deadline */
} m;

/* ---- the queue ---- */

static struct timer *timer_due(const struct tree_elem *e)
{
	return TREE_OBJECT((struct tree_elem *)(uintptr_t)e, struct timer, due);
}

static int due_order(const struct tree_elem *a, const struct tree_elem *b)
{
	const struct timer *x = timer_due(a), *y = timer_due(b);

	if (x->deadline_ns != y->deadline_ns)
		return x->deadline_ns < y->deadline_ns ? -1 : 1;
	if (x->base.id.id != y->base.id.id)
		return x->base.id.id < y->base.id.id ? -1 : 1;
	return 0;
}

/* A timer nobody listens to wakes nobody up, and does not wake us either. */
static void timer_queue(struct timer *t)
{
	tree_remove(&m.due, &t->due);
	if (t->deadline_ns == FIEF_NEVER || t->handler == FIEF_CAP_NULL)
		return;
	if (tree_insert(&m.due, &t->due))
		fief_error("two timers of one session"); /* ids are unique */
}

static void timer_set(struct timer *t, uint64_t us, uint64_t period_us)
{
	const uint64_t now = fief_kif->time();
	const uint64_t us_max = (FIEF_NEVER - 1 - now) / NS_PER_US;

	/* Out of the tree before its key changes. */
	tree_remove(&m.due, &t->due);
	t->deadline_ns = FIEF_NEVER;
	if (us && us <= us_max)
		t->deadline_ns = now + us * NS_PER_US;
	t->period_ns = period_us * NS_PER_US;
	timer_queue(t);
}

static void timer_fire(struct timer *t, uint64_t now)
{
	tree_remove(&m.due, &t->due);
	fief_kif->signal(t->handler);
	if (!t->period_ns) {
		t->deadline_ns = FIEF_NEVER;
		return;
	}
	/* What we are late for coalesces; the phase is kept. */
	t->deadline_ns +=
		((now - t->deadline_ns) / t->period_ns + 1) * t->period_ns;
	timer_queue(t);
}

static uint64_t fire_due(void)
{
	for (;;) {
		struct timer *t =
			TREE_OBJECT(tree_first(&m.due), struct timer, due);
		uint64_t now;

		if (!t)
			return FIEF_NEVER;
		now = fief_kif->time();
		if (t->deadline_ns > now)
			return t->deadline_ns;
		timer_fire(t, now);
	}
}

/* ---- operations ---- */

static enum fief_err op_trigger_once(struct fief_rpc_obj *self, uint64_t us)
{
	timer_set(FIEF_SESSION_OF(self, struct timer), us, 0);
	return FIEF_OK;
}

static enum fief_err op_trigger_periodic(struct fief_rpc_obj *self, uint64_t us)
{
	if (us && (us < PERIOD_MIN_US || us > UINT64_MAX / NS_PER_US))
		return FIEF_INVALID;
	timer_set(FIEF_SESSION_OF(self, struct timer), us, us);
	return FIEF_OK;
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	struct timer *t = FIEF_SESSION_OF(self, struct timer);

	fief_kif->drop(t->handler, 1);
	t->handler = handler.cap;
	timer_queue(t);
	return FIEF_OK;
}

static enum fief_err op_elapsed_us(struct fief_rpc_obj *self, uint64_t *us)
{
	const struct timer *t = FIEF_SESSION_OF(self, struct timer);

	*us = (fief_kif->time() - t->opened_ns) / NS_PER_US;
	return FIEF_OK;
}

static const struct timer_ops timer_ops = {
	.trigger_once = op_trigger_once,
	.trigger_periodic = op_trigger_periodic,
	.sigh = op_sigh,
	.elapsed_us = op_elapsed_us,
};

/* ---- sessions ---- */

static enum fief_err timer_init(struct fief_service_session *s,
                                const struct fief_service_request *request)
{
	struct timer *t = (struct timer *)s;

	(void)request;
	t->opened_ns = fief_kif->time();
	t->deadline_ns = FIEF_NEVER;
	return FIEF_OK;
}

static void timer_fini(struct fief_service_session *s)
{
	struct timer *t = (struct timer *)s;

	tree_remove(&m.due, &t->due);
	fief_kif->drop(t->handler, 1);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	m.due.order = due_order;
	m.service = (struct fief_service){
		.name = TIMER_SERVICE,
		.type = &timer_rpc_type,
		.ops = &timer_ops,
		.size = sizeof(struct timer),
		.init = timer_init,
		.fini = timer_fini,
	};
	e = fief_root_init(&m.root, env);
	if (!e)
		e = fief_root_announce(&m.root, &m.service);
	if (e) {
		fief_error("cannot provide Timer: %s", fief_err_text(e));
		fief_exit(env, 1);
	}
	for (;;)
		fief_entrypoint_step(env->ep, fire_due());
}
