/* SPDX-License-Identifier: MIT */
/* A Terminal session as a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <vfs/plugins.h>

#include "fake_env.h"
#include "fake_terminal.h"
#include "steps.h"

static struct test_tree t;
static unsigned woken;

static int begin(void **state)
{
	(void)state;
	memset(&fake_terminal, 0, sizeof(fake_terminal));
	fake_terminal.room = sizeof(fake_terminal.out);
	woken = 0;
	test_env = &fake_env;
	test_tree_init(&t, vfs_plugins, "<vfs> <terminal name='tty'/> </vfs>");
	return 0;
}

static int end(void **state)
{
	(void)state;
	test_tree_fini(&t);
	return t.ram.live != 0;
}

static void wake(struct vfs_waiter *w)
{
	(void)w;
	woken++;
}

static struct vfs_file *open_tty(void)
{
	struct vfs_op op = { .path = "/tty", .flags = VFS_READ | VFS_WRITE };

	assert_int_equal(vfs_open(t.vfs, &op), VFS_OK);
	return op.file;
}

static void reads(struct vfs_file *f, size_t len, enum vfs_err e,
                  const char *text)
{
	char buf[64] = "";
	struct vfs_op op = { .buf = buf, .len = len };

	assert_int_equal(vfs_read(f, &op), e);
	assert_int_equal(op.count, strlen(text));
	assert_memory_equal(buf, text, op.count);
}

static void writes(struct vfs_file *f, const char *text, enum vfs_err e,
                   size_t count)
{
	struct vfs_op op = { .data = text, .len = strlen(text) };

	assert_int_equal(vfs_write(f, &op), e);
	assert_int_equal(op.count, count);
}

static void comes(const char *text)
{
	memcpy(fake_terminal.in + fake_terminal.in_len, text, strlen(text));
	fake_terminal.in_len += strlen(text);
	fake_terminal.read->handle(fake_terminal.read, 1);
	vfs_tell(t.vfs);
}

static void test_read(void **state)
{
	struct vfs_waiter w = { .wake = wake };
	struct vfs_file *f = open_tty();

	(void)state;
	reads(f, 10, VFS_AGAIN, "");
	assert_int_equal(fake_terminal.calls, 0); /* nothing was told yet */
	assert_int_equal(vfs_ready(f), VFS_CAN_WRITE);
	vfs_wait(f, &w);
	comes("twenty bytes of text");
	assert_int_equal(woken, 1);
	assert_int_equal(vfs_ready(f), VFS_CAN_READ | VFS_CAN_WRITE);
	reads(f, 7, VFS_OK, "twenty ");
	writes(f, "spoils the buffer", VFS_OK, FAKE_TERMINAL_BYTES);
	reads(f, 64, VFS_OK, "bytes of ");
	reads(f, 64, VFS_OK, "text");
	reads(f, 64, VFS_AGAIN, "");
	fake_terminal.end = true;
	comes("x");
	reads(f, 64, VFS_OK, "x");
	reads(f, 64, VFS_OK, "");
	assert_int_equal(vfs_ready(f) & VFS_HUNG_UP, VFS_HUNG_UP);
	vfs_close(f);
}

static void test_write(void **state)
{
	struct vfs_waiter w = { .wake = wake };
	struct vfs_file *f = open_tty();

	(void)state;
	fake_terminal.room = 5;
	writes(f, "0123456789", VFS_OK, 5);
	writes(f, "56789", VFS_AGAIN, 0);
	assert_int_equal(fake_terminal.calls, 1);
	assert_int_equal(vfs_ready(f), 0);
	vfs_wait(f, &w);
	fake_terminal.room = 50;
	fake_terminal.write->handle(fake_terminal.write, 1);
	vfs_tell(t.vfs);
	assert_int_equal(woken, 1);
	writes(f, "56789", VFS_OK, 5);
	assert_memory_equal(fake_terminal.out, "0123456789", 10);
	fake_terminal.gone = true;
	writes(f, "x", VFS_BROKEN_PIPE, 0);
	vfs_close(f);
}

static void test_lies(void **state)
{
	struct vfs_file *f = open_tty();

	(void)state;
	fake_terminal.lies = true;
	writes(f, "x", VFS_IO, 0);
	comes("x");
	reads(f, 64, VFS_IO, "");
	vfs_close(f);
}

static void done(struct vfs_op *op, enum vfs_err e)
{
	(void)op;
	woken += !e;
}

static void test_size(void **state)
{
	static const struct test_step steps[] = {
		{ "read", "/.tty/columns", "80\n", .len = 9, .count = 3 },
		{ "read", "/.tty/rows", "24\n", .len = 9, .count = 3 },
		{ "read", "/.tty/info",
		  "<terminal columns=\"80\" rows=\"24\"/>\n", .len = 99,
		  .count = 35 },
		{ "write", "/.tty/rows", "9", .err = VFS_READ_ONLY },
		{ "list", "/", "tty .tty " },
	};
	struct vfs_op open = { .path = "/.tty/rows", .flags = VFS_READ };
	struct vfs_op watch = { .done = done };

	(void)state;
	fake_terminal.columns = 80;
	fake_terminal.rows = 24;
	test_steps(&t, steps, sizeof(steps) / sizeof(steps[0]));
	assert_int_equal(vfs_open(t.vfs, &open), VFS_OK);
	assert_int_equal(vfs_watch(open.file, &watch), VFS_LATE);
	fake_terminal.size->handle(fake_terminal.size, 1);
	vfs_tell(t.vfs);
	assert_int_equal(woken, 1);
	vfs_close(open.file);
}

static void test_refused(void **state)
{
	struct node_error err;

	(void)state;
	assert_int_not_equal(
		test_tree_update(&t, "<vfs> <terminal label='no'/> </vfs>",
	                         &err),
		FIEF_OK);
	assert_string_equal(err.text,
	                    "<terminal>: Terminal session \"no\": denied");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
		T(test_read), T(test_write),   T(test_lies),
		T(test_size), T(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
