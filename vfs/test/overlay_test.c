/* SPDX-License-Identifier: MIT */
/* Overlays: what the model test cannot see, since Linux shows none of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vfs/dirent.h>
#include <vfs/plugin/null.h>
#include <vfs/plugin/overlay.h>
#include <vfs/plugin/ram.h>

#include "parts.h"
#include "steps.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct test_tree t;

static const struct vfs_type *const types[] = { &vfs_ram, &vfs_overlay,
	                                        &vfs_null, &test_part, NULL };

static int setup(void **state)
{
	(void)state;
	test_tree_init(&test_parts, types,
	               "<vfs> <dir name='up'> <ram/> </dir>"
	               " <dir name='low'> <ram/> </dir>"
	               " <dir name='lowest'> <ram/> </dir> </vfs>");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	test_parts_end(&t);
	return 0;
}

static const char usual[] =
	"<vfs> <overlay> <upper> <part name='/up'/> </upper>"
	" <lower> <part name='/low'/> <part name='/lowest'/> </lower>"
	" </overlay> </vfs>";

/* Names of a directory, a space behind each. */
static const char *names(struct test_tree *of, const char *path)
{
	static char text[1024];
	_Alignas(8) char buf[4096];
	struct vfs_op open = { .path = path,
		               .flags = VFS_READ | VFS_DIRECTORY };
	struct vfs_op op = { .buf = buf, .len = sizeof(buf) };

	assert_int_equal(vfs_open(of->vfs, &open), VFS_OK);
	assert_int_equal(vfs_list(open.file, &op), VFS_OK);
	vfs_close(open.file);
	text[0] = '\0';
	for (size_t at = 0; at < op.count;) {
		const struct vfs_dirent *d = vfs_dirent_at(&op, at);

		if (strcmp(d->name, ".") && strcmp(d->name, ".."))
			strcat(strcat(text, d->name), " ");
		at += d->bytes;
	}
	return text;
}

static struct vfs_file *open_file(const char *path, uint32_t flags)
{
	struct vfs_op op = { .path = path, .flags = flags, .mode = 0644 };

	assert_int_equal(vfs_open(t.vfs, &op), VFS_OK);
	return op.file;
}

static uint64_t ino(const char *path)
{
	struct vfs_op op = { .path = path };

	assert_int_equal(vfs_find(t.vfs, &op), VFS_OK);
	vfs_node_put(op.node);
	return op.stat.ino;
}

static enum vfs_err rename_to(const char *from, const char *to)
{
	struct vfs_op op = { .path = from, .to_path = to };

	return vfs_rename(t.vfs, &op);
}

/* ---- what is left in the parts ---- */

static void test_whiteouts(void **state)
{
	static const struct test_step below[] = {
		{ "create", "/low/a", "a", .len = 1, .count = 1 },
		{ "create", "/low/b", "b", .len = 1, .count = 1 },
		{ "mkdir", "/low/d", 0 },
		{ "create", "/low/d/x", "x", .len = 1, .count = 1 },
	};
	static const struct test_step steps[] = {
		{ "remove", "/a", 0 },
		{ "read", "/a", .err = VFS_NOT_FOUND },
		{ "create", "/.wh.b", "", .err = VFS_NOT_PERMITTED },
		{ "mkdir", "/.wh.q", .err = VFS_NOT_PERMITTED },
		{ "read", "/.wh.a", .err = VFS_NOT_FOUND },
		{ "remove", "/.wh.a", .err = VFS_NOT_FOUND },
		{ "remove", "/d/x", 0 },
	};

	(void)state;
	test_steps(&test_parts, below, COUNT(below));
	test_tree_init(&t, types, usual);
	test_steps(&t, steps, COUNT(steps));
	assert_int_equal(rename_to("/b", "/.wh.b"), VFS_NOT_PERMITTED);
	assert_string_equal(names(&t, "/"), "b d ");
	assert_string_equal(names(&t, "/d"), "");
	assert_string_equal(names(&test_parts, "/up"), ".wh.a d ");
	assert_string_equal(names(&test_parts, "/up/d"), ".wh.x ");
	assert_string_equal(names(&test_parts, "/low"), "a b d ");
}

/* The upper one has all that makes the view: another overlay of it is the same. */
static void test_again(void **state)
{
	static const struct test_step below[] = {
		{ "mkdir", "/low/d", 0 },
		{ "create", "/low/d/old", "old", .len = 3, .count = 3 },
		{ "create", "/low/f", "low", .len = 3, .count = 3 },
	};
	struct vfs_op rmdir = { .path = "/d", .flags = VFS_DIRECTORY };
	static const struct test_step steps[] = {
		{ "remove", "/d/old", 0 },
	};
	static const struct test_step more[] = {
		{ "mkdir", "/d", 0 },
		{ "create", "/d/new", "new", .len = 3, .count = 3 },
		{ "append", "/f", "er", .len = 2, .count = 2 },
	};

	(void)state;
	test_steps(&test_parts, below, COUNT(below));
	test_tree_init(&t, types, usual);
	test_steps(&t, steps, COUNT(steps));
	assert_int_equal(vfs_remove(t.vfs, &rmdir), VFS_OK);
	test_steps(&t, more, COUNT(more));
	test_tree_fini(&t);
	test_tree_init(&t, types, usual);
	assert_string_equal(names(&t, "/d"), "new ");
	assert_string_equal(names(&t, "/"), "f d ");
	test_steps(&t,
	           (const struct test_step[]){
			   { "read", "/f", "lower", .len = 100, .count = 5 } },
	           1);
	/* A directory that came instead of one below is moved as it is. */
	assert_int_equal(rename_to("/d", "/e"), VFS_OK);
	assert_string_equal(names(&t, "/"), "f e ");
	assert_string_equal(names(&t, "/e"), "new ");
}

/* As layers of OCI images say it. */
static void test_lower_whiteouts(void **state)
{
	static const struct test_step below[] = {
		{ "create", "/lowest/a", "a", .len = 1, .count = 1 },
		{ "create", "/lowest/b", "b", .len = 1, .count = 1 },
		{ "create", "/low/.wh.a", "", .len = 0, .count = 0 },
		{ "mkdir", "/low/d", 0 },
		{ "create", "/low/d/.wh..wh..opq", "", .len = 0, .count = 0 },
		{ "create", "/low/d/x", "x", .len = 1, .count = 1 },
		{ "mkdir", "/lowest/d", 0 },
		{ "create", "/lowest/d/y", "y", .len = 1, .count = 1 },
	};

	(void)state;
	test_steps(&test_parts, below, COUNT(below));
	test_tree_init(&t, types, usual);
	assert_string_equal(names(&t, "/"), "d b ");
	assert_string_equal(names(&t, "/d"), "x ");
	test_steps(&t,
	           (const struct test_step[]){
			   { "read", "/a", .err = VFS_NOT_FOUND },
			   { "read", "/d/y", .err = VFS_NOT_FOUND },
			   { "create", "/a", "new", .len = 3, .count = 3 },
			   { "read", "/a", "new", .len = 9, .count = 3 } },
	           4);
}

/* ---- who has it open ---- */

static void test_open(void **state)
{
	static const struct test_step below[] = {
		{ "create", "/low/f", "old", .len = 3, .count = 3 },
	};
	char buf[8] = "";
	struct vfs_op read = { .buf = buf, .len = sizeof(buf) };
	struct vfs_op write = { .data = "new!", .len = 4 };
	struct vfs_file *before, *writer;
	uint64_t was;

	(void)state;
	test_steps(&test_parts, below, COUNT(below));
	test_tree_init(&t, types, usual);
	before = open_file("/f", VFS_READ);
	was = ino("/f");
	writer = open_file("/f", VFS_WRITE);
	assert_int_equal(vfs_pwrite(writer, &write), VFS_OK);
	assert_int_equal(vfs_pread(before, &read), VFS_OK);
	assert_memory_equal(buf, "new!", 4);
	assert_int_equal(ino("/f"), was);
	vfs_close(writer);
	vfs_close(before);
	assert_string_equal(names(&test_parts, "/up"), "f ");
}

/* What is only below and has no name any more: its copy has none, either. */
static void test_gone(void **state)
{
	static const struct test_step below[] = {
		{ "create", "/low/f", "old", .len = 3, .count = 3 },
	};
	const struct vfs_change mode = { .what = VFS_SET_MODE, .mode = 0600 };
	struct vfs_op change = { .change = &mode }, stat = { 0 };
	struct vfs_file *f;

	(void)state;
	test_steps(&test_parts, below, COUNT(below));
	test_tree_init(&t, types, usual);
	f = open_file("/f", VFS_READ);
	test_steps(&t, (const struct test_step[]){ { "remove", "/f", 0 } }, 1);
	assert_int_equal(vfs_file_change(f, &change), VFS_OK);
	assert_int_equal(vfs_file_stat(f, &stat), VFS_OK);
	assert_int_equal(stat.stat.mode, 0600);
	assert_int_equal(stat.stat.links, 0);
	assert_int_equal(stat.stat.size, 3);
	vfs_close(f);
	assert_string_equal(names(&test_parts, "/up"), ".wh.f ");
}

/* Each name once, also if it is copied while the directory is listed. */
static void test_list(void **state)
{
	_Alignas(8) char buf[VFS_DIRENT_MAX];
	struct vfs_file *dir;
	unsigned seen[8] = { 0 };
	char path[16];

	(void)state;
	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "/%s/%d", i & 1 ? "low" : "lowest",
		         i);
		test_steps(
			&test_parts,
			(const struct test_step[]){
				{ "create", path, "x", .len = 1, .count = 1 } },
			1);
	}
	test_tree_init(&t, types, usual);
	dir = open_file("/", VFS_READ | VFS_DIRECTORY);
	for (int i = 7;; i--) {
		struct vfs_op op = { .buf = buf, .len = sizeof(buf) };

		if (i >= 0) {
			snprintf(path, sizeof(path), "/%d", i);
			vfs_close(open_file(path, VFS_WRITE));
		}
		assert_int_equal(vfs_list(dir, &op), VFS_OK);
		if (!op.count)
			break;
		for (size_t at = 0; at < op.count;) {
			const struct vfs_dirent *d = vfs_dirent_at(&op, at);

			if (d->name[0] != '.')
				seen[d->name[0] - '0']++;
			at += d->bytes;
		}
	}
	vfs_close(dir);
	for (int i = 0; i < 8; i++)
		assert_int_equal(seen[i], 1);
}

/* ---- the configuration ---- */

static void test_no_upper(void **state)
{
	static const struct test_step steps[] = {
		{ "read", "/f", "low", .len = 9, .count = 3 },
		{ "create", "/g", "", .err = VFS_READ_ONLY },
		{ "append", "/f", "x", .len = 1, .err = VFS_READ_ONLY },
		{ "remove", "/f", .err = VFS_READ_ONLY },
		{ "mkdir", "/d", .err = VFS_READ_ONLY },
	};

	(void)state;
	test_steps(&test_parts,
	           (const struct test_step[]){ { "create", "/low/f", "low",
	                                         .len = 3, .count = 3 } },
	           1);
	test_tree_init(&t, types,
	               "<vfs> <overlay> <lower> <part name='/low'/> </lower>"
	               " </overlay> </vfs>");
	test_steps(&t, steps, COUNT(steps));
}

static void test_update(void **state)
{
	struct node_error err;

	(void)state;
	test_tree_init(&t, types,
	               "<vfs> <overlay> <upper> <ram size='1M'/> </upper>"
	               " <lower> <ram/> </lower> </overlay> </vfs>");
	test_steps(&t,
	           (const struct test_step[]){
			   { "create", "/f", "kept", .len = 4, .count = 4 } },
	           1);
	assert_int_equal(
		test_tree_update(&t,
	                         "<vfs> <overlay> <lower> <ram/> </lower>"
	                         " <upper> <ram size='64'/> </upper>"
	                         " </overlay> <null/> </vfs>",
	                         &err),
		FIEF_OK);
	test_steps(&t,
	           (const struct test_step[]){
			   { "read", "/f", "kept", .len = 9, .count = 4 },
			   { "create", "/g", "", .err = VFS_NO_SPACE } },
	           2);
	assert_int_equal(
		test_tree_update(&t,
	                         "<vfs> <overlay> <upper> <ram/> </upper>"
	                         " <lower> <ram/> <ram/> </lower> </overlay>"
	                         " </vfs>",
	                         &err),
		FIEF_OK);
	test_steps(&t,
	           (const struct test_step[]){
			   { "read", "/f", .err = VFS_NOT_FOUND } },
	           1);
}

static void test_refused(void **state)
{
	static const char *const configs[][2] = {
		{ "<overlay/>", "<overlay> has 1 to 7 file systems in <lower>, "
		                "and at most one in <upper>" },
		{ "<overlay> <lower> <ram/> </lower> <upper> <ram/> <ram/> "
		  "</upper> </overlay>",
		  "<overlay> has 1 to 7 file systems in <lower>, and at most "
		  "one "
		  "in <upper>" },
		{ "<overlay> <lower> <null/> </lower> </overlay>",
		  "<null> in <overlay> is a file, not a directory" },
		{ "<overlay> <lower> <rum/> </lower> </overlay>",
		  "<rum>: no such file system, did you mean \"ram\"?" },
		{ "<overlay> <lower> <ram siz='1'/> </lower> </overlay>",
		  "unknown attribute \"siz\" of <ram>, did you mean "
		  "\"size\"?" },
		{ "<overlay> <over> <ram/> </over> </overlay>",
		  "unknown node \"over\" of <overlay>, did you mean "
		  "\"lower\"?" },
	};

	(void)state;
	test_tree_init(&t, types, "<vfs/>");
	for (size_t i = 0; i < COUNT(configs); i++) {
		struct node_error err;
		char config[256];

		snprintf(config, sizeof(config), "<vfs> %s </vfs>",
		         configs[i][0]);
		assert_int_not_equal(test_tree_update(&t, config, &err),
		                     FIEF_OK);
		assert_string_equal(err.text, configs[i][1]);
	}
}

/* ---- no memory ---- */

static void use(struct test_tree *of)
{
	static const char *const paths[] = { "/d/f", "/d/g", "/f" };
	struct vfs_op op;

	for (size_t i = 0; i < COUNT(paths); i++) {
		op = (struct vfs_op){ .path = paths[i],
			              .flags = VFS_WRITE | VFS_CREATE,
			              .mode = 0644 };
		if (vfs_open(of->vfs, &op))
			continue;
		vfs_close(op.file);
		op = (struct vfs_op){ .path = paths[i], .to_path = "/d/h" };
		if (!vfs_rename(of->vfs, &op)) {
			op = (struct vfs_op){ .path = "/d/h" };
			(void)vfs_remove(of->vfs, &op);
		}
	}
}

/* Each allocation fails once: nothing is lost below, nothing leaks. */
static void test_faults(void **state)
{
	static char big[300000];

	(void)state;
	memset(big, 'x', sizeof(big));
	for (unsigned n = 1; n < 12; n++) {
		test_steps(
			&test_parts,
			(const struct test_step[]){ { "create", "/low/f", big,
		                                      .len = sizeof(big),
		                                      .count = sizeof(big) } },
			1);
		test_tree_init(&t, types, usual);
		fake_ram_fail(&t.ram, t.ram.calls + n, FIEF_OUT_OF_RAM);
		fake_ram_fail(&test_parts.ram, test_parts.ram.calls + n,
		              FIEF_OUT_OF_RAM);
		use(&t);
		fake_ram_fail(&test_parts.ram, 0, FIEF_OK);
		test_tree_fini(&t);
		assert_int_equal(t.ram.live, 0);
		t.vfs = NULL;
		test_steps(&test_parts,
		           (const struct test_step[]){
				   { "stat", "/low/f", .count = sizeof(big) } },
		           1);
		teardown(state);
		setup(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		T(test_whiteouts), T(test_again),  T(test_lower_whiteouts),
		T(test_open),      T(test_gone),   T(test_list),
		T(test_no_upper),  T(test_update), T(test_refused),
		T(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
