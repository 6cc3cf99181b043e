/* SPDX-License-Identifier: MIT */
/* Labels: composition and its limit, parts, selectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <lib/label.h>

static void composition(void **state)
{
	static const struct {
		const char *parent, *child, *want;
	} cases[] = {
		{ "init", "vfs", "init -> vfs" },
		{ "init -> vfs", "fonts", "init -> vfs -> fonts" },
		{ "init", "", "init" },
		{ "", "vfs", "vfs" },
		{ "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct label l;

		assert_int_equal(
			label_compose(&l, cases[i].parent, cases[i].child),
			FIEF_OK);
		assert_string_equal(l.text, cases[i].want);
		assert_int_equal(label_needed(cases[i].parent, cases[i].child),
		                 strlen(l.text));
	}
}

static void limit(void **state)
{
	char child[LABEL_MAX + 2];
	struct label l;

	(void)state;
	memset(child, 'x', sizeof(child) - 1);
	child[sizeof(child) - 1] = 0;
	assert_int_equal(label_set(&l, "before"), FIEF_OK);
	assert_int_equal(label_set(&l, child), FIEF_TOO_LONG);
	assert_int_equal(label_compose(&l, "", child), FIEF_TOO_LONG);
	assert_string_equal(l.text, "before");
	child[LABEL_MAX] = 0;
	assert_int_equal(label_compose(&l, "", child), FIEF_OK);
	assert_int_equal(strlen(l.text), LABEL_MAX);
	assert_int_equal(label_compose(&l, "p", child), FIEF_TOO_LONG);
	assert_int_equal(label_needed("p", child), LABEL_MAX + 5);
	child[LABEL_MAX - 5] = 0;
	assert_int_equal(label_compose(&l, "p", child), FIEF_OK);
	assert_int_equal(label_compose(&l, "p", l.text), FIEF_TOO_LONG);
	assert_int_equal(label_set(&l, "b"), FIEF_OK);
	assert_int_equal(label_compose(&l, "a", l.text), FIEF_OK);
	assert_string_equal(l.text, "a -> b");
}

static void parts(void **state)
{
	static const struct {
		const char *label, *last, *identity;
	} cases[] = {
		{ "init -> vfs -> fonts", "fonts", "init -> vfs" },
		{ "fonts", "fonts", "" },
		{ "a -> ", "", "a" },
		{ "a->b", "a->b", "" },
		{ "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct label l;

		assert_string_equal(label_last(cases[i].label), cases[i].last);
		assert_int_equal(label_identity(&l, cases[i].label), FIEF_OK);
		assert_string_equal(l.text, cases[i].identity);
	}
	assert_string_equal(label_scoped("vfs -> fonts -> a", "vfs"),
	                    "fonts -> a");
	assert_string_equal(label_scoped("vfs", "vfs"), "");
	assert_null(label_scoped("vfs2 -> a", "vfs"));
	assert_null(label_scoped("vf", "vfs"));
}

static void names(void **state)
{
	static const struct {
		const char *name;
		bool valid;
	} cases[] = {
		{ "vfs", true },
		{ "a b-c_d.e", true },
		{ "gr\xc3\xbc\xc3\x9f", true },
		{ "a->b", true },
		{ "", false },
		{ "a -> b", false },
		{ "a\nb", false },
		{ "a\x7f", false },
		{ "a\xc2\x9b", false },
		{ "a ->", false },
		{ "-> a", true },
		{ "a\xff", false },
		{ "0123456789012345678901234567890123456789012345678901234567"
		  "890123",
		  true },
		{ "0123456789012345678901234567890123456789012345678901234567"
		  "8901234",
		  false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(label_name_valid(cases[i].name),
		                 cases[i].valid);
}

static void selectors(void **state)
{
	static const char label[] = "init -> vfs -> fonts";
	static const struct {
		struct label_selector s;
		bool matches;
	} cases[] = {
		{ { NULL, NULL, NULL, NULL }, true },
		{ { .label = label }, true },
		{ { .label = "init -> vfs" }, false },
		{ { .prefix = "init -> v" }, true },
		{ { .prefix = "init -> x" }, false },
		{ { .prefix = "" }, true },
		{ { .suffix = "fonts" }, true },
		{ { .suffix = "-> font" }, false },
		{ { .suffix = "longer than the label, init -> vfs" }, false },
		{ { .last = "fonts" }, true },
		{ { .last = "onts" }, false },
		{ { .prefix = "init", .last = "fonts" }, true },
		{ { .prefix = "init", .last = "other" }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(label_matches(label, &cases[i].s),
		                 cases[i].matches);
}

/* From most to least specific. */
static void selector_order(void **state)
{
	static const struct label_selector s[] = {
		{ .label = "a" },
		{ .prefix = "long prefix" },
		{ .prefix = "short" },
		{ .prefix = "" },
		{ .suffix = "the suffix" },
		{ .suffix = "x" },
		{ .last = "x" },
		{ 0 },
	};
	const int count = sizeof(s) / sizeof(*s);

	(void)state;
	for (int i = 0; i < count; i++)
		for (int j = 0; j < count; j++)
			assert_int_equal(label_selector_order(&s[i], &s[j]),
			                 (j > i) - (j < i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(composition), cmocka_unit_test(limit),
		cmocka_unit_test(parts),       cmocka_unit_test(names),
		cmocka_unit_test(selectors),   cmocka_unit_test(selector_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
