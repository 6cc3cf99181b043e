/* SPDX-License-Identifier: MIT */
/*
 * Blockade: one thread waits until another lets it pass. A wake-up that comes
 * first is remembered, once. Valid and closed when all zero.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include <fief/err.h>

struct fief_blockade {
	_Atomic uint64_t state; /* 0: closed, 1: open, else waiter + 2 */
};

/* Wait for a wake-up and use it up. At most one thread waits at a time.
 * `deadline` is absolute, FIEF_NEVER for none. Error: CANCELED (reached). */
FIEF_MUST enum fief_err fief_blockade_wait(struct fief_blockade *b,
                                           uint64_t deadline);

/* Let the waiter pass. It may destroy the blockade at once. */
void fief_blockade_wake(struct fief_blockade *b);
