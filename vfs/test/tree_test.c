/* SPDX-License-Identifier: MIT */
/* What lies over what, and what stays when the configuration changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vfs/dirent.h>
#include <vfs/plugins.h>

#include "tree.h"

static struct test_tree t;

static struct vfs_file *open_file(const char *path, uint32_t flags)
{
	struct vfs_op op = { .path = path, .flags = flags, .mode = 0644 };

	return vfs_open(t.vfs, &op) ? NULL : op.file;
}

static void put(const char *path, const char *text)
{
	struct vfs_file *f =
		open_file(path, VFS_WRITE | VFS_CREATE | VFS_TRUNCATE);
	struct vfs_op op = { .data = text, .len = strlen(text) };

	assert_non_null(f);
	assert_int_equal(vfs_write(f, &op), VFS_OK);
	vfs_close(f);
}

static void holds_file(struct vfs_file *f, const char *text)
{
	char buf[64] = "";
	struct vfs_op op = { .buf = buf, .len = sizeof(buf) - 1 };

	assert_non_null(f);
	assert_int_equal(vfs_pread(f, &op), VFS_OK);
	assert_string_equal(buf, text);
}

static void holds(const char *path, const char *text)
{
	struct vfs_file *f = open_file(path, VFS_READ);

	holds_file(f, text);
	vfs_close(f);
}

static enum vfs_err find(const char *path)
{
	struct vfs_op op = { .path = path };
	enum vfs_err e = vfs_find(t.vfs, &op);

	vfs_node_put(op.node);
	return e;
}

static enum vfs_err make_dir(const char *path)
{
	struct vfs_op op = { .path = path, .kind = VFS_DIR, .mode = 0755 };

	return vfs_make(t.vfs, &op);
}

static enum vfs_err drop(const char *path, uint32_t flags)
{
	struct vfs_op op = { .path = path, .flags = flags };

	return vfs_remove(t.vfs, &op);
}

static enum vfs_err rename_file(const char *from, const char *to)
{
	struct vfs_op op = { .path = from, .to_path = to };

	return vfs_rename(t.vfs, &op);
}

/* All names but the dots, in the order in which they come. */
static const char *list(const char *path)
{
	static char names[256];
	_Alignas(8) char buf[2 * VFS_DIRENT_MAX];
	struct vfs_file *f = open_file(path, VFS_READ | VFS_DIRECTORY);
	struct vfs_op op;

	names[0] = '\0';
	assert_non_null(f);
	do {
		op = (struct vfs_op){ .buf = buf, .len = sizeof(buf) };
		assert_int_equal(vfs_list(f, &op), VFS_OK);
		for (size_t at = 0; at < op.count;) {
			const struct vfs_dirent *d = vfs_dirent_at(&op, at);

			if (d->name[0] != '.') {
				strcat(names, d->name);
				strcat(names, " ");
			}
			at += d->bytes;
		}
	} while (op.count);
	vfs_close(f);
	return names;
}

static void begin(const char *config)
{
	test_tree_init(&t, vfs_plugins, config);
}

static int end(void **state)
{
	(void)state;
	test_tree_fini(&t);
	assert_int_equal(t.ram.live, 0);
	return 0;
}

/* ---- layers ---- */

static void config_comes_first(void **state)
{
	(void)state;
	begin("<vfs> <ram/> <dir name=\"x\"> <ram/> </dir> </vfs>");
	assert_int_equal(make_dir("/x"), VFS_EXISTS);
	put("/x/f", "inner");
	assert_int_equal(drop("/x", VFS_DIRECTORY), VFS_BUSY);
	put("/y", "outer");
	assert_string_equal(list("/"), "x y ");
	assert_string_equal(list("/x"), "f ");
	assert_int_equal(find("/x/.."), VFS_OK);
	holds("/x/../y", "outer");
}

static void lower_layers_show(void **state)
{
	(void)state;
	begin("<vfs> <dir name=\"d\"> <ram/> </dir> </vfs>");
	put("/d/a", "lower a");
	put("/d/b", "lower b");
	assert_int_equal(make_dir("/d/sub"), VFS_OK);
	put("/d/sub/s", "lower s");
	/* Another one over it: the same node of the config is the same one. */
	assert_int_equal(test_tree_update(&t,
	                                  "<vfs> <dir name=\"d\"> <ram "
	                                  "size=\"1M\"/> <ram/> </dir> </vfs>",
	                                  NULL),
	                 FIEF_OK);
	holds("/d/a", "lower a");
	put("/d/new", "upper");
	assert_int_equal(make_dir("/d/sub"), VFS_EXISTS);
	put("/d/sub/t", "beside s");
	assert_string_equal(list("/d"), "new a b sub ");
	assert_int_equal(drop("/d/new", 0), VFS_OK);
	assert_int_equal(find("/d/new"), VFS_NOT_FOUND);
	assert_string_equal(list("/d/sub"), "s t ");
}

static void upper_file_hides(void **state)
{
	(void)state;
	begin("<vfs> <ram size=\"2M\"/> </vfs>");
	put("/a", "lower");
	assert_int_equal(
		test_tree_update(
			&t,
			"<vfs> <ram size=\"1M\"/> <ram size=\"2M\"/> </vfs>",
			NULL),
		FIEF_OK);
	put("/b", "upper");
	assert_int_equal(rename_file("/b", "/a"), VFS_OK);
	holds("/a", "upper");
	assert_string_equal(list("/"), "a ");
	assert_int_equal(drop("/a", 0), VFS_OK);
	holds("/a", "lower");
}

/* Is there room for a file of 64 KiB? */
static enum vfs_err big_file(void)
{
	static char big[65536];
	struct vfs_op op = { .data = big, .len = sizeof(big) };
	struct vfs_file *f = open_file("/big", VFS_WRITE | VFS_CREATE);
	enum vfs_err e = f ? vfs_write(f, &op) : VFS_NO_SPACE;

	if (!e && op.count < op.len)
		e = VFS_NO_SPACE;
	if (f) {
		vfs_close(f);
		assert_int_equal(drop("/big", 0), VFS_OK);
	}
	return e;
}

/* A file system that can have another size goes on, with what is in it; not that
 * of another node, and not when there is a mistake behind it. */
static void config_changes_alone(void **state)
{
	static const struct {
		const char *config;
		enum fief_err result;
		enum vfs_err big;
	} table[] = {
		{ "<vfs> <ram size=\"20K\"/> </vfs>", FIEF_OK, VFS_NO_SPACE },
		{ "<vfs> <ram size=\"1M\"/> <rma/> </vfs>", FIEF_INVALID,
		  VFS_NO_SPACE },
		{ "<vfs> <ram size=\"1M\"/> </vfs>", FIEF_OK, VFS_OK },
		{ "<vfs> <ram size=\"30K\"/> <ram size=\"1M\"/> </vfs>",
		  FIEF_OK, VFS_NO_SPACE },
	};

	(void)state;
	begin("<vfs> <ram/> </vfs>");
	put("/kept", "as it was");
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct node_error err;

		assert_int_equal(test_tree_update(&t, table[i].config, &err),
		                 table[i].result);
		holds("/kept", "as it was");
		assert_int_equal(big_file(), table[i].big);
	}
}

static void no_way_across(void **state)
{
	struct vfs_op op = { .path = "/a/f", .to_path = "/b/f" };

	(void)state;
	begin("<vfs> <dir name=\"a\"> <ram/> </dir> <dir name=\"b\"> <ram/> "
	      "</dir> </vfs>");
	put("/a/f", "text");
	assert_int_equal(vfs_rename(t.vfs, &op), VFS_CROSS);
	op = (struct vfs_op){ .path = "/a/f", .to_path = "/b/f" };
	assert_int_equal(vfs_link(t.vfs, &op), VFS_CROSS);
	op = (struct vfs_op){ .path = "/a", .to_path = "/c" };
	assert_int_equal(vfs_rename(t.vfs, &op), VFS_BUSY);
	assert_int_equal(make_dir("/c"), VFS_READ_ONLY);
}

/* ---- another configuration ---- */

static void open_files_outlive_mounts(void **state)
{
	struct vfs_file *f;

	(void)state;
	begin("<vfs> <dir name=\"d\"> <ram/> </dir> </vfs>");
	put("/d/f", "still here");
	f = open_file("/d/f", VFS_READ);
	assert_int_equal(test_tree_update(&t, "<vfs/>", NULL), FIEF_OK);
	assert_int_equal(find("/d"), VFS_NOT_FOUND);
	holds_file(f, "still here");
	vfs_close(f);
}

static void open_directories_see_mounts(void **state)
{
	struct vfs_op op = { .path = "/d" };
	struct vfs_place *place;
	char path[64];

	(void)state;
	begin("<vfs> <dir name=\"d\"> <ram/> </dir> </vfs>");
	put("/d/f", "kept");
	assert_int_equal(vfs_enter(t.vfs, &op), VFS_OK);
	place = op.place;
	assert_int_equal(test_tree_update(&t,
	                                  "<vfs> <dir name=\"d\"> <dir "
	                                  "name=\"in\"> <ram/> </dir> <ram/> "
	                                  "</dir> </vfs>",
	                                  NULL),
	                 FIEF_OK);
	op = (struct vfs_op){ .at = place, .path = "in" };
	assert_int_equal(vfs_find(t.vfs, &op), VFS_OK);
	vfs_node_put(op.node);
	holds("/d/f", "kept");
	assert_int_equal(vfs_place_path(place, path, sizeof(path)), VFS_OK);
	assert_string_equal(path, "/d");
	vfs_place_put(place);
}

static void mistakes_change_nothing(void **state)
{
	static const struct {
		const char *config, *text;
		unsigned column;
	} table[] = {
		{ "<vfs> <rmo/> </vfs>", "<rmo>: no such file system", 7 },
		{ "<vfs> <dir/> </vfs>", "name", 7 },
		{ "<vfs> <dir name=\"a/b\"/> </vfs>", "is no name", 12 },
		{ "<vfs> <dir name=\"..\"/> </vfs>", "is no name", 12 },
		{ "<vfs> <dir name=\"a\"/> <dir name=\"a\"/> </vfs>", "twice",
		  28 },
		{ "<vfs> <ram size=\"x\"/> </vfs>", "size", 12 },
		{ "<vfs> <ram/><ram/><ram/><ram/> <dir name=\"d\"> "
		  "<ram/><ram/><ram/><ram/><ram/> </dir> </vfs>",
		  "more than 8", 1 },
	};

	(void)state;
	begin("<vfs> <ram/> </vfs>");
	put("/f", "as it was");
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct node_error err = { { 0, 0 }, "" };

		assert_int_not_equal(
			test_tree_update(&t, table[i].config, &err), FIEF_OK);
		if (!strstr(err.text, table[i].text))
			fail_msg("\"%s\" instead of \"%s\"", err.text,
			         table[i].text);
		assert_int_equal(err.at.column, table[i].column);
		holds("/f", "as it was");
	}
}

static void size_is_kept(void **state)
{
	static const char bytes[4096];
	struct vfs_file *f;
	struct vfs_op op = { 0 };
	unsigned written = 0;

	(void)state;
	begin("<vfs> <ram size=\"256K\"/> </vfs>");
	f = open_file("/big", VFS_WRITE | VFS_CREATE);
	while (written < 1000) {
		op = (struct vfs_op){ .data = bytes, .len = sizeof(bytes) };
		if (vfs_write(f, &op))
			break;
		written++;
	}
	assert_in_range(written, 32, 64);
	op = (struct vfs_op){ .data = bytes, .len = sizeof(bytes) };
	assert_int_equal(vfs_write(f, &op), VFS_NO_SPACE);
	vfs_close(f);
	assert_int_equal(drop("/big", 0), VFS_OK);
	put("/small", "fits again");
}

/* Beside "." and "..", there is no room for it. */
static void long_name(void **state)
{
	_Alignas(8) char buf[VFS_DIRENT_MAX];
	struct vfs_op op = { .buf = buf, .len = sizeof(buf) };
	char path[VFS_NAME_MAX + 2] = "/";
	struct vfs_file *dir;

	(void)state;
	memset(path + 1, 'x', VFS_NAME_MAX);
	test_tree_init(&t, vfs_plugins, "<vfs> <ram/> </vfs>");
	put(path, "");
	dir = open_file("/", VFS_READ | VFS_DIRECTORY);
	assert_int_equal(vfs_list(dir, &op), VFS_OK);
	assert_int_equal(vfs_list(dir, &op), VFS_OK);
	assert_true(op.count > VFS_NAME_MAX);
	vfs_close(dir);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_teardown(name, end)
	const struct CMUnitTest tests[] = {
		CASE(config_comes_first),
		CASE(lower_layers_show),
		CASE(upper_file_hides),
		CASE(config_changes_alone),
		CASE(no_way_across),
		CASE(open_files_outlive_mounts),
		CASE(open_directories_see_mounts),
		CASE(mistakes_change_nothing),
		CASE(size_is_kept),
		CASE(long_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
