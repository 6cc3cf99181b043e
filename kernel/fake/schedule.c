/* SPDX-License-Identifier: MIT */
/* Whose turn it is: threads of a world, blocking, the clock. */

#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* The one thing that cannot be a parameter: who calls. */
static _Thread_local struct fake_thread *self;

void fake_misuse(const char *what)
{
	fprintf(stderr, "fake: %s (PD %s, thread %u)\n", what,
	        self && self->pd ? self->pd->name : "-",
	        self ? self->number : 0);
	abort();
}

/* ---- decisions ---- */

uint32_t fake_choose(struct fake *w, uint32_t n)
{
	uint64_t x;

	if (!w->deterministic || n < 2)
		return 0;
	/* splitmix64 */
	x = w->random += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	x = (x ^ x >> 31) % n;
	w->schedule = (w->schedule ^ x) * 0x100000001b3u + n;
	return (uint32_t)x;
}

static bool may_run(const struct fake *w, const struct fake_thread *t)
{
	return t->state == FAKE_RUNNABLE ||
	       (t->state == FAKE_BLOCKED && t->deadline <= w->clock);
}

FIEF_NORETURN static void deadlock(const struct fake *w)
{
	fprintf(stderr, "fake: deadlock, seed %llu\n",
	        (unsigned long long)w->options.seed);
	for (const struct fake_thread *t = w->threads; t; t = t->next)
		if (t->state == FAKE_BLOCKED)
			fprintf(stderr, "  PD %s, thread %u: %s\n",
			        t->pd ? t->pd->name : "-", t->number, t->doing);
	if (w->options.deadlock)
		w->options.deadlock();
	fflush(NULL);
	_Exit(FAKE_EXIT_DEADLOCK); /* the others hold on to their stacks */
}

/* Nobody can run: let time pass until somebody can. */
static void clock_jump(struct fake *w)
{
	uint64_t next = FIEF_NEVER;

	for (struct fake_thread *t = w->threads; t; t = t->next)
		if (t->state == FAKE_BLOCKED && t->deadline < next)
			next = t->deadline;
	if (next == FIEF_NEVER)
		deadlock(w);
	w->clock = next;
}

static void pass_turn(struct fake *w)
{
	struct fake_thread *t;
	uint32_t n, skip;

	for (n = 0; !n;) {
		for (t = w->threads; t; t = t->next)
			n += may_run(w, t);
		if (!n)
			clock_jump(w);
	}
	skip = fake_choose(w, n);
	for (t = w->threads; !may_run(w, t) || skip; t = t->next)
		skip -= may_run(w, t);
	t->state = FAKE_RUNNABLE;
	w->current = t;
	pthread_cond_signal(&t->cond);
}

static void await_turn(struct fake_thread *t)
{
	while (t->world->current != t)
		pthread_cond_wait(&t->cond, &t->world->lock);
}

/* ---- kif calls ---- */

struct fake_thread *fake_op_begin(void)
{
	struct fake_thread *t = self;

	if (!t)
		fake_misuse("the calling thread is in no world");
	pthread_mutex_lock(&t->world->lock);
	if (t->world->deterministic) {
		t->world->clock += FAKE_TICK_NS;
		pass_turn(t->world);
		await_turn(t);
	}
	if (t->doomed)
		fake_thread_end(t);
	return t;
}

void fake_op_end(struct fake_thread *t)
{
	if (t->doomed)
		fake_thread_end(t);
	pthread_mutex_unlock(&t->world->lock);
}

struct fake_thread *fake_pd_op_begin(void)
{
	struct fake_thread *t = fake_op_begin();

	if (!t->pd)
		fake_misuse("the calling thread is in no PD");
	if (!t->pd->dead)
		return t;
	fake_op_end(t);
	return NULL;
}

void fake_yield(void)
{
	fake_op_end(fake_op_begin());
}

uint64_t fake_schedule(struct fake *w)
{
	return w->schedule;
}

/* ---- blocking ---- */

static struct timespec timespec_of(uint64_t ns)
{
	return (struct timespec){
		.tv_sec = (time_t)(ns / 1000000000u),
		.tv_nsec = (long)(ns % 1000000000u),
	};
}

static void block_freely(struct fake_thread *t)
{
	struct timespec at = timespec_of(t->deadline);

	while (t->state == FAKE_BLOCKED) {
		if (t->deadline == FIEF_NEVER)
			pthread_cond_wait(&t->cond, &t->world->lock);
		else if (pthread_cond_timedwait(&t->cond, &t->world->lock,
		                                &at) == ETIMEDOUT)
			t->state = FAKE_RUNNABLE;
	}
}

void fake_block(struct fake_thread *t, uint64_t deadline, const char *doing)
{
	t->state = FAKE_BLOCKED;
	t->deadline = deadline;
	t->doing = doing;
	if (t->world->deterministic) {
		pass_turn(t->world);
		await_turn(t);
	} else {
		block_freely(t);
	}
	if (t->doomed)
		fake_thread_end(t);
}

void fake_wake(struct fake_thread *t)
{
	if (t->state != FAKE_BLOCKED)
		return;
	t->state = FAKE_RUNNABLE;
	if (!t->world->deterministic)
		pthread_cond_signal(&t->cond);
}

uint64_t fake_now(struct fake *w)
{
	struct timespec ts;

	if (w->deterministic)
		return w->clock;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* ---- threads ---- */

static void thread_cond_init(struct fake_thread *t)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&t->cond, &attr);
	pthread_condattr_destroy(&attr);
}

static void *thread_main(void *arg)
{
	struct fake_thread *t = self = arg;

	pthread_mutex_lock(&t->world->lock);
	if (t->world->deterministic)
		await_turn(t);
	if (t->doomed)
		fake_thread_end(t);
	pthread_mutex_unlock(&t->world->lock);
	t->entry(t->arg);
	pthread_mutex_lock(&t->world->lock);
	fake_thread_end(t);
}

void fake_thread_end(struct fake_thread *t)
{
	struct fake *w = t->world;

	if (!t->owned)
		fake_misuse("the driver cannot end itself");
	t->state = FAKE_ENDED;
	t->pd->thread[t->number] = NULL;
	t->pd->used.threads--;
	if (w->joiner)
		fake_wake(w->joiner);
	if (w->deterministic)
		pass_turn(w);
	pthread_mutex_unlock(&w->lock);
	pthread_exit(NULL);
}

static enum fief_err number_take(struct fake_pd *pd, uint32_t *number)
{
	for (uint32_t i = 0; i < FAKE_THREADS; i++) {
		if (pd->thread[i])
			continue;
		*number = i;
		return FIEF_OK;
	}
	return FIEF_LIMIT;
}

enum fief_err fake_thread_new(struct fake_pd *pd, void (*entry)(void *),
                              void *arg, fief_thread *thread)
{
	struct fake *w = pd->world;
	struct fake_thread *t;
	uint32_t number;

	if (pd->dead)
		return FIEF_GONE;
	if (pd->used.threads >= pd->limits.threads || number_take(pd, &number))
		return FIEF_LIMIT;
	t = fake_alloc(pd, sizeof(*t));
	if (!t)
		return FIEF_OUT_OF_RAM;
	*t = (struct fake_thread){ .next = w->threads,
		                   .world = w,
		                   .pd = pd,
		                   .number = number,
		                   .owned = true,
		                   .entry = entry,
		                   .arg = arg };
	thread_cond_init(t);
	/* Before the thread runs, which may be the one to use it. */
	*thread = number;
	if (pthread_create(&t->host, NULL, thread_main, t)) {
		pthread_cond_destroy(&t->cond);
		fake_free(pd, t, sizeof(*t));
		return FIEF_LIMIT;
	}
	pd->thread[number] = t;
	pd->used.threads++;
	w->threads = t;
	return FIEF_OK;
}

/* Threads that ended are collected here, by the driver. */
static void threads_reap(struct fake *w)
{
	struct fake_thread **at = &w->threads, *t;

	while ((t = *at)) {
		if (t->state != FAKE_ENDED) {
			at = &t->next;
			continue;
		}
		*at = t->next;
		/* It holds the lock no more than once again, to return it. */
		pthread_mutex_unlock(&w->lock);
		pthread_join(t->host, NULL);
		pthread_mutex_lock(&w->lock);
		pthread_cond_destroy(&t->cond);
		fake_free(t->pd, t, sizeof(*t));
	}
}

static bool threads_left(const struct fake *w, const struct fake_pd *pd)
{
	for (const struct fake_thread *t = w->threads; t; t = t->next)
		if (t->owned && t->state != FAKE_ENDED && (!pd || t->pd == pd))
			return true;
	return false;
}

static void join(struct fake *w, const struct fake_pd *pd)
{
	while (threads_left(w, pd)) {
		w->joiner = &w->driver;
		fake_block(&w->driver, FIEF_NEVER, "join");
	}
	w->joiner = NULL;
	threads_reap(w);
}

void fake_join(struct fake_pd *pd)
{
	struct fake_thread *t = fake_op_begin();

	if (t->owned)
		fake_misuse("only the driver joins");
	join(t->world, pd);
	fake_op_end(t);
}

struct fake_pd *fake_enter(struct fake_pd *pd)
{
	struct fake_thread *t = fake_op_begin();
	struct fake_pd *old = t->pd;

	if (t->owned)
		fake_misuse("only the driver changes its PD");
	if (old && old->thread[t->number] == t)
		old->thread[t->number] = NULL;
	t->pd = pd;
	t->number = 0;
	if (pd && number_take(pd, &t->number))
		fake_misuse("no thread number left for the driver");
	if (pd)
		pd->thread[t->number] = t;
	fake_op_end(t);
	return old;
}

/* ---- worlds ---- */

struct fake *fake_create(const struct fake_options *options)
{
	struct fake *w;

	if (self)
		fake_misuse("the calling thread is in a world already");
	w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	pthread_mutex_init(&w->lock, NULL);
	w->options = *options;
	w->deterministic = options->seed != 0;
	w->random = options->seed;
	w->clock = 1000000000u;
	w->driver.world = w;
	w->driver.host = pthread_self();
	thread_cond_init(&w->driver);
	w->threads = w->current = self = &w->driver;
	return w;
}

static void pd_free(struct fake_pd *pd)
{
	fake_mappings_fini(pd);
	free(pd->handle);
	free(pd);
}

void fake_destroy(struct fake *w)
{
	struct fake_pd *pd;

	fake_enter(NULL);
	fake_op_begin();
	for (pd = w->pds; pd; pd = pd->next)
		fake_kill_locked(pd);
	join(w, NULL);
	pthread_mutex_unlock(&w->lock);
	while ((pd = w->pds)) {
		w->pds = pd->next;
		pd_free(pd);
	}
	pthread_cond_destroy(&w->driver.cond);
	pthread_mutex_destroy(&w->lock);
	free(w);
	self = NULL;
}
