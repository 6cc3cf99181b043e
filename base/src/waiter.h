/* SPDX-License-Identifier: MIT */
/* A thread that waits, on its own stack, for one grant by another. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include <fief/kif_table.h>
#include <lib/list.h>

struct fief_waiter {
	struct fief_waiter *next; /* borrowed: in the queue of a mutex */
	struct list_elem elem;    /* in the list of a semaphore */
	fief_thread thread;
	_Atomic bool granted;
};

/* Acquire pairs with the release in waiter_grant. */
static inline bool waiter_granted(struct fief_waiter *w)
{
	return atomic_load_explicit(&w->granted, memory_order_acquire);
}

/* park may return early: an unpark that was meant for an earlier wait. */
static inline void waiter_wait(struct fief_waiter *w)
{
	while (!waiter_granted(w))
		fief_kif->park(FIEF_NEVER);
}

/* The waiter's stack frame may be gone as soon as it sees the grant. */
static inline void waiter_grant(struct fief_waiter *w)
{
	const fief_thread thread = w->thread;

	atomic_store_explicit(&w->granted, true, memory_order_release);
	fief_kif->unpark(thread);
}
