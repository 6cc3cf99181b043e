/* SPDX-License-Identifier: MIT */
/*
 * Bit sets in words of the caller, and an allocator of small numbers on top:
 * it hands out the lowest free number below a fixed bound. Not locked.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fief/err.h>

enum { BITSET_WORD = 64 };

/* Words needed for `bits` bits, for `uint64_t words[BITSET_WORDS(n)]`. */
#define BITSET_WORDS(bits) (((bits) + BITSET_WORD - 1) / BITSET_WORD)

static inline bool bitset_get(const uint64_t *words, size_t bit)
{
	return words[bit / BITSET_WORD] >> (bit % BITSET_WORD) & 1;
}

static inline void bitset_set(uint64_t *words, size_t bit)
{
	words[bit / BITSET_WORD] |= (uint64_t)1 << (bit % BITSET_WORD);
}

static inline void bitset_clear(uint64_t *words, size_t bit)
{
	words[bit / BITSET_WORD] &= ~((uint64_t)1 << (bit % BITSET_WORD));
}

/* First bit at or after `from` that is set, or is clear; `bits` if none. */
size_t bitset_next_set(const uint64_t *words, size_t bits, size_t from);
size_t bitset_next_clear(const uint64_t *words, size_t bits, size_t from);

struct bit_alloc {
	uint64_t *words; /* borrowed: a set bit is a number in use */
	size_t bits;     /* numbers are below this */
	size_t used;
	size_t low; /* no number below this is free */
};

/* All of 0..bits-1 are free. `words` has BITSET_WORDS(bits) words and
 * outlives the allocator. */
void bit_alloc_init(struct bit_alloc *b, uint64_t *words, size_t bits);

/* Take the lowest free number. Error: LIMIT (all are in use). */
FIEF_MUST enum fief_err bit_alloc_take(struct bit_alloc *b, size_t *out);

/* Take `count` (not 0) adjacent numbers, lowest possible. Error: LIMIT. */
FIEF_MUST enum fief_err bit_alloc_take_run(struct bit_alloc *b, size_t count,
                                           size_t *first);

/* Take that number. Errors: CONFLICT (in use), INVALID (out of bounds). */
FIEF_MUST enum fief_err bit_alloc_take_at(struct bit_alloc *b, size_t number);

/* Make a number free. No effect if it is free or out of bounds. */
void bit_alloc_release(struct bit_alloc *b, size_t number);

/* Is the number in bounds and in use? */
bool bit_alloc_taken(const struct bit_alloc *b, size_t number);
