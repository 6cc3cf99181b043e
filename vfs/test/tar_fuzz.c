/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target of tar archives: whatever the bytes, a tree is made, all of which
 * can be walked, or the archive is refused at a byte that it has.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vfs/dirent.h>
#include <vfs/plugin/tar.h>

#include "fake_env.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DEPTH = 8, NAMES = 64 };

static void file_read(struct test_tree *t, struct vfs_place *at,
                      const char *name)
{
	struct vfs_op op = { .at = at,
		             .path = name,
		             .flags = VFS_READ | VFS_NONBLOCK };
	struct vfs_file *f;
	char buf[512];

	if (vfs_open(t->vfs, &op))
		return;
	f = op.file;
	do {
		op = (struct vfs_op){ .buf = buf, .len = sizeof(buf) };
	} while (!vfs_read(f, &op) && op.count);
	vfs_close(f);
}

static void dir_walk(struct test_tree *t, struct vfs_place *at, unsigned depth);

static void entry_walk(struct test_tree *t, struct vfs_place *at,
                       const char *name, unsigned depth)
{
	struct vfs_op op = { .at = at, .path = name, .flags = VFS_NOFOLLOW };

	if (vfs_find(t->vfs, &op))
		abort();
	vfs_node_put(op.node);
	file_read(t, at, name);
	if (op.stat.kind != VFS_DIR || depth == DEPTH)
		return;
	op = (struct vfs_op){ .at = at, .path = name };
	if (vfs_enter(t->vfs, &op))
		abort();
	dir_walk(t, op.place, depth + 1);
	vfs_place_put(op.place);
}

static void dir_walk(struct test_tree *t, struct vfs_place *at, unsigned depth)
{
	_Alignas(8) char buf[2048];
	struct vfs_op op = { .at = at,
		             .path = ".",
		             .flags = VFS_READ | VFS_DIRECTORY };
	const struct vfs_dirent *d;
	struct vfs_file *f;

	if (vfs_open(t->vfs, &op))
		abort();
	f = op.file;
	for (unsigned n = 0; n < NAMES; n++) {
		op = (struct vfs_op){ .buf = buf, .len = sizeof(buf) };
		if (vfs_list(f, &op))
			abort();
		for (size_t i = 0; (d = vfs_dirent_at(&op, i)); i += d->bytes)
			if (strcmp(d->name, ".") && strcmp(d->name, ".."))
				entry_walk(t, at, d->name, depth);
		if (!op.count)
			break;
	}
	vfs_close(f);
}

static void run(const char *data, size_t size)
{
	static const struct vfs_type *const types[] = { &vfs_tar, NULL };
	struct node_error err;
	struct test_tree t;

	test_env = &fake_env;
	fake_rom_set("image", data, size);
	test_tree_init(&t, types, "<vfs/>");
	if (!test_tree_update(&t, "<vfs> <tar name=\"image\"/> </vfs>", &err)) {
		struct vfs_op op = { .path = "/" };

		if (vfs_enter(t.vfs, &op))
			abort();
		dir_walk(&t, op.place, 0);
		vfs_place_put(op.place);
	}
	test_tree_fini(&t);
	if (fake_roms_open)
		abort();
}

/* Bytes that were changed at random have no header with the right sum. */
static void sums_right(char *data, size_t size)
{
	enum { BLOCK = 512, SUM = 148, SUM_LEN = 8 };

	for (size_t at = 0; at + BLOCK <= size; at += BLOCK) {
		unsigned sum = 0;

		memset(data + at + SUM, ' ', SUM_LEN);
		for (size_t i = 0; i < BLOCK; i++)
			sum += (unsigned char)data[at + i];
		if (sum == SUM_LEN * ' ')
			memset(data + at + SUM, 0, SUM_LEN);
		else
			snprintf(data + at + SUM, SUM_LEN, "%06o", sum);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size + !size);

	memcpy(copy, data, size);
	run(copy, size);
	sums_right(copy, size);
	run(copy, size);
	free(copy);
	return 0;
}
