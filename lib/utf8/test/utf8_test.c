/* SPDX-License-Identifier: MIT */
/* UTF-8: every code point both ways, and everything malformed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lib/utf8.h>

static void all_code_points(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < 0x120000; c++) {
		const bool valid = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
		char bytes[UTF8_MAX];
		uint32_t back = 0;
		const size_t n = utf8_encode(bytes, c);

		assert_int_equal(n != 0, valid);
		if (!n)
			continue;
		assert_int_equal(utf8_decode(bytes, n, &back), n);
		assert_int_equal(back, c);
		assert_int_equal(utf8_decode(bytes, n - 1, &back), 0);
	}
}

static void invalid(void **state)
{
	static const struct {
		const char *text;
		size_t at; /* of the first invalid byte */
	} cases[] = {
		{ "", 0 },
		{ "plain", 5 },
		{ "gr\xc3\xbc\xc3\x9f", 6 },
		{ "\xf0\x9f\x99\x82", 4 },
		{ "ab\x80", 2 },            /* continuation without start */
		{ "ab\xc3", 2 },            /* cut off */
		{ "ab\xe2\x82", 2 },        /* cut off */
		{ "\xc0\xaf", 0 },          /* overlong slash */
		{ "\xe0\x80\xaf", 0 },      /* the same with three */
		{ "\xf0\x80\x80\xaf", 0 },  /* and with four */
		{ "\xc1\xbf", 0 },          /* overlong */
		{ "x\xed\xa0\x80", 1 },     /* surrogate */
		{ "x\xf4\x90\x80\x80", 1 }, /* above U+10FFFF */
		{ "x\xf8\x88\x80\x80\x80", 1 },
		{ "x\xff", 1 },
		{ "\xc3(", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const size_t len = strlen(cases[i].text);

		assert_int_equal(utf8_invalid_at(cases[i].text, len),
		                 cases[i].at);
		assert_int_equal(utf8_valid(cases[i].text, len),
		                 cases[i].at == len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_code_points),
		cmocka_unit_test(invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
