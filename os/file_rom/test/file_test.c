/* SPDX-License-Identifier: MIT */
/* A file is read as a whole or not at all; what stands at a path is followed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <os/file_rom/follow.h>
#include <os/file_rom/load.h>
#include <vfs/plugins.h>
#include <vfs/test/tree.h>

static struct test_tree t;

static int begin(void **state)
{
	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs> <ram/> </vfs>");
	return 0;
}

static int end(void **state)
{
	(void)state;
	test_tree_fini(&t);
	return (int)t.ram.live;
}

static void make(const char *path, enum vfs_kind kind)
{
	struct vfs_op op = {
		.path = path, .kind = kind, .mode = 0755, .to_path = "/d"
	};

	assert_int_equal(vfs_make(t.vfs, &op), VFS_OK);
}

static void write_to(const char *path, const char *text, uint32_t flags)
{
	struct vfs_op op = { .path = path,
		             .flags = VFS_WRITE | VFS_CREATE | flags };
	struct vfs_op out = { .data = text, .len = strlen(text) };

	assert_int_equal(vfs_open(t.vfs, &op), VFS_OK);
	assert_int_equal(vfs_write(op.file, &out), VFS_OK);
	vfs_close(op.file);
}

static void append(const char *path)
{
	write_to(path, "x", VFS_APPEND);
}

static void drop(const char *path, uint32_t flags)
{
	struct vfs_op op = { .path = path, .flags = flags };

	assert_int_equal(vfs_remove(t.vfs, &op), VFS_OK);
}

static void rename_to(const char *from, const char *to)
{
	struct vfs_op op = { .path = from, .to_path = to };

	assert_int_equal(vfs_rename(t.vfs, &op), VFS_OK);
}

/* ---- reading ---- */

struct test_load {
	struct load load;
	char buf[64];
	unsigned asked, grows; /* how often it grows while it is read */
};

static enum fief_err room(struct load *l, size_t bytes, void **addr)
{
	struct test_load *x = FIEF_CONTAINER_OF(l, struct test_load, load);

	if (bytes > sizeof(x->buf))
		return FIEF_OUT_OF_RAM;
	if (x->asked++ < x->grows)
		append("/f");
	*addr = x->buf;
	return FIEF_OK;
}

static enum fief_err load(struct test_load *x, const char *path, uint32_t flags)
{
	x->load.room = room;
	x->load.most = x->load.most ? x->load.most : 1000;
	x->asked = 0;
	return load_start(&x->load, t.vfs, path, flags);
}

static void whole(void **state)
{
	struct test_load x = { 0 };

	(void)state;
	write_to("/f", "content", 0);
	assert_int_equal(load(&x, "/f", 0), FIEF_OK);
	assert_int_equal(x.load.size, 7);
	assert_memory_equal(x.buf, "content", 7);
	write_to("/empty", "", 0);
	assert_int_equal(load(&x, "/empty", 0), FIEF_OK);
	assert_int_equal(x.load.size, 0);
}

static void not_there(void **state)
{
	struct test_load x = { 0 };

	(void)state;
	make("/d", VFS_DIR);
	make("/l", VFS_SYMLINK);
	write_to("/d/f", "content", 0);
	assert_int_equal(load(&x, "/f", 0), FIEF_NOT_FOUND);
	assert_int_equal(x.load.why, VFS_NOT_FOUND);
	assert_int_equal(load(&x, "/d", 0), FIEF_NOT_FOUND);
	assert_int_equal(x.load.why, VFS_IS_DIR);
	assert_int_equal(load(&x, "/l/f", VFS_NOLINKS), FIEF_NOT_FOUND);
	assert_int_equal(x.load.why, VFS_AT_LINK);
	assert_int_equal(load(&x, "/l/f", 0), FIEF_OK);
}

static void too_large(void **state)
{
	struct test_load x = { .load.most = 7 };

	(void)state;
	write_to("/f", "content", 0);
	assert_int_equal(load(&x, "/f", 0), FIEF_OK);
	append("/f");
	assert_int_equal(load(&x, "/f", 0), FIEF_LIMIT);
	x.load.most = 1000;
	for (unsigned i = 0; i < 60; i++)
		append("/f");
	assert_int_equal(load(&x, "/f", 0), FIEF_OUT_OF_RAM);
}

static void growing(void **state)
{
	struct test_load x = { .grows = 3 };

	(void)state;
	write_to("/f", "content", 0);
	assert_int_equal(load(&x, "/f", 0), FIEF_OK);
	assert_int_equal(x.asked, 4);
	assert_memory_equal(x.buf, "contentxxx", 10);
	assert_int_equal(x.load.size, 10);
	x.grows = ~0u; /* for ever */
	assert_int_equal(load(&x, "/f", 0), FIEF_AGAIN);
	assert_int_equal(x.asked, LOAD_TRIES);
}

/* ---- following ---- */

static unsigned news;

static void on_changed(struct follow *f)
{
	(void)f;
	news++;
}

/* What was told since the last time. */
static unsigned told(void)
{
	unsigned before;

	for (unsigned i = 0; i < 8; i++)
		vfs_tell(t.vfs);
	before = news;
	news = 0;
	return before;
}

static void follow(struct follow *f, const char *path)
{
	*f = (struct follow){ .changed = on_changed };
	assert_int_equal(follow_start(f, t.vfs, &t.heap.alloc, path, 0),
	                 FIEF_OK);
	assert_int_equal(told(), 1);
	assert_true(f->known);
	assert_false(f->unwatched);
}

static void follow_content(void **state)
{
	struct follow f;

	(void)state;
	write_to("/f", "one", 0);
	follow(&f, "/f");
	assert_int_equal(f.stamp.size, 3);
	assert_int_equal(told(), 0);
	append("/f");
	append("/f");
	assert_int_equal(told(), 1);
	assert_int_equal(f.stamp.size, 5);
	write_to("/other", "of no matter", 0);
	assert_int_equal(told(), 0);
	append("/f");
	assert_int_equal(told(), 1);
	follow_stop(&f);
	append("/f");
	assert_int_equal(told(), 0);
	follow_stop(&f);
}

static void follow_names(void **state)
{
	struct follow f;

	(void)state;
	follow(&f, "/d/e/f");
	assert_false(f.stamp.exists);
	make("/d", VFS_DIR);
	make("/d/e", VFS_DIR);
	assert_int_equal(told(), 0);
	write_to("/d/e/f", "one", 0);
	assert_int_equal(told(), 1);
	assert_true(f.stamp.exists);
	write_to("/d/e/new", "two", 0);
	rename_to("/d/e/new", "/d/e/f");
	assert_int_equal(told(), 1);
	append("/d/e/f"); /* it is the new one that is followed now */
	assert_int_equal(told(), 1);
	drop("/d/e/f", 0);
	assert_int_equal(told(), 1);
	assert_false(f.stamp.exists);
	follow_stop(&f);
}

/* A directory on the way becomes another one. */
static void follow_directories(void **state)
{
	struct follow f;

	(void)state;
	make("/d", VFS_DIR);
	make("/x", VFS_DIR);
	write_to("/d/f", "one", 0);
	write_to("/x/f", "other", 0);
	follow(&f, "/d/f");
	rename_to("/d", "/old");
	assert_int_equal(told(), 1);
	assert_false(f.stamp.exists);
	append("/old/f"); /* nobody asked for that */
	assert_int_equal(told(), 0);
	rename_to("/x", "/d");
	assert_int_equal(told(), 1);
	assert_int_equal(f.stamp.size, 5);
	append("/d/f");
	assert_int_equal(told(), 1);
	drop("/d/f", 0);
	drop("/d", VFS_DIRECTORY);
	assert_int_equal(told(), 1);
	follow_stop(&f);
}

/* So does the tree. */
static void follow_configuration(void **state)
{
	static const char with[] =
		"<vfs> <dir name=\"d\"> <inline name=\"f\">text</inline> "
		"</dir> <ram/> </vfs>";
	struct node_error err;
	struct follow f;

	(void)state;
	follow(&f, "/d/f");
	assert_int_equal(test_tree_update(&t, with, &err), FIEF_OK);
	assert_int_equal(told(), 1);
	assert_int_equal(f.stamp.size, 4);
	assert_int_equal(test_tree_update(&t, "<vfs/>", &err), FIEF_OK);
	assert_int_equal(told(), 1);
	assert_false(f.stamp.exists);
	follow_stop(&f);
}

static void follow_far(void **state)
{
	char path[FOLLOW_LEVELS_MAX * 2 + 2];
	struct follow f = { .changed = on_changed };

	(void)state;
	for (size_t i = 0; i < sizeof(path); i += 2)
		memcpy(path + i, "/d", 2);
	path[FOLLOW_LEVELS_MAX * 2] = '\0';
	assert_int_equal(follow_start(&f, t.vfs, &t.heap.alloc, path, 0),
	                 FIEF_LIMIT);
	path[FOLLOW_LEVELS_MAX * 2 - 2] = '\0';
	follow(&f, path);
	follow_stop(&f);
}

#define IN_TREE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(whole),
		IN_TREE(not_there),
		IN_TREE(too_large),
		IN_TREE(growing),
		IN_TREE(follow_content),
		IN_TREE(follow_names),
		IN_TREE(follow_directories),
		IN_TREE(follow_configuration),
		IN_TREE(follow_far),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
