/* SPDX-License-Identifier: MIT */
/*
 * Sliced heap: each object gets a dataspace of its own, so that all memory of
 * a session returns to its quota when the session is closed. One object costs
 * its size and a header, rounded up to pages, and one capability.
 */
#pragma once

#include <fief/alloc.h>
#include <fief/ram.h>
#include <lib/list.h>

struct fief_sliced_heap {
	struct fief_alloc alloc; /* the interface; pass its address on */
	struct fief_ram *ram;    /* borrowed: outlives the heap */
	struct list slices;      /* owned */
};

void fief_sliced_heap_init(struct fief_sliced_heap *h, struct fief_ram *ram);

/* Give all RAM back. All objects still allocated are gone. */
void fief_sliced_heap_fini(struct fief_sliced_heap *h);

/* RAM quota that an object of `size` bytes costs. */
size_t fief_sliced_heap_cost(size_t size);
