/* SPDX-License-Identifier: MIT */
/* Mutex, semaphore and blockade with real threads. */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fief/blockade.h>
#include <fief/mutex.h>
#include <fief/semaphore.h>

#include "fake_kif.h"

enum { THREADS = 6, ROUNDS = 3000 };

static const uint64_t five_ms = 5000000;

static struct fief_mutex mutex;
static struct fief_semaphore semaphore;
static struct fief_blockade blockade;
static unsigned counter; /* guarded by `mutex` */
static _Atomic unsigned inside;

static void *mutex_loop(void *arg)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		if (fief_mutex_lock(&mutex))
			abort();
		if (atomic_fetch_add(&inside, 1) != 0)
			abort();
		counter++;
		if (i % 8 == 0)
			sched_yield(); /* lets the others queue up */
		atomic_fetch_sub(&inside, 1);
		fief_mutex_unlock(&mutex);
	}
	return arg;
}

static void run_threads(void *(*fn)(void *))
{
	pthread_t t[THREADS];

	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, fn, NULL), 0);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
}

static void mutex_excludes(void **state)
{
	(void)state;
	counter = 0;
	run_threads(mutex_loop);
	assert_int_equal(counter, THREADS * ROUNDS);
	assert_int_equal(mutex.state, 0);
	assert_null(mutex.queue);
}

/* Threads that queue up one after the other get the mutex in that order. */
static void *in_line(void *arg)
{
	unsigned *const turn = arg;

	if (fief_mutex_lock(&mutex))
		abort();
	*turn = counter++;
	fief_mutex_unlock(&mutex);
	return NULL;
}

static void mutex_is_fair(void **state)
{
	unsigned turn[THREADS];
	pthread_t t[THREADS];

	(void)state;
	counter = 0;
	assert_int_equal(fief_mutex_lock(&mutex), FIEF_OK);
	for (unsigned i = 0; i < THREADS; i++) {
		const uintptr_t before = mutex.state;

		assert_int_equal(pthread_create(&t[i], NULL, in_line, &turn[i]),
		                 0);
		while (mutex.state == before)
			sched_yield();
	}
	fief_mutex_unlock(&mutex);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(turn[i], i);
	assert_int_equal(mutex.state, 0);
}

static void mutex_errors(void **state)
{
	struct fief_mutex m = { 0 };
	unsigned logged;

	(void)state;
	assert_int_equal(fief_mutex_try_lock(&m), FIEF_OK);
	assert_int_equal(fief_mutex_lock(&m), FIEF_DEADLOCK);
	assert_int_equal(fief_mutex_try_lock(&m), FIEF_DEADLOCK);
	fief_mutex_unlock(&m);
	logged = fake_kif_logged;
	fief_mutex_unlock(&m);
	assert_true(fake_kif_logged > logged);
	assert_int_equal(fief_mutex_lock(&m), FIEF_OK);
	fief_mutex_unlock(&m);
}

static void *try_other(void *arg)
{
	struct fief_mutex *const m = arg;

	if (fief_mutex_try_lock(m) != FIEF_AGAIN)
		abort();
	fief_mutex_unlock(m); /* not ours: no effect */
	return NULL;
}

static void mutex_held_by_other(void **state)
{
	struct fief_mutex m = { 0 };
	pthread_t t;

	(void)state;
	assert_int_equal(fief_mutex_lock(&m), FIEF_OK);
	assert_int_equal(pthread_create(&t, NULL, try_other, &m), 0);
	assert_int_equal(pthread_join(t, NULL), 0);
	assert_int_equal(fief_mutex_lock(&m), FIEF_DEADLOCK);
	fief_mutex_unlock(&m);
}

static void *consumer(void *arg)
{
	for (unsigned i = 0; i < ROUNDS; i++)
		if (fief_semaphore_down(&semaphore, FIEF_NEVER))
			abort();
	return arg;
}

static void *producer(void *arg)
{
	for (unsigned i = 0; i < THREADS * ROUNDS; i++)
		fief_semaphore_up(&semaphore);
	return arg;
}

static void semaphore_counts(void **state)
{
	pthread_t t;

	(void)state;
	assert_int_equal(pthread_create(&t, NULL, producer, NULL), 0);
	run_threads(consumer);
	assert_int_equal(pthread_join(t, NULL), 0);
	assert_int_equal(semaphore.count, 0);
	assert_true(list_empty(&semaphore.waiters));
}

static void semaphore_deadline(void **state)
{
	struct fief_semaphore s = { .count = 1 };
	const uint64_t start = fief_kif->time();

	(void)state;
	assert_int_equal(fief_semaphore_down(&s, start), FIEF_OK);
	assert_int_equal(fief_semaphore_down(&s, start), FIEF_CANCELED);
	assert_int_equal(fief_semaphore_down(&s, start + five_ms),
	                 FIEF_CANCELED);
	assert_true(fief_kif->time() >= start + five_ms);
	fief_semaphore_up(&s);
	assert_int_equal(fief_semaphore_down(&s, FIEF_NEVER), FIEF_OK);
}

/* Consumers that give up race with a producer: no unit is lost or doubled. */
static void *impatient(void *arg)
{
	_Atomic unsigned *const got = arg;

	for (unsigned i = 0; i < ROUNDS; i++)
		if (!fief_semaphore_down(&semaphore, fief_kif->time() + 1000))
			atomic_fetch_add(got, 1);
	return NULL;
}

static void semaphore_withdrawal(void **state)
{
	_Atomic unsigned got = 0;
	pthread_t t[THREADS], p;

	(void)state;
	semaphore = (struct fief_semaphore){ 0 };
	assert_int_equal(pthread_create(&p, NULL, producer, NULL), 0);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, impatient, &got),
		                 0);
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	assert_int_equal(pthread_join(p, NULL), 0);
	assert_int_equal(got + semaphore.count, THREADS * ROUNDS);
}

static void *waker(void *arg)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		fief_blockade_wake(&blockade);
		if (fief_semaphore_down(&semaphore, FIEF_NEVER))
			abort();
	}
	return arg;
}

static void blockade_passes(void **state)
{
	struct fief_blockade b = { 0 };
	pthread_t t;

	(void)state;
	fief_blockade_wake(&b);
	fief_blockade_wake(&b);
	assert_int_equal(fief_blockade_wait(&b, FIEF_NEVER), FIEF_OK);
	assert_int_equal(fief_blockade_wait(&b, 0), FIEF_CANCELED);
	assert_int_equal(b.state, 0);

	semaphore = (struct fief_semaphore){ 0 };
	assert_int_equal(pthread_create(&t, NULL, waker, NULL), 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		assert_int_equal(fief_blockade_wait(&blockade, FIEF_NEVER),
		                 FIEF_OK);
		fief_semaphore_up(&semaphore);
	}
	assert_int_equal(pthread_join(t, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mutex_excludes),
		cmocka_unit_test(mutex_is_fair),
		cmocka_unit_test(mutex_errors),
		cmocka_unit_test(mutex_held_by_other),
		cmocka_unit_test(semaphore_counts),
		cmocka_unit_test(semaphore_deadline),
		cmocka_unit_test(semaphore_withdrawal),
		cmocka_unit_test(blockade_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
