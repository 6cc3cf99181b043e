/* SPDX-License-Identifier: MIT */
/* What is open. */

#include "internal.h"

static const struct vfs_file_ops no_ops;

/* ---- opening and closing ---- */

static enum vfs_err file_opened(struct vfs_op *op, enum vfs_err e)
{
	struct vfs_file *f = op->file;

	if (e && f) {
		vfs_node_put(f->node);
		vfs_place_put(f->place);
		fief_free(&f->vfs->files.alloc, f, sizeof(*f));
		op->file = NULL;
	}
	return op->walk.opened ? op->walk.opened(op, e) : e;
}

static enum vfs_err file_truncate(struct vfs_op *op, enum vfs_err e)
{
	static const struct vfs_change empty = { .what = VFS_SET_SIZE };
	struct vfs_node *n = op->file->node;

	if (e || !(op->flags & VFS_TRUNCATE) || n->kind != VFS_FILE)
		return file_opened(op, e);
	op->change = &empty;
	e = n->ops->change ? n->ops->change(n, op) : VFS_READ_ONLY;
	if (e != VFS_LATE)
		return file_opened(op, e);
	op->step = file_opened;
	return e;
}

enum vfs_err file_open(struct vfs *v, struct vfs_op *op)
{
	struct vfs_node *n = op->node;
	struct vfs_file *f;
	void *mem;
	enum vfs_err e = VFS_OK;

	op->file = NULL;
	if (fief_alloc(&v->files.alloc, sizeof(*f), &mem))
		return file_opened(op, VFS_NO_MEMORY);
	f = mem;
	*f = (struct vfs_file){
		.ops = &no_ops,
		.node = n,
		.flags = op->flags,
		.refs = 1,
		.vfs = v,
	};
	if (n->kind == VFS_DIR)
		f->place = vfs_place_get(op->walk.at);
	op->file = f;
	op->node = NULL;
	if (op->flags & VFS_PATH_ONLY)
		return file_opened(op, VFS_OK);
	if (n->ops->open)
		e = n->ops->open(n, f, op);
	else if (n->kind == VFS_FIFO)
		e = fifo_open(f, op);
	else if (n->kind != VFS_DIR)
		e = VFS_NO_DEVICE;
	if (e != VFS_LATE)
		return file_truncate(op, e);
	op->step = file_truncate;
	return e;
}

enum vfs_err vfs_open_node(struct vfs *v, struct vfs_op *op)
{
	enum vfs_err e = VFS_IS_DIR;

	if (op->node->kind != VFS_DIR)
		e = file_open(v, op);
	if (e != VFS_LATE) {
		vfs_node_put(op->node);
		op->node = NULL;
	}
	return e;
}

struct vfs_file *vfs_file_get(struct vfs_file *f)
{
	f->refs++;
	return f;
}

void vfs_close(struct vfs_file *f)
{
	if (--f->refs)
		return;
	locks_close(f);
	if (f->ops->close)
		f->ops->close(f);
	vfs_node_put(f->node);
	vfs_place_put(f->place);
	fief_free(&f->vfs->files.alloc, f, sizeof(*f));
}

/* ---- reading and writing ---- */

static enum vfs_err usable(const struct vfs_file *f, uint32_t flag)
{
	return f->flags & flag && !(f->flags & VFS_PATH_ONLY) ? VFS_OK :
	                                                        VFS_NOT_OPEN;
}

/* In the order in which Linux finds what is wrong. */
static enum vfs_err range(const struct vfs_file *f, struct vfs_op *op,
                          uint32_t flag)
{
	enum vfs_err e = usable(f, flag);

	op->count = 0;
	if (e)
		return e;
	if (op->pos > VFS_SIZE_MAX || op->len > VFS_SIZE_MAX - op->pos)
		return VFS_INVALID;
	return f->node->kind == VFS_DIR ? VFS_IS_DIR : VFS_OK;
}

static enum vfs_err read_at(struct vfs_file *f, struct vfs_op *op)
{
	enum vfs_err e = range(f, op, VFS_READ);

	if (e)
		return e;
	return f->ops->read ? f->ops->read(f, op) : VFS_INVALID;
}

static enum vfs_err write_at(struct vfs_file *f, struct vfs_op *op)
{
	enum vfs_err e = range(f, op, VFS_WRITE);

	if (e || (!op->len && f->node->kind == VFS_FILE))
		return e;
	return f->ops->write ? f->ops->write(f, op) : VFS_INVALID;
}

enum vfs_err vfs_pread(struct vfs_file *f, struct vfs_op *op)
{
	return f->ops->stream ? VFS_NO_SEEK : read_at(f, op);
}

enum vfs_err vfs_pwrite(struct vfs_file *f, struct vfs_op *op)
{
	return f->ops->stream ? VFS_NO_SEEK : write_at(f, op);
}

enum vfs_err vfs_map(struct vfs_file *f, struct vfs_op *op)
{
	enum vfs_err e = range(f, op, VFS_READ);

	if (e)
		return e;
	return f->ops->map ? f->ops->map(f, op) : VFS_UNSUPPORTED;
}

enum vfs_err vfs_peek(struct vfs_file *f, struct vfs_op *op)
{
	enum vfs_err e = range(f, op, VFS_READ);

	if (e)
		return e;
	return f->ops->peek ? f->ops->peek(f, op) : VFS_UNSUPPORTED;
}

void vfs_peek_end(struct vfs_file *f, struct vfs_op *op)
{
	if (f->ops->peek_end)
		f->ops->peek_end(f, op);
}

static enum vfs_err moved(struct vfs_op *op, enum vfs_err e)
{
	if (!e && !op->file->ops->stream)
		op->file->pos = op->pos + op->count;
	return e;
}

static enum vfs_err here(struct vfs_file *f, struct vfs_op *op,
                         enum vfs_err (*io)(struct vfs_file *, struct vfs_op *))
{
	enum vfs_err e;

	op->file = f;
	op->pos = f->pos;
	e = io(f, op);
	if (e != VFS_LATE)
		return moved(op, e);
	op->step = moved;
	return e;
}

enum vfs_err vfs_read(struct vfs_file *f, struct vfs_op *op)
{
	return here(f, op, read_at);
}

enum vfs_err vfs_write(struct vfs_file *f, struct vfs_op *op)
{
	return here(f, op, write_at);
}

/* ---- the position ---- */

static enum vfs_err seek_by(struct vfs_op *op, uint64_t from)
{
	const int64_t by = (int64_t)op->pos;
	uint64_t to = from + (uint64_t)by;

	if ((by < 0 && to > from) || (by >= 0 && to < from) ||
	    to > VFS_SIZE_MAX)
		return VFS_INVALID;
	op->pos = op->file->pos = to;
	return VFS_OK;
}

static enum vfs_err seek_end(struct vfs_op *op, enum vfs_err e)
{
	return e ? e : seek_by(op, op->stat.size);
}

static enum vfs_err seek_found(struct vfs_op *op, enum vfs_err e)
{
	if (!e)
		op->file->pos = op->pos;
	return e;
}

static enum vfs_err seek_data(struct vfs_file *f, bool hole, struct vfs_op *op)
{
	enum vfs_err e;

	if (!f->ops->seek)
		return VFS_INVALID;
	if (op->pos > VFS_SIZE_MAX)
		return VFS_NO_DATA;
	e = f->ops->seek(f, hole, op);
	if (e != VFS_LATE)
		return seek_found(op, e);
	op->step = seek_found;
	return e;
}

enum vfs_err vfs_seek(struct vfs_file *f, enum vfs_whence whence,
                      struct vfs_op *op)
{
	enum vfs_err e;

	if (f->flags & VFS_PATH_ONLY)
		return VFS_NOT_OPEN;
	if (f->ops->stream)
		return VFS_NO_SEEK;
	op->file = f;
	if (whence == VFS_FROM_START || whence == VFS_FROM_HERE)
		return seek_by(op, whence == VFS_FROM_HERE ? f->pos : 0);
	if (f->node->kind == VFS_DIR)
		return VFS_INVALID;
	if (whence != VFS_FROM_END)
		return seek_data(f, whence == VFS_TO_HOLE, op);
	e = f->node->ops->stat(f->node, op);
	if (e != VFS_LATE)
		return seek_end(op, e);
	op->step = seek_end;
	return e;
}

/* ---- the rest ---- */

enum vfs_err vfs_file_stat(struct vfs_file *f, struct vfs_op *op)
{
	return f->node->ops->stat(f->node, op);
}

enum vfs_err vfs_file_change(struct vfs_file *f, struct vfs_op *op)
{
	if (f->flags & VFS_PATH_ONLY)
		return VFS_NOT_OPEN;
	if (op->change->what & VFS_SET_SIZE &&
	    (!(f->flags & VFS_WRITE) || f->node->kind != VFS_FILE))
		return VFS_INVALID;
	if (op->change->what & VFS_SET_SIZE && op->change->size > VFS_SIZE_MAX)
		return VFS_INVALID;
	return f->node->ops->change ? f->node->ops->change(f->node, op) :
	                              VFS_READ_ONLY;
}

enum vfs_err vfs_sync(struct vfs_file *f, struct vfs_op *op)
{
	if (f->flags & VFS_PATH_ONLY)
		return VFS_NOT_OPEN;
	return f->ops->sync ? f->ops->sync(f, op) : VFS_OK;
}

enum vfs_err vfs_allocate(struct vfs_file *f, unsigned how, struct vfs_op *op)
{
	enum vfs_err e;

	if (!op->len || op->pos > VFS_SIZE_MAX)
		return VFS_INVALID;
	if (how & VFS_ALLOCATE_PUNCH &&
	    how != (VFS_ALLOCATE_PUNCH | VFS_ALLOCATE_KEEP_SIZE))
		return VFS_UNSUPPORTED;
	e = usable(f, VFS_WRITE);
	if (e)
		return e;
	if (f->node->kind == VFS_DIR)
		return VFS_IS_DIR;
	if (op->len > VFS_SIZE_MAX - op->pos)
		return VFS_TOO_BIG;
	return f->ops->allocate ? f->ops->allocate(f, how, op) :
	                          VFS_UNSUPPORTED;
}

unsigned vfs_ready(struct vfs_file *f)
{
	return f->ops->ready ? f->ops->ready(f) : VFS_CAN_READ | VFS_CAN_WRITE;
}
