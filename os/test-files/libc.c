/* SPDX-License-Identifier: MIT */
/*
 * The sequence of a program that tries its C library's file functions: bulk
 * content, directories, names, sizes, positions, in parts, the end of a directory.
 */

#include <lib/mem.h>

#include "tests.h"

enum { BULK = 300000, ROUNDS = 4, OPEN = 50 };

static char data[BULK], back[BULK];

/* ---- as they are called in programs ---- */

static struct vfs_file *opened(const char *path, uint32_t flags)
{
	struct vfs_file *f = NULL;

	CHECK_VFS(sync_open(path, flags, &f), VFS_OK);
	return f;
}

/* At the position of the file: write(2), read(2). */
static void write_here(struct vfs_file *f, const char *bytes, size_t len)
{
	for (size_t at = 0; at < len;) {
		struct vfs_op *op = sync_op(NULL);

		op->data = bytes + at;
		op->len = len - at;
		CHECK_VFS(sync_end(vfs_write(f, op)), VFS_OK);
		at += op->count;
	}
}

static size_t read_here(struct vfs_file *f, char *bytes, size_t len)
{
	size_t at = 0;

	while (at < len) {
		struct vfs_op *op = sync_op(NULL);

		op->buf = bytes + at;
		op->len = len - at;
		CHECK_VFS(sync_end(vfs_read(f, op)), VFS_OK);
		if (!op->count)
			break;
		at += op->count;
	}
	return at;
}

static uint64_t seek(struct vfs_file *f, enum vfs_whence whence, int64_t by)
{
	struct vfs_op *op = sync_op(NULL);

	op->pos = (uint64_t)by;
	CHECK_VFS(sync_end(vfs_seek(f, whence, op)), VFS_OK);
	return op->pos;
}

static struct vfs_stat stat_of(const char *path)
{
	struct vfs_stat s = { 0 };

	CHECK_VFS(sync_stat(path, &s), VFS_OK);
	return s;
}

/* ---- steps ---- */

static void bulk(const struct test *t)
{
	const char *path = test_path(t, "/bulk");

	for (unsigned i = 0; i < ROUNDS; i++) {
		const size_t size = BULK >> (i % 4 * 3);
		struct vfs_file *f = opened(
			path, VFS_READ | VFS_WRITE | VFS_CREATE | VFS_TRUNCATE);

		for (size_t at = 0; at < size; at++)
			data[at] = (char)(at * 7 + i);
		write_here(f, data, size);
		CHECK(seek(f, VFS_FROM_HERE, 0) == size);
		CHECK(seek(f, VFS_FROM_START, 0) == 0);
		CHECK(read_here(f, back, BULK) == size);
		CHECK(!memcmp(data, back, size));
		vfs_close(f);
		CHECK(stat_of(path).size == size);
	}
	CHECK_VFS(sync_remove(path, 0), VFS_OK);
}

/* mkdir, chdir, and paths that begin there. */
static void directories(const struct test *t)
{
	const char *dir = test_path(t, "/dir");
	struct vfs_op *op;
	struct vfs_place *at;
	char path[128];

	CHECK_VFS(sync_make(dir, VFS_DIR), VFS_OK);
	CHECK_VFS(sync_make(dir, VFS_DIR), VFS_EXISTS);
	op = sync_op(dir);
	CHECK_VFS(sync_end(vfs_enter(sync_tree(), op)), VFS_OK);
	at = op->place;
	CHECK_VFS(vfs_place_path(at, path, sizeof(path)), VFS_OK);
	CHECK(!strcmp(path, dir));
	op = sync_op("below");
	op->at = at;
	op->kind = VFS_DIR;
	CHECK_VFS(sync_end(vfs_make(sync_tree(), op)), VFS_OK);
	op = sync_op("../dir/below");
	op->at = at;
	CHECK_VFS(sync_end(vfs_find(sync_tree(), op)), VFS_OK);
	CHECK(op->stat.kind == VFS_DIR);
	vfs_node_put(op->node);
	vfs_place_put(at);
	CHECK_VFS(sync_remove(dir, VFS_DIRECTORY), VFS_NOT_EMPTY);
	CHECK_VFS(sync_remove(test_path(t, "/dir/below"), 0), VFS_IS_DIR);
	CHECK_VFS(sync_remove(test_path(t, "/dir/below"), VFS_DIRECTORY),
	          VFS_OK);
	CHECK_VFS(sync_remove(dir, VFS_DIRECTORY), VFS_OK);
	CHECK_VFS(sync_remove(dir, VFS_DIRECTORY), VFS_NOT_FOUND);
}

static void names(const struct test *t)
{
	const char *a = test_path(t, "/a"), *b = test_path(t, "/b");
	struct vfs_file *f;

	CHECK_VFS(sync_open(a, VFS_READ, &f), VFS_NOT_FOUND);
	CHECK_VFS(sync_put(a, "of a", 4), VFS_OK);
	CHECK_VFS(sync_put(b, "b", 1), VFS_OK);
	CHECK_VFS(sync_rename(a, b, VFS_NOREPLACE), VFS_EXISTS);
	CHECK_VFS(sync_rename(a, b, 0), VFS_OK);
	CHECK_VFS(sync_rename(a, b, 0), VFS_NOT_FOUND);
	CHECK(stat_of(b).size == 4);
	CHECK_VFS(sync_link(b, a), VFS_OK);
	CHECK(stat_of(a).ino == stat_of(b).ino && stat_of(a).links == 2);
	CHECK_VFS(sync_remove(b, 0), VFS_OK);
	CHECK_VFS(sync_symlink(b, "a"), VFS_OK);
	CHECK(stat_of(b).kind == VFS_SYMLINK);
	f = opened(b, VFS_READ);
	CHECK(read_here(f, back, 10) == 4 && !memcmp(back, "of a", 4));
	vfs_close(f);
	CHECK_VFS(sync_remove(b, 0), VFS_OK);
	CHECK_VFS(sync_remove(a, 0), VFS_OK);
}

/* ftruncate, pread, pwrite, holes, append. */
static void positions(const struct test *t)
{
	const char *path = test_path(t, "/p");
	struct vfs_file *f =
		opened(path, VFS_READ | VFS_WRITE | VFS_CREATE | VFS_EXCLUSIVE);
	size_t n;

	CHECK_VFS(sync_pwrite(f, 10, "tail", 4), VFS_OK);
	CHECK_VFS(sync_pread(f, 0, back, 100, &n), VFS_OK);
	CHECK(n == 14 && !back[0] && !back[9] && !memcmp(back + 10, "tail", 4));
	CHECK_VFS(sync_truncate(f, 12), VFS_OK);
	CHECK_VFS(sync_truncate(f, 20), VFS_OK);
	CHECK_VFS(sync_pread(f, 8, back, 100, &n), VFS_OK);
	CHECK(n == 12 && !memcmp(back, "\0\0ta\0\0\0\0\0\0\0\0", 12));
	CHECK_VFS(sync_pread(f, 20, back, 100, &n), VFS_OK);
	CHECK(n == 0);
	CHECK(seek(f, VFS_FROM_END, -5) == 15);
	vfs_close(f);
	CHECK_VFS(sync_open(path, VFS_WRITE | VFS_CREATE | VFS_EXCLUSIVE, &f),
	          VFS_EXISTS);
	f = opened(path, VFS_WRITE | VFS_APPEND);
	write_here(f, "one", 3);
	write_here(f, "two", 3);
	CHECK_VFS(sync_pread(f, 0, back, 1, &n), VFS_NOT_OPEN);
	vfs_close(f);
	CHECK(stat_of(path).size == 26);
	CHECK_VFS(sync_remove(path, 0), VFS_OK);
}

/* writev and readv: several buffers, one after the other. */
static void in_parts(const struct test *t)
{
	static const char *const parts[] = { "a part, ", "", "another one, ",
		                             "the last" };
	const char *path = test_path(t, "/v");
	struct vfs_file *f = opened(path, VFS_READ | VFS_WRITE | VFS_CREATE);

	for (unsigned i = 0; i < 4; i++)
		write_here(f, parts[i], strlen(parts[i]));
	(void)seek(f, VFS_FROM_START, 0);
	for (unsigned i = 0; i < 4; i++) {
		const size_t len = strlen(parts[i]);

		CHECK(read_here(f, back, len) == len);
		CHECK(!memcmp(back, parts[i], len));
	}
	CHECK(!read_here(f, back, 1));
	vfs_close(f);
	CHECK_VFS(sync_remove(path, 0), VFS_OK);
}

/* ---- readdir ---- */

enum { ENTRIES = 100 };

static bool entry_seen(const struct vfs_dirent *d, void *arg)
{
	bool *seen = arg;
	unsigned n = 0;

	CHECK(d->name[0] == 'e' && d->kind == VFS_FILE);
	for (const char *c = d->name + 1; *c; c++)
		n = n * 10 + (unsigned)(*c - '0');
	CHECK(n < ENTRIES && !seen[n]);
	seen[n] = true;
	return true;
}

static void listing(const struct test *t)
{
	bool seen[ENTRIES] = { false };
	CHECK_VFS(sync_make(test_path(t, "/list"), VFS_DIR), VFS_OK);
	for (unsigned i = 0; i < ENTRIES; i++)
		CHECK_VFS(sync_put(test_path(t, "/list/e%u", i), "", 0),
		          VFS_OK);
	CHECK_VFS(sync_list(test_path(t, "/list"), entry_seen, seen), VFS_OK);
	for (unsigned i = 0; i < ENTRIES; i++) {
		CHECK(seen[i]);
		CHECK_VFS(sync_remove(test_path(t, "/list/e%u", i), 0), VFS_OK);
	}
	CHECK_VFS(sync_remove(test_path(t, "/list"), VFS_DIRECTORY), VFS_OK);
}

/* Many are closed in a row, and nothing else is done meanwhile. */
static void many_open(const struct test *t)
{
	static struct vfs_file *f[OPEN];
	const char *path = test_path(t, "/many");

	CHECK_VFS(sync_put(path, "many", 4), VFS_OK);
	for (unsigned i = 0; i < OPEN; i++)
		f[i] = opened(path, VFS_READ);
	for (unsigned i = 0; i < OPEN; i++)
		vfs_close(f[i]);
	CHECK(stat_of(path).size == 4);
	CHECK_VFS(sync_remove(path, 0), VFS_OK);
}

void test_libc(const struct test *t)
{
	bulk(t);
	directories(t);
	names(t);
	positions(t);
	in_parts(t);
	listing(t);
	many_open(t);
	fief_log("files are as programs expect them");
}
