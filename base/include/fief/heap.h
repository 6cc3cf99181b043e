/* SPDX-License-Identifier: MIT */
/*
 * Heap: general-purpose allocator that grows by dataspaces from a RAM source.
 * Allocation and release take constant time (two-level segregated fit) apart
 * from growing. Objects of FIEF_HEAP_BIG bytes and more get a dataspace of
 * their own and give it back when freed; a chunk that became empty goes back
 * to the source, except for one that is kept against ping-pong.
 *
 * A wrong size, a second release and overwritten block headers are detected
 * where that is cheap; the component then ends with a message.
 */
#pragma once

#include <stdint.h>

#include <fief/alloc.h>
#include <fief/ram.h>
#include <lib/list.h>

enum {
	FIEF_HEAP_BIG = 65536,
	FIEF_HEAP_CHUNK_MIN = 16384,
	FIEF_HEAP_CHUNK_MAX = 524288,

	FIEF_HEAP_SIZES = 16,  /* free lists in each power of two */
	FIEF_HEAP_POWERS = 12, /* the last one holds a whole largest chunk */
};

struct fief_heap_block;

struct fief_heap {
	struct fief_alloc alloc; /* the interface; pass its address on */
	struct fief_ram *ram;    /* borrowed: outlives the heap */
	struct list chunks;      /* owned: ranges cut into blocks */
	struct list big;         /* owned: objects with own dataspace */
	size_t chunk_bytes;      /* sum over `chunks` */
	size_t used;             /* bytes handed out, with rounding */
	unsigned empty;          /* chunks that are all free */
	uint32_t powers;         /* bit n: sizes[n] is not 0 */
	uint32_t sizes[FIEF_HEAP_POWERS]; /* bit n: list n not empty */
	struct fief_heap_block *free[FIEF_HEAP_POWERS][FIEF_HEAP_SIZES];
};

/* An empty heap; takes no RAM until the first allocation. */
void fief_heap_init(struct fief_heap *h, struct fief_ram *ram);

/* Give all RAM back. All objects still allocated are gone. */
void fief_heap_fini(struct fief_heap *h);

/* Give the empty chunk back that is kept, for example when the parent asks
 * to yield. Returns the bytes given back. */
size_t fief_heap_trim(struct fief_heap *h);

/* Bytes taken from the RAM source. */
size_t fief_heap_ram(const struct fief_heap *h);
