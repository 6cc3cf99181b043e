/* SPDX-License-Identifier: MIT */
/* PDs: birth, quotas, death; and the part of kif that needs no other file. */

#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- memory and quotas ---- */

void *fake_alloc(struct fake_pd *pd, size_t bytes)
{
	void *p;

	pd->allocations++;
	if (pd->fail_at && --pd->fail_at == 0)
		return NULL;
	if (pd->used.ram > pd->limits.ram ||
	    bytes > pd->limits.ram - pd->used.ram)
		return NULL;
	p = calloc(1, bytes);
	if (p)
		pd->used.ram += bytes;
	return p;
}

void fake_free(struct fake_pd *pd, void *p, size_t bytes)
{
	if (p)
		pd->used.ram -= bytes;
	free(p);
}

void fake_limit(struct fake_pd *pd, struct fake_limits limits)
{
	struct fake_thread *t = fake_op_begin();

	pd->limits = limits;
	fake_op_end(t);
}

struct fake_limits fake_used(struct fake_pd *pd)
{
	struct fake_thread *t = fake_op_begin();
	struct fake_limits used = pd->used;

	fake_op_end(t);
	return used;
}

void fake_fail(struct fake_pd *pd, unsigned n)
{
	struct fake_thread *t = fake_op_begin();

	pd->fail_at = n;
	fake_op_end(t);
}

unsigned fake_allocations(struct fake_pd *pd)
{
	struct fake_thread *t = fake_op_begin();
	unsigned n = pd->allocations;

	fake_op_end(t);
	return n;
}

/* ---- birth ---- */

struct fake_pd *fake_pd_create(struct fake *w, const char *name)
{
	struct fake_thread *t = fake_op_begin();
	struct fake_pd *pd = calloc(1, sizeof(*pd));

	if (pd) {
		pd->world = w;
		pd->name = name;
		pd->exit_code = -1;
		pd->window = KIF_CAPS_MAX;
		pd->limits = FAKE_UNLIMITED;
		for (unsigned i = 0; i < FAKE_EPS; i++)
			pd->ep[i].pd = pd;
		pd->ep[0].used = true;
		pd->next = w->pds;
		w->pds = pd;
	}
	fake_op_end(t);
	return pd;
}

enum fief_err fake_start(struct fake_pd *pd, void (*entry)(void *), void *arg,
                         fief_thread *thread)
{
	struct fake_thread *t = fake_op_begin();
	enum fief_err e = fake_thread_new(pd, entry, arg, thread);

	fake_op_end(t);
	return e;
}

enum fief_err fake_grant(struct fake_pd *from, fief_cap cap, struct fake_pd *to,
                         fief_cap *out)
{
	struct fake_thread *t = fake_op_begin();
	struct fake_object *o = fake_handle_get(from, cap);
	enum fief_err e = FIEF_OK;

	if (to->dead)
		e = FIEF_GONE;
	else if (!o)
		e = FIEF_INVALID;
	else if (o->owner == to)
		*out = o->own;
	else
		e = fake_handle_add(to, o, out);
	fake_op_end(t);
	return e;
}

/* ---- death ---- */

void fake_kill_locked(struct fake_pd *pd)
{
	struct fake_thread *t;

	if (pd->dead)
		return;
	pd->dead = true;
	while (pd->objects)
		fake_object_kill(pd->objects);
	for (unsigned i = 0; i < FAKE_EPS; i++) {
		fake_calls_gone(&pd->ep[i], NULL);
		if (pd->ep[i].waiter)
			fake_wake(pd->ep[i].waiter);
		pd->ep[i].waiter = NULL;
	}
	for (unsigned i = 0; i < FAKE_THREADS; i++) {
		t = pd->thread[i];
		if (!t)
			continue;
		if (t->call)
			fake_call_end(t->call, FIEF_GONE);
		t->doomed = t->owned;
		fake_wake(t);
	}
	fake_handles_fini(pd);
}

void fake_kill(struct fake_pd *pd)
{
	struct fake_thread *t = fake_op_begin();

	fake_kill_locked(pd);
	fake_op_end(t);
}

bool fake_dead(struct fake_pd *pd)
{
	struct fake_thread *t = fake_op_begin();
	bool dead = pd->dead;

	fake_op_end(t);
	return dead;
}

int fake_exit_code(struct fake_pd *pd)
{
	struct fake_thread *t = fake_op_begin();
	int code = pd->exit_code;

	fake_op_end(t);
	return code;
}

void fake_exit(int code)
{
	struct fake_thread *t = fake_op_begin();

	if (t->pd && !t->pd->dead) {
		t->pd->exit_code = code;
		fake_kill_locked(t->pd);
	}
	fake_thread_end(t);
}

/* ---- the rest of kif ---- */

static void park(uint64_t deadline)
{
	struct fake_thread *t = fake_pd_op_begin();

	if (!t)
		return;
	while (!t->unparked && !t->pd->dead && fake_now(t->world) < deadline)
		fake_block(t, deadline, "park");
	t->unparked = false;
	fake_op_end(t);
}

static void unpark(fief_thread number)
{
	struct fake_thread *t = fake_pd_op_begin(), *other;

	if (!t)
		return;
	other = number < FAKE_THREADS ? t->pd->thread[number] : NULL;
	if (other) {
		other->unparked = true;
		fake_wake(other);
	}
	fake_op_end(t);
}

static uint64_t call_nr(void)
{
	struct fake_thread *t = fake_op_begin();
	uint64_t nr = t->call_nr;

	fake_op_end(t);
	return nr;
}

/* The caller's stack stays unused: the host's threads bring their own. */
static enum fief_err thread_start(void (*entry)(void *), void *arg,
                                  void *stack_top, fief_thread *thread)
{
	struct fake_thread *t = fake_pd_op_begin();
	enum fief_err e;

	(void)stack_top;
	if (!t)
		return FIEF_GONE;
	e = fake_thread_new(t->pd, entry, arg, thread);
	fake_op_end(t);
	return e;
}

FIEF_NORETURN static void thread_exit(void)
{
	fake_thread_end(fake_op_begin());
}

/* Nobody reports crashes. */
static void thread_name(const char *name)
{
	(void)name;
}

static fief_thread thread_self(void)
{
	struct fake_thread *t = fake_op_begin();
	fief_thread number = t->number;

	fake_op_end(t);
	return number;
}

static void **thread_local_slot(void)
{
	struct fake_thread *t = fake_op_begin();

	fake_op_end(t);
	return &t->local;
}

static uint64_t time_now(void)
{
	struct fake_thread *t = fake_op_begin();
	uint64_t now = fake_now(t->world);

	fake_op_end(t);
	return now;
}

/* Repeatable, as all else of the fake world is; and not the one of others. */
static enum fief_err seed(uint8_t out[KIF_SEED])
{
	struct fake_thread *t = fake_op_begin();
	const bool taken = t->pd->seed_taken;

	if (!taken)
		t->pd->world->seeds++;
	for (unsigned i = 0; !taken && i < KIF_SEED; i++)
		out[i] = (uint8_t)(t->pd->world->seeds *
		                           (0x9e3779b97f4a7c15u >> i) >>
		                   24);
	t->pd->seed_taken = true;
	fake_op_end(t);
	return taken ? FIEF_GONE : FIEF_OK;
}

static void log_text(const char *text, size_t len)
{
	struct fake_thread *t = fake_op_begin();
	const char *name = t->pd ? t->pd->name : "-";

	if (t->world->options.log)
		t->world->options.log(name, text, len);
	else
		fprintf(stderr, "[%s] %.*s", name, (int)len, text);
	fake_op_end(t);
}

const struct kif fake_kif = {
	.version = KIF_VERSION,
	.size = sizeof(struct kif),
	.call = fake_call,
	.reply_wait = fake_reply_wait,
	.ep_create = fake_ep_create,
	.ep_destroy = fake_ep_destroy,
	.export = fake_export,
	.revoke = fake_revoke,
	.drop = fake_drop,
	.ref = fake_ref,
	.badge = fake_badge,
	.recv_window = fake_recv_window,
	.signal = fake_signal,
	.park = park,
	.unpark = unpark,
	.cancel = fake_cancel,
	.call_nr = call_nr,
	.thread_start = thread_start,
	.thread_exit = thread_exit,
	.thread_self = thread_self,
	.thread_name = thread_name,
	.thread_local_slot = thread_local_slot,
	.map = fake_map,
	.unmap = fake_unmap,
	.time = time_now,
	.seed = seed,
	.log = log_text,
	.exit = fake_exit,
};
