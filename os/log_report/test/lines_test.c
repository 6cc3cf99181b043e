/* SPDX-License-Identifier: MIT */
/* Lines against a model that keeps all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <os/log_report/lines.h>

enum { MANY = 20000, TEXT = LINE_MAX + 200 };

/* Length of line `n`: 0, the longest and beyond it among them. */
static size_t length(uint64_t n)
{
	return n * 7919 % (TEXT + 1);
}

static size_t kept(uint64_t n)
{
	return length(n) < LINE_MAX ? length(n) : LINE_MAX;
}

/* Number of the oldest line that still fits after line `last`. */
static uint64_t oldest(uint64_t last)
{
	size_t sum = 0;
	uint64_t n = last + 1;

	while (n && sum + kept(n - 1) + LINE_COST <= LINES_BYTES)
		sum += kept(--n) + LINE_COST;
	return n;
}

static void last_ones(void **state)
{
	struct lines *l = calloc(1, sizeof(*l));
	char text[TEXT];

	(void)state;
	assert_non_null(l);
	for (uint64_t n = 0; n < MANY; n++) {
		uint64_t expected = oldest(n);
		struct line line;
		size_t at = 0;

		memset(text, 'a' + (int)(n % 26), sizeof(text));
		lines_add(l, n, text, length(n));
		assert_int_equal(l->dropped, expected);
		while ((at = lines_next(l, at, &line))) {
			assert_int_equal(line.number, expected);
			assert_int_equal(line.len, kept(expected));
			if (line.len)
				assert_int_equal(line.text[line.len - 1],
				                 'a' + (int)(expected % 26));
			expected++;
		}
		assert_int_equal(expected, n + 1);
	}
	free(l);
}

static void empty(void **state)
{
	struct lines *l = calloc(1, sizeof(*l));
	struct line line;

	(void)state;
	assert_non_null(l);
	assert_int_equal(lines_next(l, 0, &line), 0);
	lines_add(l, 5, NULL, 0);
	assert_int_not_equal(lines_next(l, 0, &line), 0);
	assert_int_equal(line.number, 5);
	assert_int_equal(line.len, 0);
	free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty),
		cmocka_unit_test(last_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
