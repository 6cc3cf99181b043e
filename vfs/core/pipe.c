/* SPDX-License-Identifier: MIT */
/*
 * Pipes and fifos: what is written at one end is read at the other. The bytes are
 * there while an end is open. As of POSIX, pipe(7) of Linux where that is silent.
 */

#include <lib/mem.h>

#include "internal.h"

enum {
	CAPACITY = 65536,
	ATOMIC = 4096, /* a write of so many is in one piece */
};

struct vfs_pipe {
	struct fief_alloc *alloc; /* borrowed */
	struct vfs_node *node;    /* borrowed: the ends count it */
	struct list ends;         /* struct end */
	struct list opening;      /* struct vfs_op: wait for the other end */
	uint32_t readers, writers;
	uint64_t writers_seen; /* that ever opened it */
	size_t start, used;    /* of the ring */
	char ring[CAPACITY];
};

/* The state of an open file. */
struct end {
	struct list_elem in_pipe;
	struct vfs_pipe *pipe;
	struct vfs_file *file; /* borrowed */
	uint64_t seen; /* no hang-up while these were the writers so far */
};

/* ---- ends ---- */

static void tell_ends(struct vfs_pipe *p, uint32_t flag)
{
	LIST_FOR_EACH(e, &p->ends, struct end, in_pipe)
		if (e->file->flags & flag)
			vfs_file_ready(e->file);
}

static void pipe_drop(struct vfs_pipe *p)
{
	struct vfs_node *n = p->node;

	if (p->ends.first)
		return;
	fief_free(p->alloc, p, sizeof(*p));
	n->extra->pipe = NULL;
	node_extra_drop(n);
}

static void end_close(struct end *e)
{
	struct vfs_pipe *p = e->pipe;
	const uint32_t flags = e->file->flags;

	list_remove(&e->in_pipe);
	p->readers -= !!(flags & VFS_READ);
	p->writers -= !!(flags & VFS_WRITE);
	if (flags & VFS_READ && !p->readers)
		tell_ends(p, VFS_WRITE);
	if (flags & VFS_WRITE && !p->writers)
		tell_ends(p, VFS_READ);
	fief_free(p->alloc, e, sizeof(*e));
	pipe_drop(p);
}

static void file_close(struct vfs_file *f)
{
	end_close(f->state);
}

static enum vfs_err pipe_of(struct vfs_node *n, struct vfs_pipe **out)
{
	struct fief_alloc *alloc = n->fs->vfs->alloc;
	struct vfs_extra *x = node_extra(n);
	void *mem;

	if (!x)
		return VFS_NO_MEMORY;
	if (!x->pipe) {
		if (fief_alloc(alloc, sizeof(*x->pipe), &mem)) {
			node_extra_drop(n);
			return VFS_NO_MEMORY;
		}
		x->pipe = mem;
		memset(x->pipe, 0, offsetof(struct vfs_pipe, ring));
		x->pipe->alloc = alloc;
		x->pipe->node = n;
	}
	*out = x->pipe;
	return VFS_OK;
}

static enum vfs_err end_make(struct vfs_file *f)
{
	struct vfs_pipe *p;
	struct end *e;
	void *mem;
	enum vfs_err err = pipe_of(f->node, &p);

	if (err)
		return err;
	if (fief_alloc_zeroed(p->alloc, sizeof(*e), &mem)) {
		pipe_drop(p);
		return VFS_NO_MEMORY;
	}
	e = mem;
	e->pipe = p;
	e->file = f;
	e->seen = p->writers ? 0 : p->writers_seen;
	p->readers += !!(f->flags & VFS_READ);
	p->writers += !!(f->flags & VFS_WRITE);
	p->writers_seen += !!(f->flags & VFS_WRITE);
	list_add_last(&p->ends, &e->in_pipe);
	f->state = e;
	return VFS_OK;
}

/* ---- reading and writing ---- */

static void ring_get(struct vfs_pipe *p, char *to, size_t len)
{
	const size_t first =
		len < CAPACITY - p->start ? len : CAPACITY - p->start;

	memcpy(to, p->ring + p->start, first);
	memcpy(to + first, p->ring, len - first);
	p->start = (p->start + len) % CAPACITY;
	p->used -= len;
}

static void ring_put(struct vfs_pipe *p, const char *from, size_t len)
{
	const size_t at = (p->start + p->used) % CAPACITY;
	const size_t first = len < CAPACITY - at ? len : CAPACITY - at;

	memcpy(p->ring + at, from, first);
	memcpy(p->ring, from + first, len - first);
	p->used += len;
}

static enum vfs_err file_read(struct vfs_file *f, struct vfs_op *op)
{
	struct vfs_pipe *p = ((struct end *)f->state)->pipe;

	if (!p->used || !op->len)
		return p->writers && op->len ? VFS_AGAIN : VFS_OK;
	op->count = op->len < p->used ? op->len : p->used;
	ring_get(p, op->buf, op->count);
	tell_ends(p, VFS_WRITE);
	return VFS_OK;
}

static enum vfs_err file_write(struct vfs_file *f, struct vfs_op *op)
{
	struct vfs_pipe *p = ((struct end *)f->state)->pipe;
	const size_t room = CAPACITY - p->used;

	if (!op->len)
		return VFS_OK;
	if (!p->readers)
		return VFS_BROKEN_PIPE;
	if (!room || (op->len <= ATOMIC && op->len > room))
		return VFS_AGAIN;
	op->count = op->len < room ? op->len : room;
	ring_put(p, op->data, op->count);
	tell_ends(p, VFS_READ);
	return VFS_OK;
}

static unsigned file_can(struct vfs_file *f)
{
	const struct end *e = f->state;
	const struct vfs_pipe *p = e->pipe;
	unsigned can = 0;

	if (f->flags & VFS_READ && p->used)
		can |= VFS_CAN_READ;
	if (f->flags & VFS_READ && !p->writers && e->seen != p->writers_seen)
		can |= VFS_CAN_READ | VFS_HUNG_UP;
	if (f->flags & VFS_WRITE && CAPACITY - p->used >= ATOMIC)
		can |= VFS_CAN_WRITE;
	if (f->flags & VFS_WRITE && !p->readers)
		can |= VFS_CAN_WRITE | VFS_HUNG_UP;
	return can;
}

static const struct vfs_file_ops pipe_file_ops = {
	.stream = true,
	.close = file_close,
	.read = file_read,
	.write = file_write,
	.ready = file_can,
};

/* ---- opening ---- */

static bool waits(const struct vfs_file *f)
{
	const struct vfs_pipe *p = ((const struct end *)f->state)->pipe;

	return f->flags & VFS_READ ? !p->writers : !p->readers;
}

static bool is_other_end(uint32_t a, uint32_t b)
{
	return (a & VFS_READ && b & VFS_WRITE) ||
	       (a & VFS_WRITE && b & VFS_READ);
}

/* Those of the other end do not wait any more, even if this one closes at once. */
static void opening_end(struct vfs_pipe *p, uint32_t flags)
{
	LIST_FOR_EACH_SAFE(op, &p->opening, struct vfs_op, link) {
		if (!is_other_end(op->file->flags, flags))
			continue;
		list_remove(&op->link);
		vfs_op_end_soon(op->file->vfs, op, VFS_OK);
	}
}

static void open_cancel(struct vfs_op *op)
{
	list_remove(&op->link);
	end_close(op->file->state);
	vfs_op_end(op, VFS_CANCELED);
}

enum vfs_err fifo_open(struct vfs_file *f, struct vfs_op *op)
{
	const uint32_t flags = f->flags & (VFS_READ | VFS_WRITE);
	enum vfs_err e = flags ? end_make(f) : VFS_INVALID;
	struct end *end = f->state;

	if (e)
		return e;
	f->ops = &pipe_file_ops;
	opening_end(end->pipe, flags);
	if (flags == (VFS_READ | VFS_WRITE) || !waits(f))
		return VFS_OK;
	if (!(f->flags & VFS_NONBLOCK)) {
		end->seen = 0;
		list_add_last(&end->pipe->opening, &op->link);
		op->cancel = open_cancel;
		if (op->waits)
			op->waits(op);
		return VFS_LATE;
	}
	if (flags == VFS_READ)
		return VFS_OK;
	end_close(end);
	return VFS_NO_READER;
}

/* ---- pipes without a name ---- */

struct pipe_node {
	struct vfs_node node;
	struct vfs_stat stat;
};

static void pipe_put(struct vfs_node *n)
{
	fief_free(n->fs->vfs->alloc,
	          FIEF_CONTAINER_OF(n, struct pipe_node, node),
	          sizeof(struct pipe_node));
}

static enum vfs_err pipe_stat(struct vfs_node *n, struct vfs_op *op)
{
	op->stat = FIEF_CONTAINER_OF(n, struct pipe_node, node)->stat;
	return VFS_OK;
}

static const struct vfs_node_ops pipe_node_ops = {
	.put = pipe_put,
	.stat = pipe_stat,
};

static enum vfs_err pipe_node(struct vfs *v, const struct vfs_op *op,
                              struct vfs_node **out)
{
	const int64_t now = vfs_now(v);
	struct pipe_node *n;
	void *mem;

	if (fief_alloc(v->alloc, sizeof(*n), &mem))
		return VFS_NO_MEMORY;
	n = mem;
	vfs_node_init(&n->node, &v->tree_fs, &pipe_node_ops, VFS_FIFO);
	n->stat = (struct vfs_stat){
		.dev = v->tree_fs.dev,
		.ino = ++v->inos,
		.kind = VFS_FIFO,
		.mode = 0600,
		.links = 1,
		.uid = op->uid,
		.gid = op->gid,
		.block_size = ATOMIC,
		.atime = now,
		.mtime = now,
		.ctime = now,
		.btime = now,
	};
	*out = &n->node;
	return VFS_OK;
}

enum vfs_err vfs_pipe(struct vfs *v, struct vfs_op *op,
                      struct vfs_file *ends[2])
{
	const uint32_t own = op->flags & VFS_NONBLOCK;
	struct vfs_node *n = NULL;
	enum vfs_err e = pipe_node(v, op, &n);

	ends[0] = ends[1] = NULL;
	for (unsigned i = 0; i < 2 && !e; i++) {
		op->node = vfs_node_get(n);
		op->flags = VFS_NONBLOCK | (i ? VFS_WRITE : VFS_READ);
		op->walk.opened = NULL;
		e = file_open(v, op);
		if (e)
			vfs_node_put(op->node);
		else
			ends[i] = op->file;
	}
	vfs_node_put(n);
	if (e && ends[0])
		vfs_close(ends[0]);
	if (e)
		return e;
	for (unsigned i = 0; i < 2; i++)
		ends[i]->flags &= ~(uint32_t)VFS_NONBLOCK | own;
	return VFS_OK;
}
