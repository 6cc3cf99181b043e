/* SPDX-License-Identifier: MIT */
/* Files that are copied once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vfs/plugin/import.h>
#include <vfs/plugin/inline.h>
#include <vfs/plugin/null.h>
#include <vfs/plugin/overlay.h>
#include <vfs/plugin/ram.h>
#include <vfs/plugin/symlink.h>

#include "parts.h"
#include "steps.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct test_tree t;

static const struct vfs_type *const types[] = { &vfs_ram,    &vfs_overlay,
	                                        &vfs_import, &vfs_inline,
	                                        &vfs_null,   &vfs_symlink,
	                                        &test_part,  NULL };

static int setup(void **state)
{
	(void)state;
	test_tree_init(&test_parts, types,
	               "<vfs> <dir name='from'> <ram/> </dir>"
	               " <dir name='to'> <ram/> </dir> </vfs>");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	test_parts_end(&t);
	return 0;
}

static void is(struct test_tree *of, const char *path, const char *text)
{
	const struct test_step s = { .what = "read",
		                     .path = path,
		                     .text = text,
		                     .len = 100,
		                     .count = strlen(text) };

	test_steps(of, &s, 1);
}

static void put(struct test_tree *of, const char *path, const char *text)
{
	const struct test_step s = { .what = "create",
		                     .path = path,
		                     .text = text,
		                     .len = strlen(text),
		                     .count = strlen(text) };

	test_steps(of, &s, 1);
}

static void does(struct test_tree *of, const char *what, const char *path,
                 enum vfs_err err)
{
	const struct test_step s = { .what = what, .path = path, .err = err };

	test_steps(of, &s, 1);
}

/* ---- what is copied, and where to ---- */

static void test_kinds(void **state)
{
	static const struct test_step steps[] = {
		{ "read", "/etc/motd", "hi", .len = 9, .count = 2 },
		{ "target", "/etc/l", "motd", .len = 9, .count = 4 },
		{ "stat", "/etc/null", .kind = VFS_CHAR },
		{ "append", "/etc/motd", "!", .len = 1, .count = 1 },
		{ "read", "/etc/motd", "hi!", .len = 9, .count = 3 },
	};

	(void)state;
	test_tree_init(&t, types,
	               "<vfs> <import> <dir name='etc'>"
	               " <inline name='motd'>hi</inline> <null/>"
	               " <symlink name='l' target='motd'/> </dir> </import>"
	               " <ram/> </vfs>");
	test_steps(&t, steps, COUNT(steps));
}

/* The first one cannot be written. */
static void test_uppermost(void **state)
{
	(void)state;
	put(&test_parts, "/to/f", "old");
	test_tree_init(&t, types,
	               "<vfs> <overlay> <lower> <ram/> </lower> </overlay>"
	               " <part name='/to'/> <ram/>"
	               " <import> <inline name='g'>new</inline> </import>"
	               " </vfs>");
	is(&t, "/g", "new");
	is(&test_parts, "/to/g", "new");
	is(&test_parts, "/to/f", "old");
}

static void test_overwrite(void **state)
{
	(void)state;
	put(&test_parts, "/to/f", "long before");
	test_tree_init(&t, types,
	               "<vfs> <part name='/to'/> <import>"
	               " <inline name='f'>new</inline> </import> </vfs>");
	is(&t, "/f", "long before");
	test_tree_fini(&t);
	test_tree_init(&t, types,
	               "<vfs> <part name='/to'/> <import overwrite='yes'>"
	               " <inline name='f'>new</inline> </import> </vfs>");
	is(&t, "/f", "new");
}

/* Deeper than any stack would be, and longer than any path. */
static void test_deep(void **state)
{
	enum { DEPTH = 3000 };
	struct vfs_place *at = NULL;
	struct vfs_op op = { .path = "/from" };
	char name[] = "0123456789";

	(void)state;
	assert_int_equal(vfs_enter(test_parts.vfs, &op), VFS_OK);
	at = op.place;
	for (unsigned i = 0; i < DEPTH; i++) {
		op = (struct vfs_op){
			.at = at, .path = name, .kind = VFS_DIR, .mode = 0755
		};
		assert_int_equal(vfs_make(test_parts.vfs, &op), VFS_OK);
		op = (struct vfs_op){ .at = at, .path = name };
		assert_int_equal(vfs_enter(test_parts.vfs, &op), VFS_OK);
		vfs_place_put(at);
		at = op.place;
	}
	vfs_place_put(at);
	test_tree_init(&t, types,
	               "<vfs> <ram/> <import> <part name='/from'/> </import>"
	               " </vfs>");
	at = NULL;
	for (unsigned i = 0; i < DEPTH; i++) {
		op = (struct vfs_op){ .at = at, .path = name };
		assert_int_equal(vfs_enter(t.vfs, &op), VFS_OK);
		vfs_place_put(at);
		at = op.place;
	}
	vfs_place_put(at);
}

static void test_sparse(void **state)
{
	static const struct test_step steps[] = {
		{ "create", "/from/f", "end", .pos = 1 << 30, .len = 3,
		  .count = 3 },
	};
	struct vfs_op op = { .path = "/f" };

	(void)state;
	test_steps(&test_parts, steps, COUNT(steps));
	test_tree_init(&t, types,
	               "<vfs> <ram/> <import> <part name='/from'/> </import>"
	               " </vfs>");
	assert_int_equal(vfs_find(t.vfs, &op), VFS_OK);
	vfs_node_put(op.node);
	assert_int_equal(op.stat.size, (1 << 30) + 3);
	assert_true(op.stat.blocks < 1000);
}

/* ---- another configuration ---- */

static void test_once(void **state)
{
	struct node_error err;

	(void)state;
	test_tree_init(&t, types,
	               "<vfs> <ram/> <import> <inline name='f'>1</inline>"
	               " </import> </vfs>");
	does(&t, "remove", "/f", VFS_OK);
	assert_int_equal(
		test_tree_update(
			&t,
			"<vfs> <ram/> <null/> <import>"
			" <inline name='f'>1</inline> </import> </vfs>",
			&err),
		FIEF_OK);
	does(&t, "read", "/f", VFS_NOT_FOUND);
	assert_int_equal(
		test_tree_update(
			&t,
			"<vfs> <ram/> <import>"
			" <inline name='f'>2</inline> </import> </vfs>",
			&err),
		FIEF_OK);
	is(&t, "/f", "2");
}

static void test_refused(void **state)
{
	static const char *const configs[][2] = {
		{ "<import> <ram/> </import>",
		  "<import>: no file system beside it" },
		{ "<part name='/to'/> <import> <dir name='d'> <dir name='f'>"
		  " </dir> </dir> </import>",
		  "<import>: /d/f: the file exists" },
		{ "<overlay> <lower> <ram/> </lower> </overlay>"
		  " <import> <inline name='f'>x</inline> </import>",
		  "<import>: /f: the file system is read-only" },
		{ "<dir name='x'> <ram size='2K'/> <import> <dir name='d'>"
		  " <part name='/from'/> </dir> </import> </dir>",
		  "<import>: /d/big: no quota left for the content" },
		{ "<ram/> <import> <rum/> </import>",
		  "<rum>: no such file system, did you mean \"ram\"?" },
		{ "<ram/> <import overwrite='maybe'/>", NULL },
	};
	static char big[100000];

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	put(&test_parts, "/from/big", big);
	does(&test_parts, "mkdir", "/to/d", VFS_OK);
	put(&test_parts, "/to/d/f", "file");
	test_tree_init(&t, types, "<vfs> <ram/> </vfs>");
	for (size_t i = 0; i < COUNT(configs); i++) {
		struct node_error err;
		char config[256];

		snprintf(config, sizeof(config), "<vfs> %s </vfs>",
		         configs[i][0]);
		print_message("%s\n", config);
		assert_int_not_equal(test_tree_update(&t, config, &err),
		                     FIEF_OK);
		if (configs[i][1])
			assert_string_equal(err.text, configs[i][1]);
	}
	put(&t, "/still", "there");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		T(test_kinds),   T(test_uppermost), T(test_overwrite),
		T(test_deep),    T(test_sparse),    T(test_once),
		T(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
