/* SPDX-License-Identifier: MIT */
/* What an audit tells, and that nothing else is another one with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vfs/plugins.h>

#include "fake_env.h"
#include "steps.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct test_tree t;

static void begin(const char *config)
{
	fake_logged[0] = '\0';
	test_env = &fake_env;
	test_tree_init(&t, vfs_plugins, config);
}

static void end(void)
{
	test_tree_fini(&t);
	assert_int_equal(t.ram.live, 0);
}

/* What has been told since it was asked last. */
static void told(const char *lines)
{
	assert_string_equal(fake_logged, lines);
	fake_logged[0] = '\0';
}

static void test_lines(void **state)
{
	static const struct test_step steps[] = {
		{ "mkdir", "/d", 0 },
		{ "create", "/d/f", "hello", .len = 5, .count = 5 },
	};
	static const struct test_step more[] = {
		{ "read", "/d/f", "hello", .len = 9, .count = 5 },
		{ "remove", "/d", .err = VFS_IS_DIR },
		{ "list", "/d", "f " },
	};
	struct vfs_op move = { .path = "/d/f", .to_path = "/g" };

	(void)state;
	begin("<vfs> <audit label='app'> <ram/> </audit> </vfs>");
	test_steps(&t, steps, COUNT(steps));
	told("own|app: find /d: not_found\n|own|app: make /d: ok\n|"
	     "own|app: find /d/f: not_found\n|own|app: make /d/f: ok\n|"
	     "own|app: open /d/f w: ok\n|"
	     "own|app: close /d/f read 0 bytes by 0, wrote 5 by 1: ok\n|");
	test_steps(&t, more, COUNT(more));
	told("own|app: open /d/f r: ok\n|"
	     "own|app: close /d/f read 5 bytes by 1, wrote 0 by 0: ok\n|"
	     "own|app: remove /d: is_dir\n|"
	     "own|app: list /d: ok\n|own|app: list /d: ok\n|");
	assert_int_equal(vfs_rename(t.vfs, &move), VFS_OK);
	told("own|app: find /g: not_found\n|"
	     "own|app: rename /d/f to /g: ok\n|");
	end();
}

static void test_data(void **state)
{
	static const struct test_step steps[] = {
		{ "write", "/log", "x\n", .len = 2, .count = 2 },
	};

	(void)state;
	begin("<vfs> <audit data='yes'> <log/> </audit> </vfs>");
	test_steps(&t, steps, COUNT(steps));
	told("own|open /log w: ok\n|own|x\n|own|write /log: ok\n|"
	     "own|close /log read 0 bytes by 0, wrote 0 by 0: ok\n|");
	end();
}

/* A name cannot forge a line. */
static void test_names(void **state)
{
	char name[300] = "/";

	(void)state;
	begin("<vfs> <audit> <ram/> </audit> </vfs>");
	test_steps(&t,
	           (const struct test_step[]){
			   { "mkdir", "/a\nroot: remove \033[2J", 0 } },
	           1);
	told("own|find /a?root: remove ?[2J: not_found\n|"
	     "own|make /a?root: remove ?[2J: ok\n|");
	memset(name + 1, 'x', 254);
	name[255] = 'y';
	test_steps(&t, (const struct test_step[]){ { "mkdir", name, 0 } }, 1);
	assert_non_null(strstr(fake_logged, "xy: ok\n"));
	assert_null(strchr(strstr(fake_logged, "make"), ' ') + 200 <
	                            strstr(fake_logged, "xy: ok\n") ?
	                    fake_logged :
	                    NULL);
	end();
}

static void woken(struct vfs_waiter *w)
{
	w->wake = NULL;
}

/* What can be read is told through it. */
static void test_ready(void **state)
{
	struct vfs_op fifo = { .path = "/p", .kind = VFS_FIFO, .mode = 0600 };
	struct vfs_op in = { .path = "/p", .flags = VFS_READ | VFS_NONBLOCK };
	struct vfs_op out = { .path = "/p", .flags = VFS_WRITE };
	struct vfs_op write = { .data = "x", .len = 1 };
	struct vfs_waiter w = { .wake = woken };

	(void)state;
	begin("<vfs> <audit> <ram/> </audit> </vfs>");
	assert_int_equal(vfs_make(t.vfs, &fifo), VFS_OK);
	assert_int_equal(vfs_open(t.vfs, &in), VFS_OK);
	assert_int_equal(vfs_open(t.vfs, &out), VFS_OK);
	vfs_wait(in.file, &w);
	assert_int_equal(vfs_write(out.file, &write), VFS_OK);
	vfs_tell(t.vfs);
	assert_null(w.wake);
	assert_int_equal(vfs_ready(in.file) & VFS_CAN_READ, VFS_CAN_READ);
	vfs_close(out.file);
	vfs_close(in.file);
	end();
}

static void test_config(void **state)
{
	static const char *const refused[][2] = {
		{ "<audit/>", "<audit> has one file system in it" },
		{ "<audit> <ram/> <null/> </audit>",
		  "<audit> has one file system in it" },
		{ "<audit> <rum/> </audit>",
		  "<rum>: no such file system, did you mean \"ram\"?" },
		{ "<audit label='x' date='1'> <ram/> </audit>",
		  "unknown attribute \"date\" of <audit>, did you mean "
		  "\"data\"?" },
	};
	struct node_error err;

	(void)state;
	begin("<vfs> <audit label='a'> <ram/> </audit> </vfs>");
	for (size_t i = 0; i < COUNT(refused); i++) {
		char config[128];

		snprintf(config, sizeof(config), "<vfs> %s </vfs>",
		         refused[i][0]);
		assert_int_not_equal(test_tree_update(&t, config, &err),
		                     FIEF_OK);
		assert_string_equal(err.text, refused[i][1]);
	}
	test_steps(&t,
	           (const struct test_step[]){
			   { "create", "/f", "kept", .len = 4, .count = 4 } },
	           1);
	assert_int_equal(test_tree_update(&t,
	                                  "<vfs> <audit label='a' data='yes'>"
	                                  " <ram size='1M'/> </audit> </vfs>",
	                                  &err),
	                 FIEF_OK);
	test_steps(&t,
	           (const struct test_step[]){
			   { "read", "/f", "kept", .len = 9, .count = 4 } },
	           1);
	assert_non_null(strstr(fake_logged, "a: read /f: ok"));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),  cmocka_unit_test(test_data),
		cmocka_unit_test(test_names),  cmocka_unit_test(test_ready),
		cmocka_unit_test(test_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
