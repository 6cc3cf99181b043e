/* SPDX-License-Identifier: MIT */
/* A file lives while it is open, whatever becomes of its name, and no longer. */

#include <lib/mem.h>

#include "tests.h"

enum { LARGE = 1 << 20, ROUNDS = 40 };

static char data[LARGE], back[LARGE];

static struct vfs_file *made(const char *path, const char *text)
{
	struct vfs_file *f = NULL;

	CHECK_VFS(sync_open(path,
	                    VFS_READ | VFS_WRITE | VFS_CREATE | VFS_EXCLUSIVE,
	                    &f),
	          VFS_OK);
	CHECK_VFS(sync_pwrite(f, 0, text, strlen(text)), VFS_OK);
	return f;
}

static void holds(struct vfs_file *f, const char *text, uint32_t links)
{
	struct vfs_stat s = { 0 };
	size_t n;

	CHECK_VFS(sync_pread(f, 0, back, 100, &n), VFS_OK);
	CHECK(n == strlen(text) && !memcmp(back, text, n));
	CHECK_VFS(sync_file_stat(f, &s), VFS_OK);
	CHECK(s.links == links && s.size == n);
}

static void removed(const struct test *t)
{
	const char *path = test_path(t, "/f");
	struct vfs_file *old = made(path, "the old one"), *new, *more;

	CHECK_VFS(sync_remove(path, 0), VFS_OK);
	CHECK_VFS(sync_open(path, VFS_READ, &more), VFS_NOT_FOUND);
	holds(old, "the old one", 0);
	CHECK_VFS(sync_pwrite(old, 11, ", written on", 12), VFS_OK);
	new = made(path, "the new one");
	holds(old, "the old one, written on", 0);
	holds(new, "the new one", 1);
	CHECK_VFS(sync_truncate(old, 3), VFS_OK);
	holds(old, "the", 0);
	vfs_close(old);
	holds(new, "the new one", 1);
	vfs_close(new);
	CHECK_VFS(sync_remove(path, 0), VFS_OK);
}

static void replaced(const struct test *t)
{
	const char *path = test_path(t, "/f"), *temp = test_path(t, "/temp");
	struct vfs_file *old = made(path, "the old one");
	struct vfs_file *new = made(temp, "the new one");

	CHECK_VFS(sync_rename(temp, path, 0), VFS_OK);
	holds(old, "the old one", 0);
	holds(new, "the new one", 1);
	CHECK_VFS(sync_pwrite(old, 0, "THE", 3), VFS_OK);
	holds(new, "the new one", 1);
	vfs_close(new);
	holds(old, "THE old one", 0);
	vfs_close(old);
	CHECK_VFS(sync_remove(path, 0), VFS_OK);
}

static bool entry_any(const struct vfs_dirent *d, void *arg)
{
	(void)d, (void)arg;
	check_failed("a name in a removed directory", __FILE__, __LINE__);
	return false;
}

/* Nothing can be made in it any more. */
static void directory(const struct test *t)
{
	const char *path = test_path(t, "/dir");
	struct vfs_file *f = NULL;
	struct vfs_op *op;

	CHECK_VFS(sync_make(path, VFS_DIR), VFS_OK);
	CHECK_VFS(sync_open(path, VFS_READ | VFS_DIRECTORY, &f), VFS_OK);
	CHECK_VFS(sync_remove(path, VFS_DIRECTORY), VFS_OK);
	op = sync_op("x");
	op->at = f->place;
	op->kind = VFS_FILE;
	CHECK_VFS(sync_end(vfs_make(sync_tree(), op)), VFS_NOT_FOUND);
	CHECK_VFS(sync_make(path, VFS_DIR), VFS_OK);
	CHECK_VFS(sync_list(path, entry_any, NULL), VFS_OK);
	vfs_close(f);
	CHECK_VFS(sync_remove(path, VFS_DIRECTORY), VFS_OK);
}

/* More than there is memory for, if each one stayed. */
static void freed(const struct test *t)
{
	const char *path = test_path(t, "/large");

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct vfs_file *f = made(path, "");
		size_t n;

		memset(data, (int)i, LARGE);
		CHECK_VFS(sync_remove(path, 0), VFS_OK);
		CHECK_VFS(sync_pwrite(f, 0, data, LARGE), VFS_OK);
		CHECK_VFS(sync_pread(f, 0, back, LARGE, &n), VFS_OK);
		CHECK(n == LARGE && !memcmp(data, back, LARGE));
		vfs_close(f);
	}
}

void test_unlink(const struct test *t)
{
	removed(t);
	replaced(t);
	directory(t);
	freed(t);
	fief_log("what is open outlives its name");
}
