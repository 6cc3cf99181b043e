/* SPDX-License-Identifier: MIT */
/* Bit sets and the allocator on top, against an array of bools. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lib/bit_alloc.h>
#include <lib/bits.h>

enum { BITS = 150 };

static size_t scan(const bool *taken, size_t count)
{
	for (size_t i = 0; i + count <= BITS; i++) {
		size_t n = 0;

		while (n < count && !taken[i + n])
			n++;
		if (n == count)
			return i;
	}
	return SIZE_MAX;
}

static void take_run(struct bit_alloc *b, bool *taken, size_t count)
{
	const size_t want = scan(taken, count);
	size_t got = 12345;

	if (want == SIZE_MAX) {
		assert_int_equal(bit_alloc_take_run(b, count, &got),
		                 FIEF_LIMIT);
		assert_int_equal(got, 12345);
		return;
	}
	assert_int_equal(bit_alloc_take_run(b, count, &got), FIEF_OK);
	assert_int_equal(got, want);
	memset(taken + got, true, count);
}

static void random_steps(void **state)
{
	uint64_t words[BITSET_WORDS(BITS)];
	bool taken[BITS] = { false };
	struct bit_alloc b;
	uint32_t seed = 3;

	(void)state;
	bit_alloc_init(&b, words, BITS);
	for (unsigned s = 0; s < 50000; s++) {
		const size_t at = (seed >> 16) % BITS;
		size_t used = 0;

		seed = seed * 1103515245 + 12345;
		if (seed >> 30 == 0) {
			take_run(&b, taken, 1 + (seed >> 20) % 7);
		} else if (seed >> 30 == 1) {
			assert_int_equal(bit_alloc_take_at(&b, at),
			                 taken[at] ? FIEF_CONFLICT : FIEF_OK);
			taken[at] = true;
		} else {
			bit_alloc_release(&b, at);
			taken[at] = false;
		}
		for (size_t i = 0; i < BITS; i++) {
			assert_int_equal(bit_alloc_taken(&b, i), taken[i]);
			used += taken[i];
		}
		assert_int_equal(b.used, used);
	}
}

static void bounds(void **state)
{
	uint64_t words[BITSET_WORDS(BITS)];
	struct bit_alloc b;
	size_t n;

	(void)state;
	bit_alloc_init(&b, words, BITS);
	for (size_t i = 0; i < BITS; i++) {
		assert_int_equal(bit_alloc_take(&b, &n), FIEF_OK);
		assert_int_equal(n, i);
	}
	assert_int_equal(bit_alloc_take(&b, &n), FIEF_LIMIT);
	assert_int_equal(bit_alloc_take_at(&b, BITS), FIEF_INVALID);
	bit_alloc_release(&b, BITS);
	bit_alloc_release(&b, SIZE_MAX);
	assert_int_equal(b.used, BITS);
	bit_alloc_release(&b, 64);
	assert_int_equal(bit_alloc_take(&b, &n), FIEF_OK);
	assert_int_equal(n, 64);
	bit_alloc_init(&b, words, BITS);
	assert_int_equal(bit_alloc_take_run(&b, BITS + 1, &n), FIEF_LIMIT);
	assert_int_equal(bit_alloc_take_run(&b, SIZE_MAX, &n), FIEF_LIMIT);
	assert_int_equal(bit_alloc_take_run(&b, BITS, &n), FIEF_OK);
	assert_int_equal(n, 0);
}

static void bit_positions(void **state)
{
	(void)state;
	assert_int_equal(bits_highest(0), 0);
	assert_int_equal(bits_lowest(0), 0);
	for (unsigned i = 0; i < 64; i++) {
		const uint64_t v = (uint64_t)1 << i;

		assert_int_equal(bits_highest(v), i);
		assert_int_equal(bits_highest(v | (v - 1)), i);
		assert_int_equal(bits_lowest(v), i);
		assert_int_equal(bits_lowest(v | v << 1), i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_steps),
		cmocka_unit_test(bounds),
		cmocka_unit_test(bit_positions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
