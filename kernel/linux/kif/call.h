/* SPDX-License-Identifier: MIT */
/* Client side of a channel. */
#pragma once

#include "state.h"

enum fief_err kif_call(fief_cap cap, struct kif_msg *msg);
/* Call the kernel object of this PD: no capabilities, not cancelable, takes
 * no lock. */
enum fief_err kif_call_kernel(struct kif_pd *, struct kif_msg *msg);
/* Wake the server of an out-channel, if it does not look anyway. */
void kchan_ring(struct kchan *);
void kif_signal(fief_cap cap);
void kif_cancel(fief_thread thread, uint64_t call_nr);
uint64_t kif_call_nr(void);

/*
 * Where this thread runs, + 1, as in channel pages. The host keeps CPU and
 * node where RDPID finds them, and as the limit of a segment for older CPUs:
 * that is what its vDSO reads in getcpu. An rseq area would tell as well, but
 * costs 45 ns at each switch of the thread (docs/decisions/005).
 */
static inline uint32_t kif_cpu(const struct kif_pd *pd)
{
	enum { CPUNODE_SEGMENT = 0x7b };
	uint64_t at;

	if (FIEF_LIKELY(pd->rdpid))
		__asm__ volatile("rdpid %0" : "=r"(at));
	else
		__asm__ volatile("lsl %1, %0"
		                 : "=r"(at)
		                 : "r"((uint64_t)CPUNODE_SEGMENT));
	return (uint32_t)at + 1;
}

static inline uint64_t kif_ticks(void)
{
	uint32_t lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (uint64_t)hi << 32 | lo;
}

static inline void kif_pause(void)
{
	__asm__ volatile("pause");
}
