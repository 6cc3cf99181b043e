/* SPDX-License-Identifier: MIT */
/*
 * Classes of PDs by what of the host they reach. Each has a zygote, with a
 * filter and a Landlock domain of its own: both can only get tighter, so a PD
 * has those of its class from its first instruction on.
 *
 * PINS is a page of constants that a class with paths has below the highest
 * address that its PDs can map or unmap. The filter compares pointers, not what
 * they point to; a pointer into that page stands for what is there, whatever
 * code runs in the PD.
 */
#pragma once

#include <stdint.h>

#include <kernel/linux/abi/layout.h>

enum host_class {
	CLASS_NATIVE, /* all but drivers */
	CLASS_DIR_READ,
	CLASS_DIR_WRITE,
	CLASS_FILE_READ,
	CLASS_FILE_WRITE,
	CLASS_TTY,
	CLASS_STREAM,
	CLASS_GUEST, /* runs guests: nothing more of the host */
	CLASSES
};

enum { CLASS_GRANT_FD = 4 }; /* what the class is about: KIF_HOST_GRANT */

/* What openat2 can be asked for: entry i is for flags i of kif_host_open. */
struct pin_how {
	uint64_t flags, mode, resolve; /* struct open_how of the host */
	uint64_t unused;               /* 32 bytes: places differ in few bits */
};

enum {
	PIN_HOWS = 32,
	PIN_HOW_BYTES = 24, /* that the host is told of */
	PIN_STRIDE = 32,
};

_Static_assert(sizeof(struct pin_how) == PIN_STRIDE, "one compare tells");

#define PINS_HOW LAYOUT_PINS
#define PINS_EMPTY (LAYOUT_PINS + PIN_HOWS * PIN_STRIDE) /* "" */
