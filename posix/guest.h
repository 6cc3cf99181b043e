/* SPDX-License-Identifier: MIT */
/*
 * The program that this component runs, and its ways in and out. A host call of
 * it arrives in `guest_entry`, in its stack, by the trap of <fief/kif_guest.h>;
 * from there on we are in our own stack, until it goes on.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <fief/compiler.h>

/* Its general registers, as guest_entry puts them. RCX is where it goes on. */
struct guest_regs {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
	uint64_t bp, di, si, dx, cx, bx, ax;
};

/* Enter the program; it does not come back. */
FIEF_NORETURN void guest_start(uint64_t ip, uint64_t sp);

/* Where its calls come; see kif_guest.enter. */
void guest_entry(void);
/* call.c: the answer goes to `ax`. */
void guest_called(struct guest_regs *);
