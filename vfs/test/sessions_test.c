/* SPDX-License-Identifier: MIT */
/* File systems that need a session: rom, log; and ram_log, which is alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <vfs/plugins.h>

#include "fake_env.h"
#include "steps.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int begin(void **state)
{
	(void)state;
	test_env = &fake_env;
	fake_logged[0] = '\0';
	fake_log_fails = FIEF_OK;
	fake_rom_set("config", "<config/>\0\0\0", 12);
	fake_rom_set("none", NULL, 0);
	return 0;
}

/* ---- rom ---- */

static const struct test_step rom_steps[] = {
	{ "read", "config", .len = 99, .text = "<config/>\0\0\0", .count = 12 },
	{ "read", "config", .pos = 8, .len = 2, .text = ">\0", .count = 2 },
	{ "read", "text", .len = 99, .text = "<config/>", .count = 9 },
	{ "stat", "text", .kind = VFS_FILE, .count = 9 },
	{ "write", "text", .text = "x", .err = VFS_READ_ONLY },
	{ "truncate", "text", .err = VFS_READ_ONLY },
	{ "stat", "none", .err = VFS_NOT_FOUND },
	{ "read", "none", .err = VFS_NOT_FOUND },
	{ "list", ".", .text = "config text none " },
};

static void rom(void **state)
{
	struct test_tree t;

	(void)state;
	test_tree_init(&t, vfs_plugins,
	               "<vfs> <rom name=\"config\"/> <rom name=\"text\" "
	               "label=\"config\" binary=\"no\"/> <rom "
	               "name=\"none\"/></vfs>");
	test_steps(&t, rom_steps, COUNT(rom_steps));
	assert_int_equal(fake_roms_open, 3);
	test_tree_fini(&t);
	assert_int_equal(fake_roms_open, 0);
}

/* Who has it open, reads what is there now. */
static void rom_update(void **state)
{
	static const struct test_step before[] = {
		{ "read", "config", .len = 3, .text = "<co", .count = 3 },
	};
	static const struct test_step after[] = {
		{ "read", "config", .len = 9, .text = "new", .count = 3 },
	};
	struct vfs_op op = { .path = "config", .flags = VFS_READ };
	struct test_tree t;
	char buf[8];

	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs> <rom name=\"config\"/> </vfs>");
	test_steps(&t, before, 1);
	assert_int_equal(vfs_open(t.vfs, &op), VFS_OK);
	fake_rom_set("config", "new", 3);
	fake_rom_changed();
	test_steps(&t, after, 1);
	fake_rom_set("config", NULL, 0);
	fake_rom_changed();
	op.buf = buf;
	op.len = sizeof(buf);
	assert_int_equal(vfs_read(op.file, &op), VFS_GONE);
	vfs_close(op.file);
	test_tree_fini(&t);
	assert_int_equal(fake_roms_open, 0);
}

/* ---- log ---- */

static void write_to(struct vfs_file *f, const char *text, enum vfs_err err)
{
	struct vfs_op op = { .data = text, .len = strlen(text) };

	assert_int_equal(vfs_write(f, &op), err);
	assert_int_equal(op.count, err ? 0 : strlen(text));
}

static struct vfs_file *opened(struct test_tree *t, const char *path)
{
	struct vfs_op op = { .path = path, .flags = VFS_READ | VFS_WRITE };

	assert_int_equal(vfs_open(t->vfs, &op), VFS_OK);
	return op.file;
}

/* Lines of two writers do not mix; half a line goes at sync and at the end. */
static void log_lines(void **state)
{
	struct vfs_op op = { 0 };
	struct vfs_file *a, *b;
	struct test_tree t;

	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs> <log/> </vfs>");
	a = opened(&t, "log");
	b = opened(&t, "log");
	write_to(a, "one ", VFS_OK);
	write_to(b, "other\n", VFS_OK);
	write_to(a, "line\ntwo\nthr", VFS_OK);
	assert_string_equal(fake_logged,
	                    "own|other\n|own|one line\n|own|two\n|");
	assert_int_equal(vfs_sync(a, &op), VFS_OK);
	write_to(a, "ee", VFS_OK);
	assert_int_equal(vfs_pwrite(a, &op), VFS_NO_SEEK);
	fake_logged[0] = '\0';
	vfs_close(a);
	vfs_close(b);
	assert_string_equal(fake_logged, "own|ee\n|");
	test_tree_fini(&t);
}

static void log_label(void **state)
{
	struct node_error err;
	struct test_tree t;
	struct vfs_file *f;
	char lines[1001];

	(void)state;
	test_tree_init(&t, vfs_plugins,
	               "<vfs> <log name=\"l\" label=\"mine\"/> </vfs>");
	f = opened(&t, "l");
	write_to(f, "x\n", VFS_OK);
	assert_string_equal(fake_logged, "mine|x\n|");
	fake_log_fails = FIEF_GONE;
	memset(lines, 'y', sizeof(lines) - 1);
	lines[400] = '\0';
	write_to(f, lines, VFS_OK);
	write_to(f, "z", VFS_GONE);
	vfs_close(f);
	assert_int_equal(
		test_tree_update(&t, "<vfs> <log label=\"no\"/> </vfs>", &err),
		FIEF_DENIED);
	assert_string_equal(err.text, "<log>: LOG session \"no\": denied");
	test_tree_fini(&t);
}

/* A long line goes out in parts, none of it lost. */
static void log_long(void **state)
{
	struct test_tree t;
	struct vfs_file *f;
	char line[1001];
	size_t y = 0;

	(void)state;
	memset(line, 'y', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	test_tree_init(&t, vfs_plugins, "<vfs> <log/> </vfs>");
	f = opened(&t, "log");
	write_to(f, line, VFS_OK);
	vfs_close(f);
	for (const char *s = fake_logged; *s; s++)
		y += *s == 'y';
	assert_int_equal(y, 1000);
	test_tree_fini(&t);
}

/* ---- ram_log ---- */

static const struct test_step ram_log_steps[] = {
	{ "stat", "ram_log", .kind = VFS_FILE },
	{ "append", "ram_log", .text = "12345", .count = 5 },
	{ "write", "ram_log", .text = "678", .count = 3 },
	{ "read", "ram_log", .len = 99, .text = "12345678", .count = 8 },
	{ "append", "ram_log", .text = "9a", .count = 2 },
	{ "read", "ram_log", .len = 99, .text = "\0\0003456789a", .count = 10 },
	{ "read", "ram_log", .pos = 7, .len = 2, .text = "89", .count = 2 },
	{ "append", "ram_log", .text = "bcdefghijklm", .count = 12 },
	{ "read", "ram_log", .pos = 12, .len = 99, .text = "\0\0fghijklm",
	  .count = 10 },
	{ "stat", "ram_log", .kind = VFS_FILE, .count = 22 },
	{ "truncate", "ram_log", .err = VFS_NOT_PERMITTED },
};

static void ram_log(void **state)
{
	struct vfs_op op = { 0 };
	struct test_tree t;
	struct vfs_file *f;

	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs> <ram_log limit=\"8\"/> </vfs>");
	test_steps(&t, ram_log_steps, COUNT(ram_log_steps));
	f = opened(&t, "ram_log");
	assert_int_equal(vfs_seek(f, VFS_TO_DATA, &op), VFS_OK);
	assert_int_equal(op.pos, 14);
	assert_int_equal(vfs_seek(f, VFS_TO_HOLE, &op), VFS_OK);
	assert_int_equal(op.pos, 22);
	op.pos = 3;
	assert_int_equal(vfs_seek(f, VFS_TO_HOLE, &op), VFS_OK);
	assert_int_equal(op.pos, 3);
	vfs_close(f);
	test_tree_fini(&t);
}

/* ---- without a component ---- */

static void refused(void **state)
{
	static const char *const configs[] = {
		"<vfs> <rom name=\"unknown\"/> </vfs>",
		"<vfs> <tar name=\"unknown\"/> </vfs>",
		"<vfs> <tar name=\"none\"/> </vfs>",
		"<vfs> <ram_log limit=\"0\"/> </vfs>",
	};
	struct node_error err;
	struct test_tree t;

	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs/>");
	for (size_t i = 0; i < COUNT(configs); i++)
		assert_int_not_equal(test_tree_update(&t, configs[i], &err),
		                     FIEF_OK);
	assert_int_equal(fake_roms_open, 0);
	test_tree_fini(&t);
	test_env = NULL;
	test_tree_init(&t, vfs_plugins, "<vfs/>");
	assert_int_equal(test_tree_update(&t, "<vfs> <log/> </vfs>", &err),
	                 FIEF_UNSUPPORTED);
	test_tree_fini(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(rom, begin),
		cmocka_unit_test_setup(rom_update, begin),
		cmocka_unit_test_setup(log_lines, begin),
		cmocka_unit_test_setup(log_label, begin),
		cmocka_unit_test_setup(log_long, begin),
		cmocka_unit_test_setup(ram_log, begin),
		cmocka_unit_test_setup(refused, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
