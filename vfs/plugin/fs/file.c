/* SPDX-License-Identifier: MIT */
/* Open files: bytes, through the buffer of the session. */

#include <lib/mem.h>

#include "fs.h"

enum vfs_err fs_begin(struct vfs_file *f, struct vfs_op *op, enum fs_op code,
                      struct call **out)
{
	fs_node(f->node)->fresh = false;
	return call_make(fs_of(f->node), op, code, fs_node(f->node)->handle,
	                 out);
}

/* A stream tells with it what it is ready for, and then in no event: who waits for
 * what was just written here is told of it now. */
static enum vfs_err bytes_outcome(struct call *c, uint32_t outcome)
{
	const unsigned can = outcome >> FS_READY_SHIFT;
	struct fs_node *n = c->node;
	bool more;

	if (!n)
		return vfs_err_from_wire(outcome);
	more = can & ~n->can;
	n->can = can;
	if (more && n->file)
		vfs_file_ready(n->file);
	return vfs_err_from_wire(outcome & ((1u << FS_READY_SHIFT) - 1));
}

static enum vfs_err was_read(struct call *c, uint32_t outcome,
                             const struct fs_reply *r)
{
	(void)r;
	memcpy(c->op->buf, call_payload(c), c->op->count);
	return bytes_outcome(c, outcome);
}

static enum vfs_err was_written(struct call *c, uint32_t outcome,
                                const struct fs_reply *r)
{
	(void)r;
	return bytes_outcome(c, outcome);
}

uint32_t fs_bytes_at_once(const struct vfs_file *f, size_t len)
{
	const uint32_t most = fs_of(f->node)->chunk_bytes * (DATA_CHUNKS / 2);

	return len < most ? (uint32_t)len : most;
}

static void bytes_begin(struct call *c, struct vfs_file *f,
                        const struct vfs_op *op)
{
	c->len = fs_bytes_at_once(f, op->len);
	c->pos = op->pos;
	if (fs_node(f->node)->stream)
		c->node = fs_node(f->node);
}

/* As much as the buffer takes at once: a read or write may be short. */
static enum vfs_err file_read(struct vfs_file *f, struct vfs_op *op)
{
	struct call *c;
	enum vfs_err e = fs_begin(f, op, FS_READ, &c);

	if (e)
		return e;
	bytes_begin(c, f, op);
	c->finish = was_read;
	return call_start(c);
}

static enum vfs_err file_write(struct vfs_file *f, struct vfs_op *op)
{
	struct call *c;
	enum vfs_err e = fs_begin(f, op, FS_WRITE, &c);

	if (e)
		return e;
	bytes_begin(c, f, op);
	c->finish = was_written;
	return call_start(c);
}

static enum vfs_err file_sync(struct vfs_file *f, struct vfs_op *op)
{
	struct call *c;
	enum vfs_err e = fs_begin(f, op, FS_SYNC, &c);

	return e ? e : call_start(c);
}

static enum vfs_err file_allocate(struct vfs_file *f, unsigned how,
                                  struct vfs_op *op)
{
	struct call *c;
	enum vfs_err e = fs_begin(f, op, FS_ALLOCATE, &c);

	if (e)
		return e;
	c->asked.pos = op->pos;
	c->asked.len = op->len;
	c->asked.how = how;
	return call_start(c);
}

static enum vfs_err sought(struct call *c, uint32_t outcome,
                           const struct fs_reply *r)
{
	if (!outcome && r->pos <= VFS_SIZE_MAX)
		c->op->pos = r->pos;
	return vfs_err_from_wire(outcome);
}

static enum vfs_err file_seek(struct vfs_file *f, bool hole, struct vfs_op *op)
{
	struct call *c;
	enum vfs_err e = fs_begin(f, op, FS_SEEK, &c);

	if (e)
		return e;
	c->asked.pos = op->pos;
	c->asked.how = hole;
	c->finish = sought;
	return call_start(c);
}

static unsigned stream_ready(struct vfs_file *f)
{
	return fs_node(f->node)->can;
}

const struct vfs_file_ops fs_stream_ops = {
	.stream = true,
	.close = fs_close_file,
	.read = file_read,
	.write = file_write,
	.sync = file_sync,
	.ready = stream_ready,
	.lock = fs_lock,
	.lock_test = fs_lock_test,
	.unlock = fs_unlock,
};

const struct vfs_file_ops fs_file_ops = {
	.close = fs_close_file,
	.map = fs_map,
	.peek = fs_peek,
	.peek_end = fs_peek_end,
	.read = file_read,
	.write = file_write,
	.sync = file_sync,
	.allocate = file_allocate,
	.seek = file_seek,
	.lock = fs_lock,
	.lock_test = fs_lock_test,
	.unlock = fs_unlock,
};
