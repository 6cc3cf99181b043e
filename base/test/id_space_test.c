/* SPDX-License-Identifier: MIT */
/* Id space: bounds, late reuse, conflicts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <fief/id_space.h>

static void ids_are_bounded_and_fresh(void **state)
{
	struct fief_id i[4] = { 0 };
	struct fief_id_space s;

	(void)state;
	fief_id_space_init(&s, 3);
	for (unsigned n = 0; n < 3; n++) {
		assert_int_equal(fief_id_add(&s, &i[n]), FIEF_OK);
		assert_int_equal(i[n].id, n + 1);
	}
	assert_int_equal(fief_id_add(&s, &i[3]), FIEF_LIMIT);
	fief_id_remove(&s, &i[0]);
	fief_id_remove(&s, &i[0]);
	fief_id_remove(&s, &i[1]);
	assert_null(fief_id_find(&s, 1));
	assert_ptr_equal(fief_id_find(&s, 3), &i[2]);
	assert_int_equal(fief_id_add(&s, &i[0]), FIEF_OK);
	assert_int_equal(i[0].id, 1);
	fief_id_remove(&s, &i[0]);
	assert_int_equal(fief_id_add(&s, &i[0]), FIEF_OK);
	assert_int_equal(i[0].id, 2); /* not 1 again */
	assert_int_equal(fief_id_add(&s, &i[1]), FIEF_OK);
	assert_int_equal(i[1].id, 1);
}

static void ids_by_choice(void **state)
{
	struct fief_id a = { 0 }, b = { 0 }, c = { 0 };
	struct fief_id_space s;

	(void)state;
	fief_id_space_init(&s, UINT32_MAX);
	assert_int_equal(fief_id_add_as(&s, &a, 0), FIEF_INVALID);
	assert_int_equal(fief_id_add_as(&s, &a, UINT32_MAX), FIEF_OK);
	assert_int_equal(fief_id_add_as(&s, &b, UINT32_MAX), FIEF_CONFLICT);
	assert_int_equal(fief_id_add_as(&s, &b, 1), FIEF_OK);
	assert_int_equal(fief_id_add(&s, &c), FIEF_OK);
	assert_int_equal(c.id, 2);
	assert_ptr_equal(fief_id_first(&s), &b);
	assert_ptr_equal(fief_id_next(&b), &c);
	assert_ptr_equal(fief_id_next(&c), &a);
	assert_null(fief_id_next(&a));
	assert_ptr_equal(fief_id_from(&s, 0), fief_id_first(&s));
	assert_ptr_equal(fief_id_from(&s, b.id + 1), &c);
	assert_ptr_equal(fief_id_from(&s, c.id), &c);
	assert_ptr_equal(fief_id_from(&s, a.id), &a);
	fief_id_space_init(&s, 5);
	assert_int_equal(fief_id_add_as(&s, &a, 6), FIEF_INVALID);
}

static void random_ids_stay_unique(void **state)
{
	enum { COUNT = 100, MAX = 120 };
	static struct fief_id i[COUNT];
	struct fief_id_space s;
	uint32_t seed = 7;

	(void)state;
	fief_id_space_init(&s, MAX);
	for (unsigned n = 0; n < 20000; n++) {
		struct fief_id *const id = &i[(seed >> 16) % COUNT];

		seed = seed * 1103515245 + 12345;
		if (tree_linked(&id->tree)) {
			assert_ptr_equal(fief_id_find(&s, id->id), id);
			fief_id_remove(&s, id);
			assert_null(fief_id_find(&s, id->id));
		} else {
			assert_int_equal(fief_id_add(&s, id), FIEF_OK);
			assert_in_range(id->id, 1, MAX);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_bounded_and_fresh),
		cmocka_unit_test(ids_by_choice),
		cmocka_unit_test(random_ids_stay_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
