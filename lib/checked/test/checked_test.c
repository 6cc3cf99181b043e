/* SPDX-License-Identifier: MIT */
/* Checked arithmetic at its edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <lib/checked.h>

enum op { ADD, SUB, MUL, ALIGN };

static bool apply(enum op op, size_t a, size_t b, size_t *out)
{
	uint64_t wide;
	bool fits;

	switch (op) {
	case ADD:
		fits = checked_add_u64(a, b, &wide);
		assert_int_equal(checked_add(a, b, out), fits);
		return fits;
	case SUB:
		return checked_sub(a, b, out);
	case MUL:
		fits = checked_mul_u64(a, b, &wide);
		assert_int_equal(checked_mul(a, b, out), fits);
		return fits;
	case ALIGN:
	default:
		return checked_align(a, b, out);
	}
}

static void edges(void **state)
{
	static const struct {
		enum op op;
		size_t a, b;
		bool fits;
		size_t want;
	} cases[] = {
		{ ADD, 0, 0, true, 0 },
		{ ADD, SIZE_MAX, 0, true, SIZE_MAX },
		{ ADD, SIZE_MAX - 1, 1, true, SIZE_MAX },
		{ ADD, SIZE_MAX, 1, false, 0 },
		{ ADD, 1, SIZE_MAX, false, 0 },
		{ SUB, 5, 5, true, 0 },
		{ SUB, 5, 6, false, 0 },
		{ MUL, 0, SIZE_MAX, true, 0 },
		{ MUL, SIZE_MAX, 0, true, 0 },
		{ MUL, SIZE_MAX, 1, true, SIZE_MAX },
		{ MUL, SIZE_MAX / 2 + 1, 2, false, 0 },
		{ MUL, 1ul << 32, 1ul << 32, false, 0 },
		{ MUL, 1ul << 32, 1ul << 31, true, 1ul << 63 },
		{ ALIGN, 0, 4096, true, 0 },
		{ ALIGN, 1, 4096, true, 4096 },
		{ ALIGN, 4096, 4096, true, 4096 },
		{ ALIGN, SIZE_MAX - 4095, 4096, true, SIZE_MAX - 4095 },
		{ ALIGN, SIZE_MAX - 4094, 4096, false, 0 },
		{ ALIGN, SIZE_MAX, 1, true, SIZE_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t got = 77;

		assert_int_equal(
			apply(cases[i].op, cases[i].a, cases[i].b, &got),
			cases[i].fits);
		assert_int_equal(got, cases[i].fits ? cases[i].want : 77);
	}
}

static void ranges(void **state)
{
	(void)state;
	assert_true(checked_range(0, 0, 0));
	assert_true(checked_range(5, 5, 10));
	assert_true(checked_range(10, 0, 10));
	assert_false(checked_range(5, 6, 10));
	assert_false(checked_range(11, 0, 10));
	assert_false(checked_range(5, UINT64_MAX, 10));
	assert_false(checked_range(UINT64_MAX, UINT64_MAX, 10));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges),
		cmocka_unit_test(ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
