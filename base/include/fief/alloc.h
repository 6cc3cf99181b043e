/* SPDX-License-Identifier: MIT */
/*
 * Allocator interface. Memory is always asked from an allocator that was
 * passed in; there is no global one. Whoever frees tells the size again, so
 * that allocators need not store it.
 *
 * Implementations: <fief/heap.h> general purpose, <fief/sliced_heap.h> one
 * dataspace an object, <fief/slab.h> many of one size, <fief/budget.h> a
 * bound on another allocator, <fief/locked_alloc.h> for several threads.
 * Unless said otherwise an allocator is used by one thread.
 */
#pragma once

#include <stddef.h>

#include <fief/err.h>
#include <lib/arena.h>

enum { FIEF_ALLOC_ALIGN = 16 };

struct fief_alloc {
	/*
	 * `size` bytes (0 counts as 1) of undefined content, aligned to
	 * FIEF_ALLOC_ALIGN; the caller owns them until `free`.
	 * Errors: OUT_OF_RAM, OUT_OF_CAPS, DENIED. May block on core.
	 */
	enum fief_err (*alloc)(struct fief_alloc *self, size_t size,
	                       void **out);
	/* Free what one `alloc` of that size returned; never NULL. */
	void (*free)(struct fief_alloc *self, void *ptr, size_t size);
};

FIEF_MUST static inline enum fief_err fief_alloc(struct fief_alloc *a,
                                                 size_t size, void **out)
{
	return a->alloc(a, size, out);
}

/* Free memory; NULL is ignored. */
static inline void fief_free(struct fief_alloc *a, void *ptr, size_t size)
{
	if (ptr)
		a->free(a, ptr, size);
}

/* The same as fief_alloc, filled with zeros. */
FIEF_MUST enum fief_err fief_alloc_zeroed(struct fief_alloc *a, size_t size,
                                          void **out);

/* `count` objects of `size` bytes, zeroed; freed as one of count * size.
 * OUT_OF_RAM also if the product overflows. */
FIEF_MUST enum fief_err fief_alloc_array(struct fief_alloc *a, size_t count,
                                         size_t size, void **out);

/* Copy of a text with its terminator; freed as strlen + 1 bytes. */
FIEF_MUST enum fief_err fief_alloc_text(struct fief_alloc *a, const char *text,
                                        char **out);

/* Source of chunks for an arena, taken from an allocator. */
struct fief_arena_source {
	struct arena_source source; /* for arena_init */
	struct fief_alloc *alloc;   /* borrowed: outlives the arena */
};

void fief_arena_source_init(struct fief_arena_source *s, struct fief_alloc *a);
