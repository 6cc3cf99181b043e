/* SPDX-License-Identifier: MIT */
/*
 * Mutex with direct hand-over. Waiters push themselves on a stack whose top is
 * in `state`; only the holder takes the stack away, as a whole, so that no
 * waiter can come back at the same address while another reads it.
 */
#include <fief/kif_table.h>
#include <fief/mutex.h>

#include "waiter.h"

enum { UNHELD = 0, HELD = 1 };

static uint64_t self_mark(void)
{
	return (uint64_t)fief_kif->thread_self() + 1;
}

/* Only this thread stores its own mark: no order is needed to compare it. */
static bool held_by(struct fief_mutex *m, uint64_t self)
{
	return atomic_load_explicit(&m->owner, memory_order_relaxed) == self;
}

static void owner_set(struct fief_mutex *m, uint64_t mark)
{
	atomic_store_explicit(&m->owner, mark, memory_order_relaxed);
}

/* Acquire pairs with the release in release_free: the last holder's writes. */
static bool take_free(struct fief_mutex *m)
{
	uintptr_t unheld = UNHELD;

	return atomic_compare_exchange_strong_explicit(&m->state, &unheld, HELD,
	                                               memory_order_acquire,
	                                               memory_order_relaxed);
}

static bool release_free(struct fief_mutex *m)
{
	uintptr_t held = HELD;

	return atomic_compare_exchange_strong_explicit(&m->state, &held, UNHELD,
	                                               memory_order_release,
	                                               memory_order_relaxed);
}

/* Take the mutex or become a waiter; true if taken. Release of the push pairs
 * with the acquire in take_waiters: the waiter's fields. */
static bool take_or_push(struct fief_mutex *m, struct fief_waiter *w)
{
	uintptr_t s = atomic_load_explicit(&m->state, memory_order_relaxed);

	for (;;) {
		if (s == UNHELD) {
			if (take_free(m))
				return true;
			s = HELD; /* a guess that the exchange corrects */
		}
		w->next = s == HELD ? NULL : (struct fief_waiter *)s;
		if (atomic_compare_exchange_weak_explicit(
			    &m->state, &s, (uintptr_t)w, memory_order_release,
			    memory_order_relaxed))
			return false;
	}
}

/* The waiters that came since, oldest first. */
static struct fief_waiter *take_waiters(struct fief_mutex *m)
{
	struct fief_waiter *queue = NULL, *w, *next;

	w = (struct fief_waiter *)atomic_exchange_explicit(
		&m->state, HELD, memory_order_acquire);
	for (; w; w = next) {
		next = w->next;
		w->next = queue;
		queue = w;
	}
	return queue;
}

enum fief_err fief_mutex_lock(struct fief_mutex *m)
{
	const uint64_t self = self_mark();
	struct fief_waiter w = { .thread = fief_kif->thread_self() };

	if (held_by(m, self))
		return FIEF_DEADLOCK;
	if (!take_or_push(m, &w))
		waiter_wait(&w);
	owner_set(m, self);
	return FIEF_OK;
}

enum fief_err fief_mutex_try_lock(struct fief_mutex *m)
{
	const uint64_t self = self_mark();

	if (held_by(m, self))
		return FIEF_DEADLOCK;
	if (!take_free(m))
		return FIEF_AGAIN;
	owner_set(m, self);
	return FIEF_OK;
}

void fief_mutex_unlock(struct fief_mutex *m)
{
	static const char message[] = "mutex: unlocked by a thread that does "
				      "not hold it";
	struct fief_waiter *w;

	if (!held_by(m, self_mark())) {
		fief_kif->log(message, sizeof(message) - 1);
		return;
	}
	owner_set(m, 0);
	if (!m->queue) {
		if (release_free(m))
			return;
		m->queue = take_waiters(m);
	}
	w = m->queue;
	m->queue = w->next;
	waiter_grant(w);
}
