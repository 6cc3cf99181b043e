/* SPDX-License-Identifier: MIT */
/*
 * Fixed addresses inside a component process. Everything of the native
 * runtime lies above KIF_BASE, so that guests of the Linux personality own
 * the range below; it is kept inside few 1-GiB regions because each region
 * touched costs a page of page tables in every component.
 */
#pragma once

#include <stdint.h>

#include <fief/kif.h>

#define LAYOUT_KIF 0x7fc000000000ul     /* kif image, below PINS */
#define LAYOUT_PINS 0x7fc0001ff000ul    /* see host_class.h */
#define LAYOUT_STATE 0x7fc000200000ul   /* boot dataspace */
#define LAYOUT_PD_PAGE 0x7fc000400000ul /* core's page, read-only */
#define LAYOUT_IMAGE 0x7fc001000000ul   /* component image */
#define LAYOUT_IMAGE_END 0x7fc009000000ul
#define LAYOUT_HEAP 0x7fc009000000ul     /* kif's own growing memory */
#define LAYOUT_HEAP_END 0x7fc010000000ul /* 1.2 KB a peer with one channel */
#define LAYOUT_CHANNELS 0x7fc010000000ul /* channel n at n pages */
#define LAYOUT_CHANNELS_END 0x7fc03f000000ul
#define LAYOUT_SCRATCH 0x7fc03f000000ul /* loader: parts of the ELF file */
#define LAYOUT_ARENA 0x7fc040000000ul   /* kif->map without an address */
#define LAYOUT_ARENA_END 0x7fe000000000ul

/* Parts of the boot dataspace. */
enum {
	LAYOUT_BOOT_STATE = 64 << 10, /* struct pd, first tables, altstack */
	LAYOUT_BOOT_STACK = 64 << 10, /* stack of the initial thread */
	LAYOUT_BOOT_SEED = /* its uppermost bytes, on a page used anyway */
	LAYOUT_BOOT_STATE + LAYOUT_BOOT_STACK - KIF_SEED,
	LAYOUT_BOOT_DATA = 64 << 10, /* small .data and .bss of the image */
	LAYOUT_BOOT_SINK = /* a page that stands in for destroyed memory */
	LAYOUT_BOOT_STATE + LAYOUT_BOOT_STACK + LAYOUT_BOOT_DATA,
	LAYOUT_BOOT_SIZE = LAYOUT_BOOT_SINK + 4096,
};
