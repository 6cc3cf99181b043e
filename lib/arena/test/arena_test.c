/* SPDX-License-Identifier: MIT */
/* Arena: alignment, zeroing, bounds of a fixed buffer, faults of a source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lib/arena.h>

struct source {
	struct arena_source source;
	unsigned calls, fail_at, live;
	size_t bytes;
};

static enum fief_err get(struct arena_source *self, size_t size, void **out)
{
	struct source *const s = FIEF_CONTAINER_OF(self, struct source, source);

	if (++s->calls == s->fail_at)
		return FIEF_OUT_OF_CAPS;
	if (size > SIZE_MAX / 2)
		return FIEF_OUT_OF_RAM;
	*out = malloc(size);
	memset(*out, 0xff, size);
	s->live++;
	s->bytes += size;
	return FIEF_OK;
}

static void put(struct arena_source *self, void *chunk, size_t size)
{
	struct source *const s = FIEF_CONTAINER_OF(self, struct source, source);

	s->live--;
	s->bytes -= size;
	free(chunk);
}

static void object_check(void *mem, size_t size)
{
	const unsigned char *const b = mem;

	assert_int_equal((uintptr_t)mem % 16, 0);
	for (size_t i = 0; i < size; i++)
		assert_int_equal(b[i], 0);
	memset(mem, 0xee, size);
}

static void grows(void **state)
{
	struct source s = { .source = { get, put } };
	struct arena a;
	void *mem, *other;

	(void)state;
	arena_init(&a, &s.source);
	for (unsigned round = 0; round < 2; round++) {
		for (size_t i = 0; i < 3000; i++) {
			const size_t size = i % 997 ? i % 90 : 100000;

			assert_int_equal(arena_alloc(&a, size, &mem), FIEF_OK);
			object_check(mem, size);
		}
		assert_int_equal(a.total, s.bytes);
		assert_true(s.live < 15);
		assert_int_equal(arena_alloc(&a, 0, &mem), FIEF_OK);
		assert_int_equal(arena_alloc(&a, 0, &other), FIEF_OK);
		assert_ptr_not_equal(mem, other);
		arena_fini(&a);
		assert_int_equal(s.live, 0);
		assert_int_equal(s.bytes, 0);
	}
	assert_int_equal(arena_alloc(&a, SIZE_MAX, &mem), FIEF_OUT_OF_RAM);
	assert_int_equal(arena_alloc(&a, SIZE_MAX - 20, &mem), FIEF_OUT_OF_RAM);
	arena_fini(&a);
	arena_fini(&(struct arena){ 0 });
}

static void source_fails(void **state)
{
	struct source s = { .source = { get, put }, .fail_at = 2 };
	struct arena a;
	void *mem = NULL;

	(void)state;
	arena_init(&a, &s.source);
	assert_int_equal(arena_alloc(&a, 10, &mem), FIEF_OK);
	assert_int_equal(arena_alloc(&a, 10000, &mem), FIEF_OUT_OF_CAPS);
	assert_int_equal(arena_alloc(&a, 10000, &mem), FIEF_OK);
	arena_fini(&a);
	assert_int_equal(s.live, 0);
}

static void fixed(void **state)
{
	char *const buf = malloc(100);
	const char *text;
	struct arena a;
	void *mem;

	(void)state;
	arena_init_fixed(&a, buf + 1, 99);
	assert_int_equal(arena_alloc(&a, 40, &mem), FIEF_OK);
	object_check(mem, 40);
	assert_int_equal(arena_text(&a, "hello!", 5, &text), FIEF_OK);
	assert_string_equal(text, "hello");
	assert_int_equal(arena_alloc(&a, 40, &mem), FIEF_OUT_OF_RAM);
	assert_int_equal(arena_text(&a, "", SIZE_MAX, &text), FIEF_OUT_OF_RAM);
	assert_int_equal(arena_alloc(&a, 10, &mem), FIEF_OK);
	arena_fini(&a);
	assert_int_equal(arena_alloc(&a, 1, &mem), FIEF_OUT_OF_RAM);
	free(buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows),
		cmocka_unit_test(source_fails),
		cmocka_unit_test(fixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
