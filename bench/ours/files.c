/* SPDX-License-Identifier: MIT */
/* Files of a tree: in memory, and of a server. */

#include <fief/attached.h>
#include <fief/kif_table.h>
#include <lib/fmt.h>
#include <lib/mem.h>
#include <vfs/dirent.h>
#include <vfs/plugins.h>
#include <vfs/vfs.h>

#include "bench_client.h"

enum {
	PAGE = 4096,
	PAGES = 256,
	NAMES = 1000,
	BLOCK = 65536,
	BIG = 16 << 20, /* bytes of the file that is streamed or mapped */
	PIECE = 1 << 20,
	LINE = 64,
};

static struct files {
	struct vfs *vfs;
	struct vfs_file *file;
	unsigned page;
	char bytes[PAGE];
	uint64_t at, moved, sum;
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
static void tree_make(struct bench *b, const char *type, bool async)
{
	static struct node_attr name = { .name = "name", .value = "shm" };
	/* Room for one piece that is looked at in place. */
	static struct node_attr buffer = { .name = "buffer", .value = "2304K" };
	static struct node fs, dir, root;
	const struct vfs_args args = { .alloc = b->env->heap,
		                       .env = b->env,
		                       .types = vfs_plugins,
		                       .async = async };
	struct node_error err = { { 0, 0 }, "" };

	fs = (struct node){ .name = type,
		            .parent = &dir,
		            .attrs = strcmp(type, "fs") ? NULL : &buffer };
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
	tree_make(b, type, false);
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

/* ---- throughput of one large file ---- */

static uint64_t next_at(size_t len)
{
	const uint64_t at = files.at;

	files.at = (at + len) % BIG;
	files.moved += len;
	return at;
}

/* Blocks under way at once, as a pipe has several. */
enum { LANES = 4 };

static struct lane {
	struct vfs_op op;
	bool busy;
	char bytes[BLOCK];
} lanes[LANES];

static struct bench *running;

static void lane_ended(struct vfs_op *op, enum vfs_err e)
{
	struct lane *l = FIEF_CONTAINER_OF(op, struct lane, op);

	l->busy = false;
	expect(running, "block", e);
	if (op->count != BLOCK)
		bench_fail(running, "a short block", FIEF_INVALID);
}

static void stream(struct bench *b,
                   enum vfs_err (*io)(struct vfs_file *, struct vfs_op *))
{
	static unsigned turn;
	struct lane *l = &lanes[turn++ % LANES];
	enum vfs_err e;

	running = b;
	while (l->busy)
		fief_entrypoint_wait_io(b->env->ep);
	l->op.done = lane_ended;
	l->op.buf = l->bytes;
	l->op.data = l->bytes;
	l->op.len = BLOCK;
	l->op.pos = next_at(BLOCK);
	l->busy = true;
	e = io(files.file, &l->op);
	if (e != VFS_LATE)
		lane_ended(&l->op, e);
}

static void settle(struct bench *b)
{
	for (unsigned i = 0; i < LANES; i++)
		while (lanes[i].busy)
			fief_entrypoint_wait_io(b->env->ep);
	files.at = 0;
}

static void read_block(struct bench *b)
{
	stream(b, vfs_pread);
}

static void write_block(struct bench *b)
{
	stream(b, vfs_pwrite);
}

/* Where it is, each line of the cache. */
static void look_at_piece(struct bench *b)
{
	static struct vfs_op op;
	const char *bytes;

	op.len = PIECE;
	op.pos = next_at(PIECE);
	expect(b, "peek", vfs_peek(files.file, &op));
	if (op.count != PIECE)
		bench_fail(b, "a short piece", FIEF_INVALID);
	bytes = op.data;
	for (size_t i = 0; i < PIECE; i += LINE)
		files.sum +=
			*(const volatile uint64_t *)(const void *)(bytes + i);
	vfs_peek_end(files.file, &op);
}

static void rate(struct bench *b, const char *name, void (*one)(struct bench *))
{
	uint64_t began, mb;

	one(b);
	settle(b);
	files.moved = 0;
	began = fief_kif->time();
	do {
		for (unsigned i = 0; i < 16; i++)
			one(b);
	} while (fief_kif->time() - began < b->ns);
	settle(b);
	mb = files.moved * 1000 / (fief_kif->time() - began);
	fief_log("BENCH %s %llu.%03llu GB/s", name,
	         (unsigned long long)(mb / 1000),
	         (unsigned long long)(mb % 1000));
}

static void big_opened(struct vfs_op *op, enum vfs_err e)
{
	expect(running, "file", e);
	files.file = op->file;
}

static void big_file(struct bench *b)
{
	static struct vfs_op op;
	enum vfs_err e;

	op = (struct vfs_op){ .done = big_opened,
		              .path = "/shm/fief-big",
		              .flags = VFS_READ | VFS_WRITE | VFS_CREATE,
		              .mode = 0600 };
	running = b;
	files.file = NULL;
	e = vfs_open(files.vfs, &op);
	if (e != VFS_LATE)
		big_opened(&op, e);
	while (!files.file)
		fief_entrypoint_wait_io(b->env->ep);
	files.at = 0;
	for (unsigned i = 0; i < BIG / BLOCK; i++)
		write_block(b);
	settle(b);
}

/* Mapped, each page looked at, and given back. */
static enum fief_err map_file(struct bench *b, unsigned batch)
{
	static struct vfs_op op;
	struct fief_attached memory = { 0 };
	const volatile char *bytes;
	enum fief_err e;

	(void)batch;
	op.pos = op.len = 0;
	expect(b, "map", vfs_map(files.file, &op));
	fief_kif->ref(op.ds);
	e = fief_attach(&memory, op.ds, BIG, KIF_READ);
	if (e)
		return e;
	bytes = memory.addr;
	for (size_t i = 0; i < BIG; i += PAGE)
		files.sum += (unsigned char)bytes[i];
	fief_detach(&memory);
	return FIEF_OK;
}

void bench_group_server_bulk(struct bench *b)
{
	tree_make(b, "fs", false);
	big_file(b);
	rate(b, "server_peek_1m", look_at_piece);
	bench_run(b, "server_map_16m", map_file, 1);
	vfs_close(files.file);
	vfs_destroy(files.vfs);
	tree_make(b, "fs", true);
	big_file(b);
	rate(b, "server_read_64k", read_block);
	rate(b, "server_write_64k", write_block);
}
