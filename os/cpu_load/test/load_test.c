/* SPDX-License-Identifier: MIT */
/* Samples of components that come, work and go, against a plain table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <os/cpu_load/load.h>

enum { NUMBERS = 300, ROUNDS = 2000 };

static unsigned allocated;
static bool poor;

static enum fief_err counted_alloc(struct fief_alloc *a, size_t size,
                                   void **out)
{
	(void)a;
	*out = poor ? NULL : malloc(size);
	allocated += *out != NULL;
	return *out ? FIEF_OK : FIEF_OUT_OF_RAM;
}

static void counted_free(struct fief_alloc *a, void *p, size_t size)
{
	(void)a, (void)size;
	allocated--;
	free(p);
}

static struct fief_alloc alloc = { counted_alloc, counted_free };

static enum fief_err add(struct load *l, uint32_t number, uint64_t ns)
{
	return load_add(l, number, "x", 1, ns);
}

static void empty(struct load *l)
{
	load_begin(l);
	load_end(l);
	assert_int_equal(allocated, 0);
}

/* What the list must say, number by number. */
static struct {
	bool there;
	uint64_t ns, used;
} table[NUMBERS + 1];

static void compare(const struct load *l)
{
	uint32_t n = 0;

	LIST_FOR_EACH(e, &l->entries, struct load_entry, elem) {
		while (++n < e->number)
			assert_false(table[n].there);
		assert_true(table[n].there);
		assert_int_equal(e->ns, table[n].ns);
		assert_int_equal(e->used, table[n].used);
		assert_string_equal(e->label.text, "x");
	}
	while (++n <= NUMBERS)
		assert_false(table[n].there);
}

static void step(uint32_t n, unsigned dice)
{
	const uint64_t ns = table[n].ns + dice % 100;

	table[n].used = table[n].there ? ns - table[n].ns : ns;
	table[n].ns = ns;
	table[n].there = true;
}

static void random_samples(void **state)
{
	struct load l = { .alloc = &alloc, .max = NUMBERS };

	(void)state;
	srand(7);
	for (unsigned round = 0; round < ROUNDS; round++) {
		load_begin(&l);
		for (uint32_t n = 1; n <= NUMBERS; n++) {
			if (rand() % 4 == 0) {
				memset(&table[n], 0, sizeof(table[n]));
				continue;
			}
			step(n, (unsigned)rand());
			assert_int_equal(add(&l, n, table[n].ns), FIEF_OK);
		}
		load_end(&l);
		compare(&l);
	}
	empty(&l);
}

static void refusals(void **state)
{
	struct load l = { .alloc = &alloc, .max = 2 };
	char label[LABEL_MAX + 1] = { 0 };

	(void)state;
	load_begin(&l);
	assert_int_equal(load_add(&l, 1, label, LABEL_MAX + 1, 0),
	                 FIEF_TOO_LONG);
	assert_int_equal(load_add(&l, 1, label, LABEL_MAX, 0), FIEF_OK);
	assert_int_equal(add(&l, 1, 0), FIEF_INVALID);
	poor = true;
	assert_int_equal(add(&l, 5, 0), FIEF_OUT_OF_RAM);
	poor = false;
	assert_int_equal(add(&l, 5, 10), FIEF_OK);
	assert_int_equal(add(&l, 6, 0), FIEF_LIMIT);
	assert_int_equal(add(&l, 4, 0), FIEF_INVALID);
	load_end(&l);

	/* Time that goes back is no time; who is passed over is gone. */
	load_begin(&l);
	assert_int_equal(add(&l, 5, 3), FIEF_OK);
	assert_int_equal(add(&l, 7, 3), FIEF_OK);
	load_end(&l);
	assert_int_equal(l.entries.count, 2);
	assert_int_equal(LIST_FIRST(&l.entries, struct load_entry, elem)->used,
	                 0);
	empty(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_samples),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
