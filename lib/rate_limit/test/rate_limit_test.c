/* SPDX-License-Identifier: MIT */
/* Rate limit: what fits, what is counted, when it begins anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <lib/rate_limit.h>

enum { MAX = 3, WINDOW = 100 };

static unsigned taken(struct rate_limit *l, unsigned times, uint64_t now)
{
	unsigned n = 0;

	for (unsigned i = 0; i < times; i++)
		n += rate_limit_take(l, MAX, WINDOW, now);
	return n;
}

static void windows(void **state)
{
	struct rate_limit l = { 0 };

	(void)state;
	assert_int_equal(taken(&l, 2, 1000), 2);
	assert_int_equal(rate_limit_left_out(&l), 0);
	assert_int_equal(taken(&l, 5, 1099), 1);
	assert_int_equal(rate_limit_left_out(&l), 4);
	assert_int_equal(rate_limit_left_out(&l), 0);
	/* The window begins with the first that it counts. */
	assert_int_equal(taken(&l, 1, 1100), 1);
	assert_int_equal(taken(&l, 9, 1199), 2);
	assert_int_equal(taken(&l, 9, 1200), 3);
	assert_int_equal(rate_limit_left_out(&l), 13);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
