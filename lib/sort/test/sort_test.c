/* SPDX-License-Identifier: MIT */
#include <lib/sort.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MAX = 300 };

static void ascends_and_keeps_all(void **state)
{
	uint32_t v[MAX], seen;
	uint64_t sum, after;

	(void)state;
	srand(1);
	for (size_t n = 0; n <= MAX; n++) {
		sum = after = 0;
		for (size_t i = 0; i < n; i++) {
			v[i] = (uint32_t)rand() % (i % 3 ? 10 : UINT32_MAX);
			sum += v[i];
		}
		sort_u32(v, n);
		seen = 0;
		for (size_t i = 0; i < n; i++) {
			assert_true(v[i] >= seen);
			seen = v[i];
			after += v[i];
		}
		assert_int_equal(sum, after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ascends_and_keeps_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
