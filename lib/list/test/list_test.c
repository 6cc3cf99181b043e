/* SPDX-License-Identifier: MIT */
/* List: order, removal at every place, iteration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lib/list.h>

struct item {
	char name;
	struct list_elem elem;
};

/* The names in order, and in reverse to check the other links. */
static void expect(struct list *l, const char *names)
{
	size_t i = 0;

	LIST_FOR_EACH(it, l, struct item, elem) {
		assert_int_equal(it->name, names[i++]);
		assert_true(list_linked(&it->elem));
	}
	assert_int_equal(i, strlen(names));
	assert_int_equal(l->count, i);
	for (struct list_elem *e = l->last; e; e = e->prev)
		assert_int_equal(LIST_OBJECT(e, struct item, elem)->name,
		                 names[--i]);
	assert_int_equal(i, 0);
}

static void order(void **state)
{
	struct item a = { 'a', { 0 } }, b = { 'b', { 0 } }, c = { 'c', { 0 } };
	struct list l = { 0 };

	(void)state;
	assert_true(list_empty(&l));
	assert_null(LIST_FIRST(&l, struct item, elem));
	assert_null(list_take_first(&l));
	expect(&l, "");
	list_add_last(&l, &b.elem);
	list_add_first(&l, &a.elem);
	list_add_last(&l, &c.elem);
	expect(&l, "abc");
	list_remove(&b.elem);
	list_remove(&b.elem);
	expect(&l, "ac");
	list_insert(&l, &b.elem, &a.elem);
	expect(&l, "bac");
	list_remove(&c.elem);
	expect(&l, "ba");
	assert_ptr_equal(LIST_OBJECT(list_take_first(&l), struct item, elem),
	                 &b);
	assert_false(list_linked(&b.elem));
	expect(&l, "a");
	list_remove(&a.elem);
	expect(&l, "");
}

static void removal_while_visiting(void **state)
{
	struct item item[26];
	struct list l = { 0 };

	(void)state;
	for (unsigned i = 0; i < 26; i++) {
		item[i] = (struct item){ .name = (char)('a' + i) };
		list_add_last(&l, &item[i].elem);
	}
	LIST_FOR_EACH_SAFE(it, &l, struct item, elem)
		if (!strchr("aeiou", it->name)) {
			list_remove(&it->elem);
			memset(it, 0xff, sizeof(*it));
		}
	expect(&l, "aeiou");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order),
		cmocka_unit_test(removal_while_visiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
