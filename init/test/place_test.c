/* SPDX-License-Identifier: MIT */
/* Which part of its parent's priorities and CPUs a child gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <init/place.h>

static void levels(void **state)
{
	static const struct {
		int32_t own;
		uint64_t levels, below;
		int32_t level;
	} table[] = {
		{ 0, 0, 0, 0 },   { 7, 0, 0, 7 },      { 0, 1, 0, 0 },
		{ 0, 4, 0, 0 },   { 0, 4, 1, 5 },      { 0, 4, 3, 15 },
		{ 5, 2, 0, 5 },   { 5, 2, 1, 12 },     { 19, 128, 127, 19 },
		{ 0, 128, 1, 0 }, { 0, 128, 127, 19 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct place_own own = { { table[i].own, 0 }, 1 };
		const struct config_space s = { .prio_levels =
			                                table[i].levels };
		const struct config_schedule c = { .below = table[i].below };

		assert_int_equal(place_of(&own, &s, &c).level, table[i].level);
	}
}

static void masks(void **state)
{
	static const struct {
		uint64_t set, cpus;
		struct config_space space;
		struct config_schedule child;
		uint64_t mask;
	} table[] = {
		{ 0, 0xf, { 0 }, { 0 }, 0 },
		{ 0x6, 0x6, { 0 }, { 0 }, 0x6 },
		{ 0, 0xf, { 2, 1 }, { .width = 1, .height = 1 }, 0x3 },
		{ 0, 0xf, { 2, 1 }, { 0, 1, 0, 1, 1 }, 0xc },
		{ 0, 0xf, { 2, 1 }, { 0, 0, 0, 2, 1 }, 0xf },
		{ 0, 0xff, { 2, 2 }, { 0, 1, 0, 1, 2 }, 0xcc },
		/* an init within: parts of its part */
		{ 0xcc, 0xcc, { 2, 1 }, { 0, 1, 0, 1, 1 }, 0xc0 },
		/* more cells than CPUs: they share */
		{ 0, 0x1, { 4, 1 }, { 0, 3, 0, 1, 1 }, 0x1 },
		{ 0, 0x3, { 4, 1 }, { 0, 1, 0, 1, 1 }, 0x1 },
		{ 0, 0x3, { 4, 1 }, { 0, 2, 0, 1, 1 }, 0x2 },
		/* cells of different size */
		{ 0, 0x7, { 2, 1 }, { 0, 0, 0, 1, 1 }, 0x1 },
		{ 0, 0x7, { 2, 1 }, { 0, 1, 0, 1, 1 }, 0x6 },
		{ 0,
		  UINT64_MAX,
		  { 64, 64 },
		  { 0, 63, 63, 1, 1 },
		  (uint64_t)1 << 63 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct place_own own = { { 0, table[i].set },
			                       table[i].cpus };
		const struct config_space s = table[i].space;

		assert_int_equal(place_of(&own, &s, &table[i].child).mask,
		                 table[i].mask);
	}
}

/* Whatever the space: cells together are all CPUs, each has one. */
static void cells(void **state)
{
	(void)state;
	for (unsigned side = 1; side <= 8; side++)
		for (unsigned cpus = 1; cpus <= 64; cpus++) {
			const struct place_own own = {
				{ 0, 0 }, UINT64_MAX >> (64 - cpus)
			};
			const struct config_space s = { side, side, 0 };
			uint64_t all = 0;

			for (unsigned i = 0; i < side * side; i++) {
				const struct config_schedule c = { 0, i % side,
					                           i / side, 1,
					                           1 };
				const uint64_t m = place_of(&own, &s, &c).mask;

				assert_true(m && !(m & ~own.cpus));
				all |= m;
			}
			assert_true(all == own.cpus);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels),
		cmocka_unit_test(masks),
		cmocka_unit_test(cells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
