/* SPDX-License-Identifier: MIT */
/*
 * Bump allocation: many small objects that die together. An arena lives in
 * one fixed buffer, or grows by chunks from a source and gives all of them
 * back at once. A zero `struct arena` is valid and has no memory. Not locked.
 */
#pragma once

#include <stddef.h>

#include <fief/err.h>

/* Where chunks come from, aligned to 16. An adapter to the allocators of the
 * runtime is in <fief/alloc.h>. */
struct arena_source {
	enum fief_err (*get)(struct arena_source *self, size_t size,
	                     void **out);
	void (*put)(struct arena_source *self, void *chunk, size_t size);
};

struct arena_chunk;

struct arena {
	struct arena_source *source; /* borrowed: outlives us; NULL: fixed */
	struct arena_chunk *chunks;  /* owned: newest first */
	char *next;                  /* borrowed: start of the free rest */
	char *end;
	size_t total; /* bytes taken from the source */
};

/* Use `size` bytes at `buf`, which outlives the arena, and no more. */
void arena_init_fixed(struct arena *a, void *buf, size_t size);

/* Grow from `source` as needed. */
void arena_init(struct arena *a, struct arena_source *source);

/* Give all chunks back; all objects are gone, the arena can be used anew
 * unless it was fixed. No effect on a zero arena. */
void arena_fini(struct arena *a);

/* `size` bytes, zeroed, aligned to 16. They live as long as the arena.
 * Errors: OUT_OF_RAM (fixed buffer is full), those of the source. */
FIEF_MUST enum fief_err arena_alloc(struct arena *a, size_t size, void **out);

/* Copy of `len` bytes of text with a terminator. Errors as arena_alloc. */
FIEF_MUST enum fief_err arena_text(struct arena *a, const char *text,
                                   size_t len, const char **out);
