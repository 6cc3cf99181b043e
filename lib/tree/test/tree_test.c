/* SPDX-License-Identifier: MIT */
/* Tree and dictionary: balance, order and links after every step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lib/dict.h>
#include <lib/tree.h>

struct item {
	struct tree_elem elem;
	int key;
};

enum { ITEMS = 200, STEPS = 20000 };

static int key_of(const struct tree_elem *e)
{
	return ((const struct item *)(const void *)e)->key;
}

static int item_order(const struct tree_elem *a, const struct tree_elem *b)
{
	return key_of(a) - key_of(b);
}

static int key_order(const void *key, const struct tree_elem *e)
{
	return *(const int *)key - key_of(e);
}

/* Height of a subtree whose invariants hold. */
static int checked_height(const struct tree_elem *e,
                          const struct tree_elem *parent, size_t *count)
{
	int l, r;

	if (!e)
		return 0;
	assert_ptr_equal(e->parent, parent);
	l = checked_height(e->child[0], e, count);
	r = checked_height(e->child[1], e, count);
	assert_true(l - r <= 1 && r - l <= 1);
	assert_int_equal(e->height, (l > r ? l : r) + 1);
	++*count;
	return e->height;
}

static void check(const struct tree *t)
{
	const struct tree_elem *last = NULL;
	size_t count = 0, visited = 0;

	checked_height(t->root, NULL, &count);
	assert_int_equal(count, t->count);
	TREE_FOR_EACH(e, t) {
		if (last) {
			assert_true(key_of(last) < key_of(e));
			assert_ptr_equal(tree_prev(e), last);
		}
		last = e;
		visited++;
	}
	assert_int_equal(visited, count);
	assert_ptr_equal(tree_last(t), last);
}

/* Searches compared with a scan. */
static void check_search(const struct tree *t, const struct item *item, int key)
{
	const struct item *floor = NULL, *ceiling = NULL;

	for (unsigned i = 0; i < ITEMS; i++) {
		if (!tree_linked(&item[i].elem))
			continue;
		if (item[i].key <= key && (!floor || item[i].key > floor->key))
			floor = &item[i];
		if (item[i].key >= key &&
		    (!ceiling || item[i].key < ceiling->key))
			ceiling = &item[i];
	}
	assert_ptr_equal(tree_floor(t, &key, key_order), floor);
	assert_ptr_equal(tree_ceiling(t, &key, key_order), ceiling);
	assert_ptr_equal(tree_find(t, &key, key_order),
	                 floor == ceiling ? floor : NULL);
}

static void random_steps(void **state)
{
	static struct item item[ITEMS];
	struct tree t = { .order = item_order };
	uint32_t seed = 42;

	(void)state;
	for (int i = 0; i < ITEMS; i++)
		item[i].key = 2 * i;
	for (unsigned s = 0; s < STEPS; s++) {
		struct item *const it = &item[(seed >> 16) % ITEMS];

		seed = seed * 1103515245 + 12345;
		if (tree_linked(&it->elem))
			tree_remove(&t, &it->elem);
		else
			assert_int_equal(tree_insert(&t, &it->elem), FIEF_OK);
		if (s % 16 == 0) {
			check(&t);
			check_search(&t, item, (int)((seed >> 8) % 410) - 5);
		}
	}
	while (t.root) {
		tree_remove(&t, t.root);
		check(&t);
	}
}

static void ascending_and_conflict(void **state)
{
	struct item item[64] = { 0 }, twin = { .key = 5 };
	struct tree t = { .order = item_order };

	(void)state;
	assert_null(tree_first(&t));
	assert_null(tree_last(&t));
	for (int i = 0; i < 64; i++) {
		item[i].key = i;
		assert_int_equal(tree_insert(&t, &item[i].elem), FIEF_OK);
		check(&t);
	}
	assert_int_equal(t.root->height, 7);
	assert_int_equal(tree_insert(&t, &twin.elem), FIEF_CONFLICT);
	assert_false(tree_linked(&twin.elem));
	tree_remove(&t, &twin.elem);
	check(&t);
	for (int i = 0; i < 64; i++) {
		tree_remove(&t, &item[i].elem);
		check(&t);
	}
}

static void dictionary(void **state)
{
	static const char *const names[] = { "timer", "init", "",
		                             "vfs",   "log",  "timer2" };
	static const char *const sorted[] = { "",      "init",   "log",
		                              "timer", "timer2", "vfs" };
	struct dict_elem elem[6] = { 0 }, twin = { 0 };
	struct dict d = { 0 };
	unsigned i = 0;

	(void)state;
	assert_null(dict_find(&d, "init"));
	assert_null(dict_first(&d));
	for (unsigned n = 0; n < 6; n++)
		assert_int_equal(dict_insert(&d, &elem[n], names[n]), FIEF_OK);
	assert_int_equal(dict_insert(&d, &twin, "vfs"), FIEF_CONFLICT);
	DICT_FOR_EACH(e, &d)
		assert_string_equal(e->name, sorted[i++]);
	assert_int_equal(i, 6);
	for (unsigned n = 0; n < 6; n++) {
		assert_ptr_equal(dict_find(&d, names[n]), &elem[n]);
		dict_remove(&d, &elem[n]);
		dict_remove(&d, &elem[n]);
		assert_null(dict_find(&d, names[n]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_steps),
		cmocka_unit_test(ascending_and_conflict),
		cmocka_unit_test(dictionary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
