/* SPDX-License-Identifier: MIT */
/* Futex lock with the three states free, taken, taken and contended
 * (U. Drepper, "Futexes Are Tricky", 2011, section 5). */

#include "lock.h"

#include <limits.h>

#include "sys.h"

enum { FREE, TAKEN, CONTENDED };
enum { FUTEX_WAIT_OP = 0, FUTEX_WAKE_OP = 1, FUTEX_WAIT_BITSET_OP = 9 };

void kif_futex_wait(const _Atomic uint32_t *word, uint32_t value,
                    uint64_t deadline)
{
	struct {
		long sec, ns;
	} ts;

	if (deadline == FIEF_NEVER) {
		sys_call6(__NR_futex, (long)word, FUTEX_WAIT_OP, (int)value, 0,
		          0, 0);
		return;
	}
	ts.sec = (long)(deadline / 1000000000u);
	ts.ns = (long)(deadline % 1000000000u);
	sys_call6(__NR_futex, (long)word, FUTEX_WAIT_BITSET_OP, (int)value,
	          (long)&ts, 0, -1);
}

void kif_futex_wake(const _Atomic uint32_t *word)
{
	sys_call3(__NR_futex, (long)word, FUTEX_WAKE_OP, INT_MAX);
}

/* Before there are two threads, nobody else writes the word. */
void kif_lock(struct kif_pd *pd)
{
	uint32_t state = FREE;

	if (FIEF_LIKELY(!pd->threaded)) {
		atomic_store_explicit(&pd->lock, TAKEN, memory_order_relaxed);
		return;
	}
	if (atomic_compare_exchange_strong_explicit(&pd->lock, &state, TAKEN,
	                                            memory_order_acquire,
	                                            memory_order_relaxed))
		return;
	while (atomic_exchange_explicit(&pd->lock, CONTENDED,
	                                memory_order_acquire) != FREE)
		kif_futex_wait(&pd->lock, CONTENDED, FIEF_NEVER);
}

void kif_unlock(struct kif_pd *pd)
{
	if (FIEF_LIKELY(!pd->threaded))
		atomic_store_explicit(&pd->lock, FREE, memory_order_relaxed);
	else if (atomic_exchange_explicit(&pd->lock, FREE,
	                                  memory_order_release) == CONTENDED)
		kif_futex_wake(&pd->lock);
}
