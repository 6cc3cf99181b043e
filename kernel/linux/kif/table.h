/* SPDX-License-Identifier: MIT */
/*
 * Growing tables whose entries never move, so that readers need no lock, and
 * a small hash map. Memory comes from the PD's backend and is never returned;
 * the largest size a PD ever needed stays its own.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <fief/err.h>

struct kif_pd;

enum { KTABLE_CHUNKS = 20, KTABLE_FIRST = 32 };

/* Chunk n holds KTABLE_FIRST << n entries. `{0}` is an empty table. */
struct ktable {
	char *chunk[KTABLE_CHUNKS];
	uint32_t used; /* entries ever handed out */
	uint32_t room; /* entries that the chunks hold */
};

static inline void *ktable_at(const struct ktable *t, size_t size, uint32_t i)
{
	uint32_t bucket = i / KTABLE_FIRST + 1;
	uint32_t n = 31u - (uint32_t)__builtin_clz(bucket);
	uint32_t first = KTABLE_FIRST * ((1u << n) - 1);

	return t->chunk[n] + (size_t)(i - first) * size;
}

/* Index masked so that even a mispredicted check cannot read past the table
 * (invariant I9). Returns NULL when `i` is out of range. */
static inline void *ktable_get(const struct ktable *t, size_t size, uint32_t i)
{
	uint32_t used = t->used;
	uint64_t mask = (uint64_t)((int64_t)((uint64_t)i - used) >> 63);

	if (i >= used)
		return NULL;
	return ktable_at(t, size, i & (uint32_t)mask);
}

/* One entry more, zeroed. Errors: OUT_OF_RAM, LIMIT. */
FIEF_MUST enum fief_err ktable_add(struct kif_pd *, struct ktable *,
                                   size_t size, uint32_t *index);

/* uint32_t (not 0) -> uint32_t. `{0}` is an empty map. */
struct kmap {
	_Atomic uint64_t *_Atomic array;
	uint32_t used;
};

FIEF_MUST enum fief_err kmap_put(struct kif_pd *, struct kmap *, uint32_t key,
                                 uint32_t value);
/* False if `key` is not there. Without lock, and while another thread changes
 * the map, it may miss a key that is there, but never finds a wrong value. */
bool kmap_get(const struct kmap *, uint32_t key, uint32_t *value);
bool kmap_take(struct kmap *, uint32_t key, uint32_t *value);

/* `bytes` of zeroed memory for tables; never returned. */
FIEF_MUST enum fief_err kif_grow(struct kif_pd *, size_t bytes, void **out);
