/* SPDX-License-Identifier: MIT */
/* Bit sets and the allocator of small numbers. */
#include <lib/bit_alloc.h>
#include <lib/bits.h>
#include <lib/mem.h>

/* First set bit of words[i] ^ flip at or after `from`. */
static size_t next(const uint64_t *words, size_t bits, size_t from,
                   uint64_t flip)
{
	while (from < bits) {
		uint64_t word = words[from / BITSET_WORD] ^ flip;

		word >>= from % BITSET_WORD;
		if (word) {
			from += bits_lowest(word);
			return from < bits ? from : bits;
		}
		from = (from / BITSET_WORD + 1) * BITSET_WORD;
	}
	return bits;
}

size_t bitset_next_set(const uint64_t *words, size_t bits, size_t from)
{
	return next(words, bits, from, 0);
}

size_t bitset_next_clear(const uint64_t *words, size_t bits, size_t from)
{
	return next(words, bits, from, UINT64_MAX);
}

void bit_alloc_init(struct bit_alloc *b, uint64_t *words, size_t bits)
{
	memset(words, 0, BITSET_WORDS(bits) * sizeof(*words));
	*b = (struct bit_alloc){ .words = words, .bits = bits };
}

static void take_all(struct bit_alloc *b, size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++)
		bitset_set(b->words, i);
	b->used += count;
	if (first == b->low)
		b->low = first + count;
}

enum fief_err bit_alloc_take(struct bit_alloc *b, size_t *out)
{
	return bit_alloc_take_run(b, 1, out);
}

enum fief_err bit_alloc_take_run(struct bit_alloc *b, size_t count,
                                 size_t *first)
{
	size_t start = b->low, end;

	for (;; start = end) {
		start = bitset_next_clear(b->words, b->bits, start);
		if (count > b->bits - start)
			return FIEF_LIMIT;
		end = bitset_next_set(b->words, start + count, start);
		if (end == start + count)
			break;
	}
	take_all(b, start, count);
	*first = start;
	return FIEF_OK;
}

enum fief_err bit_alloc_take_at(struct bit_alloc *b, size_t number)
{
	if (number >= b->bits)
		return FIEF_INVALID;
	if (bitset_get(b->words, number))
		return FIEF_CONFLICT;
	take_all(b, number, 1);
	return FIEF_OK;
}

void bit_alloc_release(struct bit_alloc *b, size_t number)
{
	if (!bit_alloc_taken(b, number))
		return;
	bitset_clear(b->words, number);
	b->used--;
	if (number < b->low)
		b->low = number;
}

bool bit_alloc_taken(const struct bit_alloc *b, size_t number)
{
	return number < b->bits && bitset_get(b->words, number);
}
