/* SPDX-License-Identifier: MIT */
/* File systems of fixed names, one operation a row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <vfs/plugins.h>

#include "steps.h"

static const char config[] =
	"<vfs>"
	"  <null/> <zero/> <zero name=\"z\" size=\"5\"/> <full/>"
	"  <inline name=\"text\">hello, world</inline>"
	"  <symlink name=\"link\" target=\"text\"/>"
	"  <symlink name=\"dangling\" target=\"nowhere\"/>"
	"  <dir name=\"d\"> <symlink name=\"up\" target=\"../text\"/>"
	"    <inline/> <dir name=\"e\"> <inline name=\"f\">deep</inline>"
	"    <symlink name=\"back\" target=\"..\"/> </dir> </dir>"
	"  <symlink name=\"to_d\" target=\"d\"/>"
	"  <symlink name=\"to_e\" target=\"/to_d/e\"/>"
	"  <symlink name=\"round\" target=\"round\"/>"
	"</vfs>";

static const struct test_step steps[] = {
	/* null */
	{ "read", "null", .len = 4, .text = "" },
	{ "write", "null", .text = "gone", .count = 4 },
	{ "stat", "null", .kind = VFS_CHAR },
	{ "append", "null", .text = "gone", .count = 4 },
	/* zero */
	{ "read", "zero", .len = 3, .text = "\0\0\0", .count = 3 },
	{ "read", "zero", .pos = 1 << 20, .len = 2, .text = "\0\0",
	  .count = 2 },
	{ "write", "zero", .text = "gone", .count = 4 },
	{ "read", "z", .len = 9, .text = "\0\0\0\0\0", .count = 5 },
	{ "read", "z", .pos = 3, .len = 9, .text = "\0\0", .count = 2 },
	{ "read", "z", .pos = 6, .len = 9, .text = "" },
	{ "write", "z", .text = "x", .err = VFS_READ_ONLY },
	{ "stat", "z", .kind = VFS_FILE, .count = 5 },
	/* full */
	{ "write", "full", .text = "x", .err = VFS_NO_SPACE },
	{ "read", "full", .len = 2, .text = "\0\0", .count = 2 },
	/* inline */
	{ "read", "text", .len = 64, .text = "hello, world", .count = 12 },
	{ "read", "text", .pos = 7, .len = 3, .text = "wor", .count = 3 },
	{ "read", "text", .pos = 12, .len = 3, .text = "" },
	{ "write", "text", .text = "x", .err = VFS_READ_ONLY },
	{ "truncate", "text", .err = VFS_READ_ONLY },
	{ "stat", "text", .kind = VFS_FILE, .count = 12 },
	{ "read", "d/inline", .len = 3, .text = "" },
	/* symlink */
	{ "read", "link", .len = 5, .text = "hello", .count = 5 },
	{ "read", "d/up", .len = 5, .text = "hello", .count = 5 },
	{ "target", "link", .len = 64, .text = "text", .count = 4 },
	{ "target", "link", .len = 2, .text = "te", .count = 2 },
	{ "read", "dangling", .len = 5, .err = VFS_NOT_FOUND },
	{ "stat", "dangling", .kind = VFS_SYMLINK, .count = 7 },
	{ "target", "text", .len = 9, .err = VFS_INVALID },
	/* links in the middle of a path, and behind each other */
	{ "read", "to_d/e/f", .len = 9, .text = "deep", .count = 4 },
	{ "read", "to_e/f", .len = 9, .text = "deep", .count = 4 },
	{ "read", "to_e/back/up", .len = 5, .text = "hello", .count = 5 },
	{ "read", "to_e/./back/e/f", .len = 9, .text = "deep", .count = 4 },
	{ "read", "to_e/../e/f", .len = 9, .text = "deep", .count = 4 },
	{ "read", "d/e/back/e/back/e/f", .len = 9, .text = "deep", .count = 4 },
	{ "list", "to_e", .text = "f back " },
	{ "list", "to_d/e/", .text = "f back " },
	{ "list", "to_e/back/.", .text = "up inline e " },
	{ "stat", "to_e", .kind = VFS_SYMLINK, .count = 7 },
	{ "read", "to_d/none", .len = 9, .err = VFS_NOT_FOUND },
	{ "read", "link/x", .len = 9, .err = VFS_NOT_DIR },
	{ "read", "dangling/x", .len = 9, .err = VFS_NOT_FOUND },
	{ "read", "round/x", .len = 9, .err = VFS_LOOP },
	{ "list", "round/.", .err = VFS_LOOP },
	{ "remove", "to_d/e/f", .err = VFS_BUSY },
	/* what the configuration names stays */
	{ "remove", "null", .err = VFS_BUSY },
	{ "list", ".",
	  .text = "null zero z full text link dangling d to_d to_e round " },
	{ "list", "d", .text = "up inline e " },
};

static void all(void **state)
{
	struct test_tree t;

	(void)state;
	test_tree_init(&t, vfs_plugins, config);
	test_steps(&t, steps, sizeof(steps) / sizeof(steps[0]));
	test_tree_fini(&t);
}

/* A file system that both have is the same, and what is open stays so. */
static void update(void **state)
{
	struct test_tree t;
	struct node_error err;
	struct vfs_op op = { .path = "text", .flags = VFS_READ };
	char buf[16];

	(void)state;
	test_tree_init(&t, vfs_plugins, config);
	assert_int_equal(vfs_open(t.vfs, &op), VFS_OK);
	assert_int_equal(test_tree_update(&t, "<vfs> <null/> </vfs>", &err),
	                 FIEF_OK);
	op.buf = buf;
	op.len = sizeof(buf);
	assert_int_equal(vfs_read(op.file, &op), VFS_OK);
	assert_int_equal(op.count, 12);
	assert_memory_equal(buf, "hello, world", 12);
	vfs_close(op.file);
	op = (struct vfs_op){ .path = "text", .flags = VFS_READ };
	assert_int_equal(vfs_open(t.vfs, &op), VFS_NOT_FOUND);
	test_tree_fini(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all),
		cmocka_unit_test(update),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
