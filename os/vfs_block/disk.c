/* SPDX-License-Identifier: MIT */
#include "disk.h"

#include <lib/mem.h>

struct io {
	struct vfs_op op;
	struct list_elem link;
	struct disk *disk;
	struct block_request *request; /* NULL: nobody waits any more */
	uint64_t pos;                  /* in the file */
	size_t done, bytes;
	bool late;
};

static enum fief_err status_of(enum vfs_err e)
{
	switch ((int)e) {
	case VFS_OK:
		return FIEF_OK;
	case VFS_UNSUPPORTED:
		return FIEF_UNSUPPORTED;
	case VFS_NOT_OPEN:
	case VFS_READ_ONLY:
		return FIEF_DENIED;
	default:
		return FIEF_GONE;
	}
}

static void io_end(struct io *io, enum vfs_err e)
{
	struct block_request *r = io->request;
	struct fief_alloc *alloc = io->disk->alloc;

	list_remove(&io->link);
	fief_free(alloc, io, sizeof(*io));
	if (r)
		block_request_done(r, status_of(e));
}

/* ---- one operation after the other: reads and writes may be short ---- */

static void io_over(struct vfs_op *, enum vfs_err);

static enum vfs_err io_next(struct io *io)
{
	enum { HOLE = VFS_ALLOCATE_PUNCH | VFS_ALLOCATE_KEEP_SIZE };
	struct block_request *r = io->request;
	char *data = r->data;

	io->op = (struct vfs_op){ .done = io_over,
		                  .pos = io->pos + io->done,
		                  .len = io->bytes - io->done };
	switch (r->range.op) {
	case BLOCK_OP_READ:
		io->op.buf = data + io->done;
		return vfs_pread(io->disk->file, &io->op);
	case BLOCK_OP_WRITE:
		io->op.data = data + io->done;
		return vfs_pwrite(io->disk->file, &io->op);
	case BLOCK_OP_SYNC:
		return vfs_sync(io->disk->file, &io->op);
	case BLOCK_OP_TRIM:
	default:
		return vfs_allocate(io->disk->file, HOLE, &io->op);
	}
}

static bool moves(const struct io *io)
{
	return io->request->range.op == BLOCK_OP_READ ||
	       io->request->range.op == BLOCK_OP_WRITE;
}

/* Is it over with that outcome? */
static bool io_step(struct io *io, enum vfs_err *e)
{
	if (*e || !io->request || !moves(io))
		return true;
	io->done += io->op.count;
	if (io->op.count)
		return io->done == io->bytes;
	if (io->request->range.op == BLOCK_OP_WRITE)
		*e = VFS_IO;
	else
		memset((char *)io->request->data + io->done, 0,
		       io->bytes - io->done);
	return true;
}

static void io_run(struct io *io)
{
	enum vfs_err e;

	do {
		e = io_next(io);
		io->late = e == VFS_LATE;
		if (io->late)
			return;
	} while (!io_step(io, &e));
	io_end(io, e);
}

static void io_over(struct vfs_op *op, enum vfs_err e)
{
	struct io *io = FIEF_CONTAINER_OF(op, struct io, op);

	io->late = false;
	if (io_step(io, &e))
		io_end(io, e);
	else
		io_run(io);
}

void disk_submit(struct disk *d, struct block_request *r)
{
	struct io *io;
	void *mem;

	if (fief_alloc_zeroed(d->alloc, sizeof(*io), &mem)) {
		block_request_done(r, FIEF_GONE);
		return;
	}
	io = mem;
	io->disk = d;
	io->request = r;
	io->pos = r->range.first * d->block_size;
	io->bytes = r->range.op == BLOCK_OP_TRIM ?
	                    (size_t)(r->range.count * d->block_size) :
	                    r->range.bytes;
	list_add_last(&d->ios, &io->link);
	io_run(io);
}

/* Its payload goes: whoever is late with it must not touch it any more. */
void disk_cancel(struct disk *d, struct block_request *r)
{
	LIST_FOR_EACH_SAFE(io, &d->ios, struct io, link) {
		if (io->request != r)
			continue;
		io->request = NULL;
		if (io->late && io->op.cancel)
			io->op.cancel(&io->op);
	}
}
