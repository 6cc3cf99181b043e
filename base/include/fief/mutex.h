/* SPDX-License-Identifier: MIT */
/*
 * Mutex: built on park and unpark of kif and on C11 atomics. Waiters get it in
 * the order of their arrival; the holder hands it over directly. Valid and
 * free when all zero. A component's state belongs to its entrypoint and needs
 * no mutex; this is for the few objects that several threads share.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include <fief/err.h>

struct fief_waiter;

struct fief_mutex {
	_Atomic uintptr_t state;   /* 0: free, 1: held, else newest waiter */
	_Atomic uint64_t owner;    /* thread + 1; 0: none */
	struct fief_waiter *queue; /* the holder's: next owners, in order */
};

/* Wait until the mutex is ours. Error: DEADLOCK (this thread holds it). */
FIEF_MUST enum fief_err fief_mutex_lock(struct fief_mutex *m);

/* Take the mutex only if it is free. Errors: AGAIN, DEADLOCK. */
FIEF_MUST enum fief_err fief_mutex_try_lock(struct fief_mutex *m);

/* Release it. By a thread that does not hold it: a message and no effect. */
void fief_mutex_unlock(struct fief_mutex *m);
