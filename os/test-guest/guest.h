/* SPDX-License-Identifier: MIT */
/* The guest, and the ways in and out of it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	GUEST_END = 100000, /* a number of its own: it has ended */
	/* The only one that Linux (6.18) answers whatever a filter says, to
	 * all but its probes: by ENXIO. */
	GUEST_NOT_CALLED = 336,
};

struct guest_regs {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t bp, di, si, dx, cx, bx, ax;
};

/* To be copied to where guests are. */
extern const char guest_code[], guest_code_end[];
extern const char guest_calls[], guest_reads_fs[], guest_writes[],
	guest_jumps[];

/* Run it from there; returns what it ends with. */
uint64_t guest_run(uint64_t at, uint64_t stack);
/* Where its calls come. */
void guest_entry(void);
void guest_called(struct guest_regs *);
_Noreturn void guest_leave(uint64_t result);
