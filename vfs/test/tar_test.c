/* SPDX-License-Identifier: MIT */
/* Archives that GNU tar made, whole and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <vfs/plugins.h>

#include "fake_env.h"
#include "steps.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TEN "0123456789"
#define LONG                                                                   \
	TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN    \
		TEN TEN TEN

enum { MAX = 1 << 20 };

static char archive[MAX];
static size_t size;

/* The archive of a tree that a shell makes, by tar with these options. */
static void make(const char *options)
{
	char command[4096];
	FILE *p;

	snprintf(command, sizeof(command),
	         "set -e; d=$(mktemp -d); trap 'rm -r \"$d\"' EXIT; cd \"$d\"; "
	         "mkdir -p a/deep/er empty; echo -n hello >a/file; "
	         "echo -n x >a/deep/er/x; chmod 640 a/file; "
	         "ln a/file a/hard; ln -s file a/soft; mkfifo a/fifo; "
	         "echo -n long >a/" LONG "; ln -s " LONG " a/to_long; "
	         "head -c 1000 /dev/zero | tr '\\0' k >kilo; "
	         "touch -d @1000000000.5 a/file; tar -c %s; ",
	         options);
	p = popen(command, "r");
	assert_non_null(p);
	size = fread(archive, 1, sizeof(archive), p);
	assert_int_equal(pclose(p), 0);
	assert_in_range(size, 4096, MAX - 1);
}

static int begin(void **state)
{
	(void)state;
	test_env = &fake_env;
	return system("tar --version >/dev/null 2>&1") ? -1 : 0;
}

/* ---- what is in it ---- */

static const struct test_step steps[] = {
	{ "read", "a/file", .len = 99, .text = "hello", .count = 5 },
	{ "read", "a/file", .pos = 3, .len = 99, .text = "lo", .count = 2 },
	{ "stat", "a/file", .kind = VFS_FILE, .count = 5, .pos = 0640 },
	{ "read", "a/hard", .len = 99, .text = "hello", .count = 5 },
	{ "read", "a/soft", .len = 99, .text = "hello", .count = 5 },
	{ "target", "a/soft", .len = 99, .text = "file", .count = 4 },
	{ "stat", "a/fifo", .kind = VFS_FIFO },
	{ "read", "a/deep/er/x", .len = 9, .text = "x", .count = 1 },
	{ "read", "a/" LONG, .len = 9, .text = "long", .count = 4 },
	{ "read", "a/to_long", .len = 9, .text = "long", .count = 4 },
	{ "stat", "kilo", .kind = VFS_FILE, .count = 1000 },
	{ "list", "empty", .text = "" },
	{ "list", "a/deep", .text = "er " },
	{ "read", "a/none", .err = VFS_NOT_FOUND },
	{ "read", "kilo/x", .err = VFS_NOT_DIR },
	{ "write", "kilo", .text = "x", .err = VFS_READ_ONLY },
	{ "create", "new", .text = "x", .err = VFS_READ_ONLY },
	{ "mkdir", "new", .err = VFS_READ_ONLY },
	{ "remove", "kilo", .err = VFS_READ_ONLY },
};

static const char config[] = "<vfs> <tar name=\"image\"/> </vfs>";

static void about(struct test_tree *t, bool fraction)
{
	struct vfs_op a = { .path = "a/file" }, b = { .path = "a/hard" };

	assert_int_equal(vfs_find(t->vfs, &a), VFS_OK);
	assert_int_equal(vfs_find(t->vfs, &b), VFS_OK);
	assert_int_equal(a.stat.mtime,
	                 1000000000000000000 + (fraction ? 500000000 : 0));
	assert_int_equal(a.stat.links, 2);
	assert_int_equal(a.stat.ino, b.stat.ino);
	vfs_node_put(a.node);
	vfs_node_put(b.node);
}

static const struct {
	const char *options;
	bool fraction; /* of seconds are told */
} formats[] = {
	{ "--format=gnu .", false },
	{ "--format=pax .", true },
	{ "--format=gnu a/file a kilo empty", false },
	/* directories that no entry says */
	{ "--format=pax --no-recursion a/deep/er a/deep/er/x a/file a/hard "
	  "a/soft a/fifo a/" LONG " a/to_long kilo empty",
	  true },
	/* the same files twice: the later ones count */
	{ "--format=pax . .", true },
};

static void whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		struct test_tree t;

		print_message("tar %s\n", formats[i].options);
		make(formats[i].options);
		fake_rom_set("image", archive, size);
		test_tree_init(&t, vfs_plugins, config);
		test_steps(&t, steps, COUNT(steps));
		about(&t, formats[i].fraction);
		test_tree_fini(&t);
		assert_int_equal(fake_roms_open, 0);
	}
}

static void ustar(void **state)
{
	static const struct test_step some[] = {
		{ "read", "kilo", .pos = 999, .len = 9, .text = "k",
		  .count = 1 },
		{ "list", ".", .text = "kilo a " },
	};
	struct test_tree t;

	(void)state;
	make("--format=ustar kilo a/file a/deep");
	fake_rom_set("image", archive, size);
	test_tree_init(&t, vfs_plugins, config);
	test_steps(&t, some, COUNT(some));
	test_steps(&t, steps, 3);
	test_tree_fini(&t);
}

/* ---- broken ones ---- */

static enum fief_err outcome(size_t bytes, struct node_error *err)
{
	struct test_tree t;
	enum fief_err e;
	/* Of its own size, so that reading beyond is seen. */
	char *copy = malloc(bytes ? bytes : 1);

	memcpy(copy, archive, bytes);
	fake_rom_set("image", copy, bytes);
	test_tree_init(&t, vfs_plugins, "<vfs/>");
	e = test_tree_update(&t, config, err);
	test_tree_fini(&t);
	free(copy);
	return e;
}

/* Wherever it is cut before the mark of its end. */
static void truncated(void **state)
{
	struct node_error err;
	size_t end;

	(void)state;
	make("--format=pax -b 1 .");
	for (end = size; !archive[end - 1]; end--)
		;
	end = (end + 511) / 512 * 512;
	assert_int_equal(outcome(end + 512, &err), FIEF_OK);
	for (size_t n = 1; n < end + 512; n += n % 512 < 3 ? 1 : 101) {
		assert_int_equal(outcome(n, &err), FIEF_INVALID);
		assert_non_null(strstr(err.text, "<tar>: \"image\", at byte "));
		assert_non_null(strstr(err.text, "the archive ends"));
	}
}

/* No byte of a header can be another one. */
static void flipped(void **state)
{
	enum { SUM_PAD = 155 }; /* behind the digits of the sum */
	struct node_error err;

	(void)state;
	make("--format=ustar kilo");
	for (size_t i = 0; i < 512; i++) {
		archive[i] ^= 0x41;
		if (i != SUM_PAD) {
			assert_int_equal(outcome(size, &err), FIEF_INVALID);
			assert_non_null(strstr(err.text, "at byte 0: "));
		}
		archive[i] ^= 0x41;
	}
	assert_int_equal(outcome(size, &err), FIEF_OK);
}

/* A header with its sum right, else wrong in one field. */
static const struct {
	size_t at;
	const char *bytes;
	size_t len;
	const char *text;
} fields[] = {
	{ 156, "S", 1, "an entry of a kind that is not known" },
	{ 156, "1", 1, "a link to a file that is not there" },
	{ 156, "2", 1, "a symbolic link to nothing" },
	{ 0, "../x\0", 5, "a path leads out of the archive" },
	{ 0, "a/../x\0", 7, "a path leads out of the archive" },
	{ 0, "\0", 1, "an entry without a name" },
	{ 124, "77777777777\0", 12,
	  "the archive ends in the content of a file" },
	{ 124, "\x80\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f", 12,
	  "a malformed size" },
	{ 124, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12,
	  "a malformed size" },
	{ 124, "12x\0", 4, "a malformed size" },
	{ 136, "\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12,
	  "a malformed number in a header" },
	{ 156, "x", 1, "a malformed pax record" },
};

static void sum_up(void)
{
	unsigned sum = 0;

	memset(archive + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += (unsigned char)archive[i];
	snprintf(archive + 148, 8, "%06o", sum);
}

static void malformed(void **state)
{
	struct node_error err;

	(void)state;
	for (size_t i = 0; i < COUNT(fields); i++) {
		print_message("%s\n", fields[i].text);
		make("--format=ustar kilo");
		memcpy(archive + fields[i].at, fields[i].bytes, fields[i].len);
		sum_up();
		assert_int_equal(outcome(size, &err), FIEF_INVALID);
		assert_non_null(strstr(err.text, fields[i].text));
	}
}

/* A device is a name only. */
static void device(void **state)
{
	static const struct test_step some[] = {
		{ "stat", "empty", .kind = VFS_CHAR },
		{ "read", "empty", .err = VFS_NO_DEVICE },
		{ "write", "empty", .text = "x", .err = VFS_NO_DEVICE },
	};
	struct test_tree t;

	(void)state;
	make("--format=ustar -b 10 empty");
	archive[156] = '3';
	sum_up();
	fake_rom_set("image", archive, size);
	test_tree_init(&t, vfs_plugins, config);
	test_steps(&t, some, COUNT(some));
	test_tree_fini(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),     cmocka_unit_test(ustar),
		cmocka_unit_test(truncated), cmocka_unit_test(flipped),
		cmocka_unit_test(malformed), cmocka_unit_test(device),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
