/* SPDX-License-Identifier: MIT */
/* Blockade: one word, closed, open or the thread that waits. */
#include <fief/blockade.h>
#include <fief/kif_table.h>

enum { CLOSED = 0, OPEN = 1, WAITER = 2 };

/* Use an opening up. Acquire pairs with the release in wake. */
static bool pass(struct fief_blockade *b)
{
	uint64_t open = OPEN;

	return atomic_compare_exchange_strong_explicit(&b->state, &open, CLOSED,
	                                               memory_order_acquire,
	                                               memory_order_relaxed);
}

static bool change(struct fief_blockade *b, uint64_t from, uint64_t to)
{
	return atomic_compare_exchange_strong_explicit(&b->state, &from, to,
	                                               memory_order_acquire,
	                                               memory_order_relaxed);
}

enum fief_err fief_blockade_wait(struct fief_blockade *b, uint64_t deadline)
{
	const uint64_t self = WAITER + (uint64_t)fief_kif->thread_self();

	change(b, CLOSED, self);
	while (!pass(b)) {
		if (deadline != FIEF_NEVER && fief_kif->time() >= deadline &&
		    change(b, self, CLOSED))
			return FIEF_CANCELED;
		fief_kif->park(deadline);
	}
	return FIEF_OK;
}

void fief_blockade_wake(struct fief_blockade *b)
{
	/* Afterwards the waiter may be gone with the blockade. */
	const uint64_t was =
		atomic_exchange_explicit(&b->state, OPEN, memory_order_acq_rel);

	if (was >= WAITER)
		fief_kif->unpark((fief_thread)(was - WAITER));
}
