/* SPDX-License-Identifier: MIT */
/* kif over POSIX threads: park, unpark, time, log, exit. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <fief/assert.h>

#include "fake_kif.h"

enum { THREADS_MAX = 256 };

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool token;
} parking[THREADS_MAX];

static pthread_once_t parking_once = PTHREAD_ONCE_INIT;
static _Atomic unsigned threads;
static _Thread_local unsigned self = THREADS_MAX;
static jmp_buf exit_jump;

_Atomic unsigned fake_kif_logged;

static void parking_init(void)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	for (unsigned i = 0; i < THREADS_MAX; i++) {
		pthread_mutex_init(&parking[i].mutex, NULL);
		pthread_cond_init(&parking[i].cond, &attr);
	}
}

static fief_thread thread_self(void)
{
	pthread_once(&parking_once, parking_init);
	if (self == THREADS_MAX)
		self = atomic_fetch_add(&threads, 1);
	if (self >= THREADS_MAX)
		abort();
	return self;
}

static void park(uint64_t deadline)
{
	const fief_thread t = thread_self();
	const struct timespec at = { (time_t)(deadline / 1000000000),
		                     (long)(deadline % 1000000000) };
	int e = 0;

	pthread_mutex_lock(&parking[t].mutex);
	while (!parking[t].token && e != ETIMEDOUT) {
		if (deadline == FIEF_NEVER)
			pthread_cond_wait(&parking[t].cond, &parking[t].mutex);
		else
			e = pthread_cond_timedwait(&parking[t].cond,
			                           &parking[t].mutex, &at);
	}
	parking[t].token = false;
	pthread_mutex_unlock(&parking[t].mutex);
}

static void unpark(fief_thread t)
{
	pthread_mutex_lock(&parking[t].mutex);
	parking[t].token = true;
	pthread_cond_signal(&parking[t].cond);
	pthread_mutex_unlock(&parking[t].mutex);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* The same at each start: a test that fails can be repeated. */
static enum fief_err seed(uint8_t out[KIF_SEED])
{
	static _Atomic bool taken;

	if (atomic_exchange(&taken, true))
		return FIEF_GONE;
	for (unsigned i = 0; i < KIF_SEED; i++)
		out[i] = (uint8_t)(i + 1);
	return FIEF_OK;
}

static void log_text(const char *text, size_t len)
{
	(void)text;
	atomic_fetch_add(&fake_kif_logged, (unsigned)len);
}

FIEF_NORETURN static void leave(int code)
{
	longjmp(exit_jump, code + 1);
}

static const struct kif fake = {
	.version = KIF_VERSION,
	.size = sizeof(struct kif),
	.park = park,
	.unpark = unpark,
	.thread_self = thread_self,
	.time = now,
	.seed = seed,
	.log = log_text,
	.exit = leave,
};

const struct kif *fief_kif = &fake;

void fief_assert_failed(const char *condition, const char *file, unsigned line)
{
	fprintf(stderr, "%s:%u: %s\n", file, line, condition);
	abort();
}

int fake_kif_exit_of(void (*fn)(void *), void *arg)
{
	const int jump = setjmp(exit_jump);

	if (jump)
		return jump - 1;
	fn(arg);
	return -1;
}
