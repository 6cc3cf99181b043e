/* SPDX-License-Identifier: MIT */
/* The functions of lib/mem under other names (see lib/meson.build), against
 * byte loops and libc's contracts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <lib/mem.h>

enum { SPAN = 640, EDGE = 24 };

static void fill(unsigned char *buf, size_t size, unsigned seed)
{
	for (size_t i = 0; i < size; i++)
		buf[i] = (unsigned char)(i * 7 + seed);
}

static const size_t sizes[] = { 0,   1,   2,   3,   4,   5,   7,   8,
	                        9,   15,  16,  17,  23,  24,  25,  31,
	                        32,  33,  63,  64,  65,  100, 127, 255,
	                        256, 257, 300, 400, 511, 512, 513, 600 };

/* One move within a buffer, compared with the same move through a copy. */
static void move_once(size_t to, size_t from, size_t n)
{
	unsigned char got[SPAN + 2 * EDGE], want[SPAN + 2 * EDGE];
	unsigned char copy[SPAN + 2 * EDGE];

	fill(got, sizeof(got), 3);
	fill(want, sizeof(want), 3);
	fill(copy, sizeof(copy), 3);
	for (size_t i = 0; i < n; i++)
		want[to + i] = copy[from + i];
	assert_ptr_equal(memmove(got + to, got + from, n), got + to);
	for (size_t i = 0; i < sizeof(got); i++)
		assert_int_equal(got[i], want[i]);
}

static void moves_overlap(void **state)
{
	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++)
		for (size_t to = 0; to <= EDGE; to++)
			for (size_t from = 0; from <= EDGE; from += 3)
				move_once(to, from, sizes[s]);
}

static void copies_exactly(void **state)
{
	unsigned char from[SPAN + EDGE], to[SPAN + EDGE];

	(void)state;
	fill(from, sizeof(from), 1);
	for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++)
		for (size_t at = 1; at < 10; at++) {
			const size_t n = sizes[s];

			fill(to, sizeof(to), 99);
			assert_ptr_equal(memcpy(to + at, from + 5, n), to + at);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(to[at + i], from[5 + i]);
			assert_int_equal(to[at - 1],
			                 (unsigned char)((at - 1) * 7 + 99));
			assert_int_equal(to[at + n],
			                 (unsigned char)((at + n) * 7 + 99));
		}
}

static void fills_exactly(void **state)
{
	unsigned char to[SPAN + EDGE];

	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++)
		for (size_t at = 1; at < 10; at++) {
			const size_t n = sizes[s];

			fill(to, sizeof(to), 0);
			assert_ptr_equal(memset(to + at, 0x1a5, n), to + at);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(to[at + i], 0xa5);
			assert_int_equal(to[at - 1],
			                 (unsigned char)((at - 1) * 7));
			assert_int_equal(to[at + n],
			                 (unsigned char)((at + n) * 7));
		}
}

static void compares_and_finds(void **state)
{
	unsigned char a[100], b[100];

	(void)state;
	fill(a, sizeof(a), 0);
	fill(b, sizeof(b), 0);
	assert_int_equal(memcmp(a, b, sizeof(a)), 0);
	for (size_t i = 0; i < sizeof(a); i++) {
		b[i] ^= 0x80;
		assert_true((memcmp(a, b, 100) < 0) == (a[i] < b[i]));
		assert_int_equal(memcmp(a, b, i), 0);
		b[i] ^= 0x80;
	}
	assert_ptr_equal(memchr(a, 7 + 256, sizeof(a)), a + 1);
	assert_null(memchr(a, 7, 1));
}

static void strings(void **state)
{
	const char *const s = "a -> b -> c";

	(void)state;
	assert_int_equal(strlen(""), 0);
	assert_int_equal(strlen(s), 11);
	assert_int_equal(strnlen(s, 4), 4);
	assert_int_equal(strnlen(s, 40), 11);
	assert_int_equal(strcmp(s, "a -> b -> c"), 0);
	assert_true(strcmp("a", "b") < 0);
	assert_true(strcmp("a\xff", "ab") > 0);
	assert_true(strcmp("a", "") > 0);
	assert_int_equal(strncmp("abc", "abd", 2), 0);
	assert_true(strncmp("abc", "abd", 3) < 0);
	assert_int_equal(strncmp("ab", "ab", 9), 0);
	assert_ptr_equal(strchr(s, 'b'), s + 5);
	assert_ptr_equal(strchr(s, 0), s + 11);
	assert_null(strchr(s, 'x'));
	assert_ptr_equal(strrchr(s, '>'), s + 8);
	assert_ptr_equal(strrchr(s, 0), s + 11);
	assert_null(strrchr(s, 'x'));
	assert_ptr_equal(strstr(s, "-> c"), s + 7);
	assert_ptr_equal(strstr(s, ""), s);
	assert_null(strstr(s, "-> cd"));
	assert_null(strstr("", "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moves_overlap),
		cmocka_unit_test(copies_exactly),
		cmocka_unit_test(fills_exactly),
		cmocka_unit_test(compares_and_finds),
		cmocka_unit_test(strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
