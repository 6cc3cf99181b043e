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

static void printable(void **state)
{
	static const struct {
		const char *text;
		bool yes;
	} cases[] = {
		{ "", true },
		{ "a label -> \xc3\xbc ~", true },
		{ "\xc2\xa0", true },     /* U+00A0, behind the last of C1 */
		{ "\xef\xbf\xbf", true }, /* no character, but harmless */
		{ "a\nb", false },
		{ "\x1b[31m", false },
		{ "\x7f", false },
		{ "a\xc2\x80", false },
		{ "\xc2\x9b"
		  "31m",
		  false }, /* CSI in one character */
		{ "\xc2\x9f", false },
		{ "a\x9b", false }, /* not UTF-8 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(
			utf8_printable(cases[i].text, strlen(cases[i].text)),
			cases[i].yes);
}

static void made_printable(void **state)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "", "" },
		{ "as it is \xc3\xbc", "as it is \xc3\xbc" },
		{ "a\nb\x1b[1m\x7f", "a?b?[1m?" },
		{ "a\xc2\x9b"
		  "1m",
		  "a??1m" },
		{ "cut off \xe2\x82", "cut off ??" },
		{ "\xe2\x82...", "??..." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[32];

		strcpy(text, cases[i].text);
		utf8_make_printable(text);
		assert_string_equal(text, cases[i].shown);
		assert_true(utf8_printable(text, strlen(text)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_code_points),
		cmocka_unit_test(invalid),
		cmocka_unit_test(printable),
		cmocka_unit_test(made_printable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
