/* SPDX-License-Identifier: MIT */
/* Deep trees: made, filled, read back, removed; by several components at once. */

#include <lib/mem.h>

#include "tests.h"

enum { DEPTH = 16, FILES = 4, BYTES = 40000, PATH = 512 };

static struct {
	char path[PATH]; /* of the directory at hand */
	char data[BYTES], read[BYTES];
	unsigned files, bytes;
} m;

static uint32_t mix(uint32_t n)
{
	n = (n ^ n >> 15) * 0x2c1b3c6du;
	n = (n ^ n >> 12) * 0x297a2d39u;
	return n ^ n >> 15;
}

/* A file's content is known by its place in the tree. */
static size_t content(uint32_t round, unsigned level, unsigned file)
{
	const uint32_t seed = mix(round * 1000 + level * 10 + file);
	const size_t size = seed % BYTES;

	for (size_t i = 0; i < size; i++)
		m.data[i] = (char)(mix(seed + (uint32_t)i / 64) + i);
	return size;
}

static const char *file_path(unsigned file)
{
	static char path[PATH + 16];
	struct fmt f;

	fmt_init(&f, path, sizeof(path));
	fmt_add(&f, "%s/file%u", m.path, file);
	return path;
}

static void each_level(const struct test *t, uint32_t round,
                       void (*work)(uint32_t round, unsigned level))
{
	struct fmt f;

	fmt_init(&f, m.path, PATH);
	fmt_add(&f, "%s", t->dir);
	for (unsigned level = 0; level < DEPTH; level++) {
		fmt_add(&f, "/level%u", level);
		work(round, level);
	}
}

static void make(uint32_t round, unsigned level)
{
	(void)round, (void)level;
	CHECK_VFS(sync_make(m.path, VFS_DIR), VFS_OK);
	CHECK_VFS(sync_make(m.path, VFS_DIR), VFS_EXISTS);
}

static void fill(uint32_t round, unsigned level)
{
	for (unsigned i = 0; i < FILES; i++) {
		const size_t size = content(round, level, i);

		CHECK_VFS(sync_put(file_path(i), m.data, size), VFS_OK);
		m.files++;
		m.bytes += (unsigned)size;
	}
}

static void verify(uint32_t round, unsigned level)
{
	for (unsigned i = 0; i < FILES; i++) {
		const size_t size = content(round, level, i);
		struct vfs_file *f;
		size_t count;

		CHECK_VFS(sync_open(file_path(i), VFS_READ, &f), VFS_OK);
		CHECK_VFS(sync_pread(f, 0, m.read, BYTES, &count), VFS_OK);
		CHECK(count == size && !memcmp(m.read, m.data, size));
		vfs_close(f);
	}
}

/* ---- removing, from the deepest directory up ---- */

static bool entry_count(const struct vfs_dirent *d, void *arg)
{
	unsigned *count = arg;

	(void)d;
	++*count;
	return true;
}

static void removed(const struct test *t, unsigned level)
{
	unsigned count = 0;
	struct fmt f;

	fmt_init(&f, m.path, PATH);
	fmt_add(&f, "%s", t->dir);
	for (unsigned i = 0; i <= level; i++)
		fmt_add(&f, "/level%u", i);
	CHECK_VFS(sync_remove(m.path, VFS_DIRECTORY), VFS_NOT_EMPTY);
	CHECK_VFS(sync_list(m.path, entry_count, &count), VFS_OK);
	CHECK(count == FILES);
	for (unsigned i = 0; i < FILES; i++)
		CHECK_VFS(sync_remove(file_path(i), 0), VFS_OK);
	CHECK_VFS(sync_remove(m.path, VFS_DIRECTORY), VFS_OK);
}

void test_stress(const struct test *t)
{
	uint64_t rounds = 8;

	CHECK_OK(node_attr_u64(t->config, "rounds", rounds, NULL, &rounds));
	for (uint32_t i = 0; i < rounds; i++) {
		each_level(t, i, make);
		each_level(t, i, fill);
		each_level(t, i, verify);
		for (unsigned level = DEPTH; level--;)
			removed(t, level);
	}
	fief_log("%u rounds, %u levels, %u files, %u bytes: as written",
	         (unsigned)rounds, DEPTH, m.files, m.bytes);
}
