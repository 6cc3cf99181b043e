/* SPDX-License-Identifier: MIT */
/* Numbers with units: what is accepted, what is not, and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <lib/number.h>

static void unsigned_numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		enum fief_err error;
		uint64_t want;
	} cases[] = {
		{ "0", UINT64_MAX, FIEF_OK, 0 },
		{ "4096", UINT64_MAX, FIEF_OK, 4096 },
		{ "007", UINT64_MAX, FIEF_OK, 7 },
		{ "64K", UINT64_MAX, FIEF_OK, 65536 },
		{ "1M", UINT64_MAX, FIEF_OK, 1048576 },
		{ "3G", UINT64_MAX, FIEF_OK, 3221225472 },
		{ "2T", UINT64_MAX, FIEF_OK, 2199023255552 },
		{ "0x1000", UINT64_MAX, FIEF_OK, 4096 },
		{ "0xdeadBEEF", UINT64_MAX, FIEF_OK, 0xdeadbeef },
		{ "0x10K", UINT64_MAX, FIEF_OK, 16384 },
		{ "18446744073709551615", UINT64_MAX, FIEF_OK, UINT64_MAX },
		{ "0xffffffffffffffff", UINT64_MAX, FIEF_OK, UINT64_MAX },
		{ "100", 100, FIEF_OK, 100 },
		{ "101", 100, FIEF_LIMIT, 0 },
		{ "1K", 1023, FIEF_LIMIT, 0 },
		{ "18446744073709551616", UINT64_MAX, FIEF_LIMIT, 0 },
		{ "99999999999999999999999", UINT64_MAX, FIEF_LIMIT, 0 },
		{ "0x10000000000000000", UINT64_MAX, FIEF_LIMIT, 0 },
		{ "16777216T", UINT64_MAX, FIEF_LIMIT, 0 },
		{ "", UINT64_MAX, FIEF_INVALID, 0 },
		{ "K", UINT64_MAX, FIEF_INVALID, 0 },
		{ "0x", UINT64_MAX, FIEF_INVALID, 0 },
		{ "0xK", UINT64_MAX, FIEF_INVALID, 0 },
		{ "0X10", UINT64_MAX, FIEF_INVALID, 0 },
		{ " 1", UINT64_MAX, FIEF_INVALID, 0 },
		{ "1 ", UINT64_MAX, FIEF_INVALID, 0 },
		{ "+1", UINT64_MAX, FIEF_INVALID, 0 },
		{ "-1", UINT64_MAX, FIEF_INVALID, 0 },
		{ "1k", UINT64_MAX, FIEF_INVALID, 0 },
		{ "1KB", UINT64_MAX, FIEF_INVALID, 0 },
		{ "1KK", UINT64_MAX, FIEF_INVALID, 0 },
		{ "1.5M", UINT64_MAX, FIEF_INVALID, 0 },
		{ "12a", UINT64_MAX, FIEF_INVALID, 0 },
		{ "99999999999999999999999x", UINT64_MAX, FIEF_INVALID, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t got = 0;

		if (number_parse(cases[i].text, cases[i].max, &got) !=
		    cases[i].error)
			fail_msg("'%s'", cases[i].text);
		assert_int_equal(got, cases[i].want);
	}
}

static void signed_numbers(void **state)
{
	static const struct {
		const char *text;
		enum fief_err error;
		int64_t want;
	} cases[] = {
		{ "5", FIEF_OK, 5 },
		{ "-5", FIEF_OK, -5 },
		{ "-0", FIEF_OK, 0 },
		{ "-2K", FIEF_OK, -2048 },
		{ "9223372036854775807", FIEF_OK, INT64_MAX },
		{ "-9223372036854775808", FIEF_OK, INT64_MIN },
		{ "9223372036854775808", FIEF_LIMIT, 0 },
		{ "-9223372036854775809", FIEF_LIMIT, 0 },
		{ "-", FIEF_INVALID, 0 },
		{ "--1", FIEF_INVALID, 0 },
		{ "", FIEF_INVALID, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int64_t got = 0;

		if (number_parse_signed(cases[i].text, &got) != cases[i].error)
			fail_msg("'%s'", cases[i].text);
		assert_true(got == cases[i].want);
	}
}

static void texts(void **state)
{
	static const struct {
		uint64_t value;
		const char *want;
	} cases[] = {
		{ 0, "0" },
		{ 1023, "1023" },
		{ 1024, "1K" },
		{ 1025, "1025" },
		{ 1536ull * 1024, "1536K" },
		{ 4 << 20, "4M" },
		{ 1ull << 30, "1G" },
		{ 1ull << 50, "1024T" },
		{ UINT64_MAX, "18446744073709551615" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char buf[NUMBER_TEXT_MAX];
		size_t back = 1;

		assert_string_equal(number_text(buf, cases[i].value),
		                    cases[i].want);
		assert_int_equal(number_parse_size(buf, &back), FIEF_OK);
		assert_int_equal(back, cases[i].value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unsigned_numbers),
		cmocka_unit_test(signed_numbers),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
