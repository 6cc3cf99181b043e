/* SPDX-License-Identifier: MIT */
/*
 * Operations on bytes as requests of blocks. Where an edge of a write is in the
 * middle of a block, its blocks are read first. Two requests that overlap, one of
 * them a write, are never under way at the same time: they come one after the other,
 * in the order in which they were asked for.
 */

#include <lib/mem.h>

#include "internal.h"

struct io {
	struct list_elem link; /* of `active` or `waiting` */
	struct block_fs *fs;
	struct vfs_op *op; /* NULL: canceled */
	struct block_job job;
	enum block_op kind;
	bool edges;            /* the blocks are to be read before */
	uint64_t first, count; /* blocks */
	size_t skip, len;      /* of the bytes in them */
};

static void waiting_start(struct block_fs *fs);

/* ---- ends ---- */

static void io_free(struct io *io)
{
	struct fief_alloc *alloc = io->fs->fixed.alloc;

	list_remove(&io->link);
	block_job_fini(&io->job);
	fief_free(alloc, io, sizeof(*io));
}

static enum vfs_err outcome(enum fief_err status)
{
	switch ((int)status) {
	case FIEF_OK:
		return VFS_OK;
	case FIEF_DENIED:
		return VFS_READ_ONLY;
	case FIEF_LIMIT:
		return VFS_NO_SPACE;
	default:
		return VFS_IO;
	}
}

static void io_end(struct io *io, enum fief_err status)
{
	struct vfs_op *op = io->op;
	struct block_fs *fs = io->fs;

	if (op && !status) {
		op->count = io->len;
		if (io->kind == BLOCK_OP_READ)
			memcpy(op->buf, (char *)io->job.data + io->skip,
			       io->len);
	}
	io_free(io);
	waiting_start(fs);
	if (op)
		vfs_op_end(op, outcome(status));
}

/* What the server has, it goes on with. */
static void io_cancel(struct vfs_op *op)
{
	struct io *io = op->worker;

	io->op = NULL;
	if (io->link.in == &io->fs->waiting)
		io_free(io);
	vfs_op_end(op, VFS_CANCELED);
}

/* At the end of the session: nobody waits for anything. */
void io_drop_all(struct block_fs *fs)
{
	struct list *const lists[] = { &fs->active, &fs->waiting };

	for (unsigned i = 0; i < 2; i++)
		while (lists[i]->first)
			io_free(LIST_FIRST(lists[i], struct io, link));
}

/* ---- under way ---- */

static enum fief_err io_submit(struct io *io, enum block_op kind)
{
	enum fief_err e =
		block_job_submit(&io->job, kind, io->first, io->count);

	if (!e)
		block_client_flush(&io->fs->client);
	return e;
}

static enum fief_err io_write(struct io *io)
{
	memcpy((char *)io->job.data + io->skip, io->op->data, io->len);
	io->edges = false;
	return io_submit(io, BLOCK_OP_WRITE);
}

static void io_done(struct block_job *job, enum fief_err status)
{
	struct io *io = FIEF_CONTAINER_OF(job, struct io, job);

	if (!status && io->edges && io->op) {
		status = io_write(io);
		if (!status)
			return;
	}
	io_end(io, status);
}

static bool overlap(const struct io *a, const struct io *b)
{
	const bool writes =
		a->kind == BLOCK_OP_WRITE || b->kind == BLOCK_OP_WRITE;

	return writes && a->first < b->first + b->count &&
	       b->first < a->first + a->count;
}

/* Of those under way, or before it among those that wait. */
static bool in_the_way(const struct io *io)
{
	LIST_FOR_EACH(other, &io->fs->active, struct io, link)
		if (overlap(io, other))
			return true;
	LIST_FOR_EACH(other, &io->fs->waiting, struct io, link) {
		if (other == io)
			return false;
		if (overlap(io, other))
			return true;
	}
	return false;
}

/* AGAIN: it has to wait. */
static enum fief_err io_start(struct io *io)
{
	struct block_fs *fs = io->fs;
	enum fief_err e = in_the_way(io) ? FIEF_AGAIN : FIEF_OK;

	if (!e)
		e = block_job_init(&io->job, &fs->client,
		                   (size_t)io->count *
		                           fs->client.info.block_size);
	if (e)
		return e;
	if (io->edges)
		e = io_submit(io, BLOCK_OP_READ);
	else if (io->kind == BLOCK_OP_WRITE)
		e = io_write(io);
	else
		e = io_submit(io, io->kind);
	if (e) {
		block_job_fini(&io->job);
		io->job = (struct block_job){ .done = io_done };
		return e;
	}
	list_remove(&io->link);
	list_add_last(&fs->active, &io->link);
	return FIEF_OK;
}

/* There may be room now. Whoever is told of an end may begin others. */
static void waiting_start(struct block_fs *fs)
{
	LIST_FOR_EACH_SAFE(io, &fs->waiting, struct io, link) {
		struct vfs_op *op = io->op;
		const enum fief_err e = io_start(io);

		if (!e || e == FIEF_AGAIN)
			continue;
		io_free(io);
		vfs_op_end_soon(fs->fixed.fs.vfs, op, outcome(e));
	}
}

/* ---- beginning ---- */

static void blocks_of(struct io *io, uint64_t pos, size_t len)
{
	const struct block_info *info = &io->fs->client.info;
	const uint64_t size = info->block_size;
	const size_t skip = (size_t)(pos % size);

	if (io->kind == BLOCK_OP_SYNC)
		return;
	if (len > io->fs->most - skip)
		len = io->fs->most - skip;
	io->skip = skip;
	io->len = len;
	io->first = pos / size;
	io->count = (skip + len + size - 1) / size;
	io->edges = io->kind == BLOCK_OP_WRITE && (skip || len % size);
}

enum vfs_err io_begin(struct block_fs *fs, enum block_op kind,
                      struct vfs_op *op)
{
	struct io *io;
	void *mem;
	enum fief_err e;

	if (fief_alloc_zeroed(fs->fixed.alloc, sizeof(*io), &mem))
		return VFS_NO_MEMORY;
	io = mem;
	io->fs = fs;
	io->op = op;
	io->kind = kind;
	io->job.done = io_done;
	blocks_of(io, op->pos, op->len);
	list_add_last(&fs->waiting, &io->link);
	e = io_start(io);
	if (e && e != FIEF_AGAIN) {
		io_free(io);
		return outcome(e);
	}
	op->worker = io;
	op->cancel = io_cancel;
	return VFS_LATE;
}
