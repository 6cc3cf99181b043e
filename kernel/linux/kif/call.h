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

/* Where this thread runs, + 1, as in channel pages. */
static inline uint32_t kif_cpu(void)
{
	uint32_t *cpu = &kif_self()->rseq.cpu_id;

	return *(volatile uint32_t *)cpu + 1;
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
