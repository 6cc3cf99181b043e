/* SPDX-License-Identifier: MIT */
/* Files of a tree: in memory, and of a server. */

#include <lib/fmt.h>
#include <lib/mem.h>
#include <vfs/dirent.h>
#include <vfs/plugins.h>
#include <vfs/vfs.h>

#include "bench_client.h"

enum { PAGE = 4096, PAGES = 256, NAMES = 1000 };

static struct files {
	struct vfs *vfs;
	struct vfs_file *file;
	unsigned page;
	char bytes[PAGE];
	_Alignas(8) char entries[32768];
} files;

static void expect(struct bench *b, const char *what, enum vfs_err e)
{
	if (!e)
		return;
	fief_error("%s: %s", what, vfs_err_name(e));
	bench_fail(b, what, FIEF_INVALID);
}

/* The same path as that of the host's file. */
#define DIR "/shm/fief-bench"
#define PATH DIR "/f0"

/* ---- what is measured ---- */

static enum fief_err open_close(struct bench *b, unsigned batch)
{
	struct vfs_op op;

	for (unsigned i = 0; i < batch; i++) {
		op.at = NULL;
		op.path = PATH;
		op.flags = VFS_READ;
		expect(b, "open", vfs_open(files.vfs, &op));
		vfs_close(op.file);
	}
	return FIEF_OK;
}

static enum fief_err stat_one(struct bench *b, unsigned batch)
{
	struct vfs_op op;

	for (unsigned i = 0; i < batch; i++) {
		op.at = NULL;
		op.path = PATH;
		op.flags = 0;
		op.opens = false;
		expect(b, "stat", vfs_find(files.vfs, &op));
		vfs_node_put(op.node);
	}
	return FIEF_OK;
}

static enum fief_err pages(struct bench *b, unsigned batch,
                           enum vfs_err (*io)(struct vfs_file *,
                                              struct vfs_op *))
{
	static struct vfs_op op;

	for (unsigned i = 0; i < batch; i++) {
		op.buf = files.bytes;
		op.data = files.bytes;
		op.len = PAGE;
		op.pos = (uint64_t)(files.page++ % PAGES) * PAGE;
		expect(b, "page", io(files.file, &op));
	}
	return FIEF_OK;
}

static enum fief_err read_pages(struct bench *b, unsigned batch)
{
	return pages(b, batch, vfs_pread);
}

static enum fief_err write_pages(struct bench *b, unsigned batch)
{
	return pages(b, batch, vfs_pwrite);
}

static enum fief_err list(struct bench *b, unsigned batch)
{
	struct vfs_op op = { .path = DIR, .flags = VFS_READ | VFS_DIRECTORY };
	struct vfs_file *dir;

	(void)batch;
	expect(b, "open", vfs_open(files.vfs, &op));
	dir = op.file;
	do {
		op.buf = files.entries;
		op.len = sizeof(files.entries);
		expect(b, "list", vfs_list(dir, &op));
	} while (op.count);
	vfs_close(dir);
	return FIEF_OK;
}

/* ---- set-up ---- */

/* <vfs> <dir name="shm"> <TYPE/> </dir> </vfs> */
static void tree_make(struct bench *b, const char *type)
{
	static struct node_attr name = { .name = "name", .value = "shm" };
	static struct node fs, dir, root;
	const struct vfs_args args = { .alloc = b->env->heap,
		                       .env = b->env,
		                       .types = vfs_plugins };
	struct node_error err = { { 0, 0 }, "" };

	fs = (struct node){ .name = type, .parent = &dir };
	dir = (struct node){ .name = "dir",
		             .attrs = &name,
		             .parent = &root,
		             .first = &fs,
		             .last = &fs };
	root = (struct node){ .name = "vfs", .first = &dir, .last = &dir };
	if (vfs_create(&args, &root, &err, &files.vfs)) {
		fief_error("%s", err.text);
		bench_fail(b, "tree", FIEF_INVALID);
	}
}

static void files_make(struct bench *b)
{
	static struct vfs_op op;
	char path[64];
	size_t len;

	op = (struct vfs_op){ .path = DIR, .kind = VFS_DIR, .mode = 0700 };
	expect(b, "directory", vfs_make(files.vfs, &op));
	for (unsigned i = 0; i < NAMES; i++) {
		len = fmt_text(path, sizeof(path), DIR "/f%u", i);
		(void)len; /* there is room */
		op = (struct vfs_op){ .path = path,
			              .flags =
			                      VFS_READ | VFS_WRITE | VFS_CREATE,
			              .mode = 0600 };
		expect(b, "file", vfs_open(files.vfs, &op));
		if (i)
			vfs_close(op.file);
		else
			files.file = op.file;
	}
	if (write_pages(b, PAGES))
		bench_fail(b, "write", FIEF_INVALID);
}

static void measure(struct bench *b, const char *type,
                    const char *const names[5])
{
	tree_make(b, type);
	files_make(b);
	bench_run(b, names[0], open_close, 64);
	bench_run(b, names[1], stat_one, 64);
	bench_run(b, names[2], read_pages, 64);
	bench_run(b, names[3], write_pages, 64);
	bench_run(b, names[4], list, 1);
}

void bench_group_files(struct bench *b)
{
	static const char *const names[] = { "open_close", "stat", "pread_4k",
		                             "pwrite_4k", "list_1000" };

	measure(b, "ram", names);
}

void bench_group_server_files(struct bench *b)
{
	static const char *const names[] = { "server_open_close", "server_stat",
		                             "server_pread_4k",
		                             "server_pwrite_4k",
		                             "server_list_1000" };

	measure(b, "fs", names);
}
