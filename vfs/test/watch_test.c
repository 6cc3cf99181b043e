/* SPDX-License-Identifier: MIT */
/* Who waits for a change is told of each, once, when no operation runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <vfs/plugins.h>

#include "tree.h"

static struct test_tree t;

struct watcher {
	struct vfs_op op;
	struct vfs_file *file;
	unsigned told;
	enum vfs_err result;
};

static int end(void **state)
{
	(void)state;
	test_tree_fini(&t);
	return (int)t.ram.live;
}

static void on_told(struct vfs_op *op, enum vfs_err e)
{
	struct watcher *w = FIEF_CONTAINER_OF(op, struct watcher, op);

	w->told++;
	w->result = e;
}

static void again(struct watcher *w)
{
	w->op = (struct vfs_op){ .done = on_told };
	assert_int_equal(vfs_watch(w->file, &w->op), VFS_LATE);
}

static void begin(struct watcher *w, const char *path)
{
	struct vfs_op op = { .path = path, .flags = VFS_PATH_ONLY };

	assert_int_equal(vfs_open(t.vfs, &op), VFS_OK);
	*w = (struct watcher){ .file = op.file };
	again(w);
}

/* What it was told since then. */
static unsigned told(struct watcher *w)
{
	const unsigned before = w->told;

	vfs_tell(t.vfs);
	return w->told - before;
}

static void make(const char *path, enum vfs_kind kind)
{
	struct vfs_op op = { .path = path, .kind = kind, .mode = 0755 };

	assert_int_equal(vfs_make(t.vfs, &op), VFS_OK);
}

static void write_to(const char *path, const char *text)
{
	struct vfs_op op = { .path = path, .flags = VFS_WRITE };
	struct vfs_op out = { .data = text, .len = strlen(text) };

	assert_int_equal(vfs_open(t.vfs, &op), VFS_OK);
	assert_int_equal(vfs_write(op.file, &out), VFS_OK);
	vfs_close(op.file);
}

static void drop(const char *path)
{
	struct vfs_op op = { .path = path };

	assert_int_equal(vfs_remove(t.vfs, &op), VFS_OK);
}

static void rename_to(const char *from, const char *to)
{
	struct vfs_op op = { .path = from, .to_path = to };

	assert_int_equal(vfs_rename(t.vfs, &op), VFS_OK);
}

static void content_and_metadata(void **state)
{
	const struct vfs_change mode = { .what = VFS_SET_MODE, .mode = 0600 };
	struct vfs_op op = { .path = "/f", .change = &mode };
	struct watcher w;

	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs> <ram/> </vfs>");
	make("/f", VFS_FILE);
	make("/g", VFS_FILE);
	begin(&w, "/f");
	write_to("/g", "of no matter");
	assert_int_equal(told(&w), 0);
	write_to("/f", "one");
	write_to("/f", "two");
	assert_int_equal(w.told, 0); /* not while an operation may run */
	assert_int_equal(told(&w), 1);
	assert_int_equal(w.result, VFS_OK);
	write_to("/f", "three"); /* it does not wait any more */
	assert_int_equal(told(&w), 0);
	again(&w);
	assert_int_equal(vfs_change(t.vfs, &op), VFS_OK);
	assert_int_equal(told(&w), 1);
	again(&w);
	rename_to("/g", "/f"); /* its name is another file's now */
	assert_int_equal(told(&w), 1);
	vfs_close(w.file);
}

static void names(void **state)
{
	struct watcher root, sub;

	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs> <ram/> </vfs>");
	make("/d", VFS_DIR);
	begin(&root, "/");
	begin(&sub, "/d");
	make("/d/f", VFS_FILE);
	assert_int_equal(told(&root), 0);
	assert_int_equal(sub.told, 1);
	again(&sub);
	write_to("/d/f", "content is not names");
	assert_int_equal(told(&sub), 0);
	rename_to("/d/f", "/f");
	assert_int_equal(told(&sub), 1);
	assert_int_equal(root.told, 1);
	again(&sub);
	again(&root);
	drop("/f");
	assert_int_equal(told(&root), 1);
	assert_int_equal(sub.told, 2);
	sub.op.cancel(&sub.op);
	assert_int_equal(sub.result, VFS_CANCELED);
	vfs_close(root.file);
	vfs_close(sub.file);
}

/* A directory of two file systems, and what the configuration has there. */
static void layers(void **state)
{
	struct watcher w;

	(void)state;
	test_tree_init(&t, vfs_plugins,
	               "<vfs> <dir name=\"d\"> <ram size=\"1M\"/> <ram/> "
	               "</dir> </vfs>");
	begin(&w, "/d");
	make("/d/f", VFS_FILE); /* in the upper one */
	assert_int_equal(told(&w), 1);
	again(&w);
	assert_int_equal(test_tree_update(&t,
	                                  "<vfs> <dir name=\"d\"> <ram/> "
	                                  "</dir> </vfs>",
	                                  NULL),
	                 FIEF_OK);
	assert_int_equal(told(&w), 1);
	again(&w);
	make("/d/g", VFS_FILE); /* in the one that was the lower one */
	assert_int_equal(told(&w), 1);
	vfs_close(w.file);
}

/* Who is told may do anything: here, what he is told of again. */
static struct watcher busy;

static void change_again(struct vfs_op *op, enum vfs_err e)
{
	on_told(op, e);
	if (e)
		return;
	again(&busy);
	busy.op.done = change_again;
	write_to("/f", "again");
}

static void not_for_ever(void **state)
{
	(void)state;
	test_tree_init(&t, vfs_plugins, "<vfs> <ram/> </vfs>");
	make("/f", VFS_FILE);
	begin(&busy, "/f");
	busy.op.done = change_again;
	write_to("/f", "once");
	for (unsigned i = 1; i < 10; i++) {
		vfs_tell(t.vfs);
		assert_int_equal(busy.told, i);
	}
	busy.op.cancel(&busy.op);
	assert_int_equal(busy.result, VFS_CANCELED);
	vfs_close(busy.file);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_teardown(name, end)
	const struct CMUnitTest tests[] = {
		CASE(content_and_metadata),
		CASE(names),
		CASE(layers),
		CASE(not_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
