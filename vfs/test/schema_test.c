/* SPDX-License-Identifier: MIT */
/* What configurations are refused for, and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <vfs/plugins.h>
#include <vfs/schema.h>

#include "tree.h"

static const struct {
	const char *config, *text;
	unsigned line, column;
} cases[] = {
	{ "<vfs> <nul/> </vfs>",
	  "<nul>: no such file system, did you mean \"null\"?", 1, 7 },
	{ "<vfs> <floppy/> </vfs>", "<floppy>: no such file system", 1, 7 },
	{ "<vfs>\n <null nmae=\"a\"/> </vfs>",
	  "unknown attribute \"nmae\" of <null>, did you mean \"name\"?", 2,
	  8 },
	{ "<vfs> <null colour=\"a\"/> </vfs>",
	  "unknown attribute \"colour\" of <null>", 1, 13 },
	{ "<vfs> <dir name=\"a\" nam=\"b\"/> </vfs>",
	  "unknown attribute \"nam\" of <dir>, did you mean \"name\"?", 1, 21 },
	{ "<vfs> <ram> <null/> </ram> </vfs>", "unknown node \"null\" of <ram>",
	  1, 13 },
	{ "<vfs> <null>text</null> </vfs>", "<null> has no text", 1, 13 },
	{ "<vfs> <null name=\"a/b\"/> </vfs>",
	  "<null>: \"a/b\" is no name of a file", 1, 13 },
	{ "<vfs> <null name=\"..\"/> </vfs>",
	  "<null>: \"..\" is no name of a file", 1, 13 },
	{ "<vfs> <null/> <null/> </vfs>", "<null>: \"null\" is here twice", 1,
	  15 },
};

static void refused(void **state)
{
	struct node_error err;
	struct test_tree t;

	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs/>");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].config);
		memset(&err, 0, sizeof(err));
		assert_int_not_equal(
			test_tree_update(&t, cases[i].config, &err), FIEF_OK);
		assert_string_equal(err.text, cases[i].text);
		assert_int_equal(err.at.line, cases[i].line);
		assert_int_equal(err.at.column, cases[i].column);
	}
	test_tree_fini(&t);
}

/* What each attribute with a kind of value refuses, for all types. */
static void values(void **state)
{
	static const char *const wrong[] = {
		[VFS_VALUE_NAME] = "a/b",
		[VFS_VALUE_BOOL] = "perhaps",
		[VFS_VALUE_NUMBER] = "12 apples",
	};
	struct node_error err;
	struct test_tree t;
	char config[200];

	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs/>");
	for (const struct vfs_type *const *p = vfs_plugins; *p; p++) {
		const struct vfs_attr *a = (*p)->schema->attrs;

		for (; a && a->name; a++) {
			if (a->value == VFS_VALUE_TEXT)
				continue;
			snprintf(config, sizeof(config),
			         "<vfs><%s %s=\"%s\"/></vfs>", (*p)->name,
			         a->name, wrong[a->value]);
			assert_int_equal(test_tree_update(&t, config, &err),
			                 FIEF_INVALID);
			assert_int_equal(err.at.column,
			                 7 + strlen((*p)->name) + 1);
		}
	}
	test_tree_fini(&t);
}

/* The pages of the reference need all of it. */
static void tables(void **state)
{
	(void)state;
	for (const struct vfs_type *const *p = vfs_plugins; *p; p++) {
		const struct vfs_schema *s = (*p)->schema;
		char config[200];
		struct node_error err;
		struct test_tree t;

		assert_non_null(s);
		assert_non_null(s->text);
		for (const struct vfs_attr *a = s->attrs; a && a->name; a++) {
			assert_non_null(a->text);
			if (!a->required)
				continue;
			snprintf(config, sizeof(config), "<vfs><%s/></vfs>",
			         (*p)->name);
			test_tree_init(&t, vfs_plugins, "<vfs/>");
			assert_int_equal(test_tree_update(&t, config, &err),
			                 FIEF_NOT_FOUND);
			test_tree_fini(&t);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused),
		cmocka_unit_test(values),
		cmocka_unit_test(tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
