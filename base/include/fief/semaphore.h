/* SPDX-License-Identifier: MIT */
/*
 * Counting semaphore. Waiters are served in the order of their arrival. Valid
 * with a count of 0 when all zero.
 */
#pragma once

#include <fief/mutex.h>
#include <lib/list.h>

struct fief_semaphore {
	struct fief_mutex mutex; /* guards all below; innermost rank */
	struct list waiters;     /* borrowed: on the waiters' stacks */
	uint64_t count;          /* 0 while somebody waits */
};

/* Wait until the count is positive and take one off. `deadline` is absolute,
 * FIEF_NEVER for none. Error: CANCELED (reached). */
FIEF_MUST enum fief_err fief_semaphore_down(struct fief_semaphore *s,
                                            uint64_t deadline);

/* Add one. */
void fief_semaphore_up(struct fief_semaphore *s);
