/* SPDX-License-Identifier: MIT */
/* Formatting: agreement with libc, bounds, honest lengths. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lib/fmt.h>

/* Format with both and compare, with room and with every lack of room. */
#define AGREES(...)                                                            \
	do {                                                                   \
		char want[128], got[128];                                      \
		const size_t len =                                             \
			(size_t)snprintf(want, sizeof(want), __VA_ARGS__);     \
		assert_int_equal(fmt_text(got, sizeof(got), __VA_ARGS__),      \
		                 len);                                         \
		assert_string_equal(got, want);                                \
		for (size_t size = 0; size <= len; size++) {                   \
			memset(got, '#', sizeof(got));                         \
			assert_int_equal(fmt_text(got, size, __VA_ARGS__),     \
			                 len);                                 \
			assert_int_equal(got[size], '#');                      \
			if (size)                                              \
				assert_int_equal(strlen(got), size - 1);       \
			assert_memory_equal(got, want, size ? size - 1 : 0);   \
		}                                                              \
	} while (0)

static void numbers(void **state)
{
	(void)state;
	AGREES("%d %d %i %d", 0, -1, INT_MAX, INT_MIN);
	AGREES("%u %u", 0u, UINT_MAX);
	AGREES("%ld %ld %lu", LONG_MIN, LONG_MAX, ULONG_MAX);
	AGREES("%lld %lld %llu", LLONG_MIN, LLONG_MAX, ULLONG_MAX);
	AGREES("%zu %zd", SIZE_MAX, (ssize_t)-5);
	AGREES("%x %X %lx %llx %#x", 0xbeefu, 0xbeefu, ULONG_MAX, 0x123ull, 5u);
	AGREES("%hhu %hhd %hu %hd", (unsigned char)255, (signed char)-1,
	       (unsigned short)65535, (short)-1);
	AGREES("%p", (void *)0x7fc001000000);
}

static void padding(void **state)
{
	(void)state;
	AGREES("[%5d] [%-5d] [%05d] [%05d]", 42, 42, 42, -42);
	AGREES("[%2d] [%02x] [%08lx] [%-8lx]", 12345, 7u, 255ul, 255ul);
	AGREES("[%*d] [%-*d] [%*d]", 6, 1, 6, 2, -6, 3);
	AGREES("[%#06x] [%-#8x]", 255u, 255u);
	AGREES("[%10s] [%-10s]", "right", "left");
	AGREES("[%3c] [%-3c] [%c]", 'a', 'b', 'c');
}

static void texts(void **state)
{
	const char raw[3] = { 'x', 'y', 'z' }; /* no terminator */

	(void)state;
	AGREES("%s", "");
	AGREES("plain text without conversion");
	AGREES("100%% of %s", "it");
	AGREES("%.2s|%.9s|%.0s|%.*s|%5.1s|", "abc", "abc", "abc", 3, raw, "q");
	AGREES("%.*s", -1, "negative precision is none");
}

static void specials(void **state)
{
	const char *volatile null = NULL; /* unknown to the compiler */
	char buf[32];

	(void)state;
	assert_int_equal(fmt_text(buf, sizeof(buf), "%s!", null), 7);
	assert_string_equal(buf, "(null)!");
	assert_int_equal(fmt_text(buf, sizeof(buf), "%p", (void *)NULL), 3);
	assert_string_equal(buf, "0x0");
}

/* Formats that compilers reject, so they come by way of a variable. */
static void unknown_conversions(void **state)
{
	static const struct {
		const char *format, *want;
	} cases[] = {
		{ "a%qb", "a%?" },
		{ "a%", "a%?" },
		{ "a%5", "a%?" },
		{ "%f", "%?" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char buf[16];
		struct fmt f;
		void (*volatile add)(struct fmt *, const char *, ...) = fmt_add;

		fmt_init(&f, buf, sizeof(buf));
		add(&f, cases[i].format, 1.0);
		assert_string_equal(buf, cases[i].want);
	}
}

static void appending(void **state)
{
	char buf[12];
	struct fmt f;

	(void)state;
	fmt_init(&f, buf, sizeof(buf));
	assert_true(fmt_fits(&f));
	assert_string_equal(buf, "");
	fmt_string(&f, "ab");
	fmt_char(&f, '-');
	fmt_add(&f, "%d", 12345);
	fmt_bytes(&f, "xyz!", 3);
	assert_string_equal(buf, "ab-12345xyz");
	assert_true(fmt_fits(&f));
	fmt_char(&f, '!');
	assert_false(fmt_fits(&f));
	assert_int_equal(f.len, 12);
	assert_string_equal(buf, "ab-12345xyz");
	fmt_init(&f, NULL, 0);
	fmt_string(&f, "");
	assert_false(fmt_fits(&f));
	f.len = SIZE_MAX - 1;
	fmt_string(&f, "saturates");
	assert_int_equal(f.len, SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(padding),
		cmocka_unit_test(texts),
		cmocka_unit_test(specials),
		cmocka_unit_test(unknown_conversions),
		cmocka_unit_test(appending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
