/* SPDX-License-Identifier: MIT */
/* What is open. */

#include <lib/mem.h>
#include <vfs/dirent.h>

#include "server.h"

/* Of Linux on x86-64. */
enum {
	O_ACCESS = 3,
	O_EXCLUSIVE = 0200,
	O_TRUNCATE = 01000,
	O_APPENDING = 02000,
	O_NONBLOCKING = 04000,
	O_DIR = 0200000,
};

static const struct {
	uint32_t theirs, ours;
} flags[] = {
	{ O_EXCLUSIVE, VFS_EXCLUSIVE }, { O_TRUNCATE, VFS_TRUNCATE },
	{ O_APPENDING, VFS_APPEND },    { O_NONBLOCKING, VFS_NONBLOCK },
	{ O_DIR, VFS_DIRECTORY },
};

static uint32_t flags_of(uint32_t theirs)
{
	static const uint32_t access[] = { VFS_READ, VFS_WRITE,
		                           VFS_READ | VFS_WRITE, VFS_READ };
	uint32_t ours = access[theirs & O_ACCESS] | VFS_NOFOLLOW;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (theirs & flags[i].theirs)
			ours |= flags[i].ours;
	return ours;
}

enum { CHANGING = VFS_WRITE | VFS_TRUNCATE | VFS_APPEND };

/* ---- opening ---- */

/* One at a time: what a fid has open does not change. */
static bool opens(struct request *r)
{
	if (r->fid->opening)
		return false;
	r->opens = r->fid->opening = true;
	return true;
}

static enum vfs_err open_begin(struct request *r)
{
	const uint32_t wanted = flags_of(p9_u32(&r->in));
	struct vfs_op *op;

	if (!p9_done(&r->in) || r->fid->file)
		return VFS_INVALID;
	if (!opens(r))
		return VFS_BUSY;
	if (wanted & CHANGING && !r->server->writeable)
		return VFS_READ_ONLY;
	op = request_op(r);
	fid_point(r, r->fid);
	op->flags = wanted & ~(uint32_t)VFS_EXCLUSIVE;
	return vfs_open(r->server->vfs, op);
}

static enum vfs_err create_begin(struct request *r)
{
	struct vfs_op *op;
	uint32_t wanted, mode;

	p9_text(&r->in, r->name, sizeof(r->name));
	wanted = flags_of(p9_u32(&r->in));
	mode = p9_u32(&r->in);
	p9_u32(&r->in); /* group */
	if (!p9_done(&r->in) || !name_valid(r->name) || r->fid->file)
		return VFS_INVALID;
	if (!r->fid->dir)
		return VFS_NOT_DIR;
	if (!opens(r))
		return VFS_BUSY;
	fid_within(r, r->fid);
	op = request_op(r);
	op->at = r->at;
	op->path = r->name;
	op->flags = wanted | VFS_CREATE;
	op->mode = mode & VFS_MODE_MASK;
	return vfs_open(r->server->vfs, op);
}

/* What was opened stays with the request until all is known of it. */
static enum vfs_err stat_opened(struct request *r)
{
	struct vfs_file *f = r->op.file;
	struct fid *fresh = r->fresh;

	fresh->file = f;
	request_op(r);
	return vfs_file_stat(f, &r->op);
}

static void take_opened(struct request *r)
{
	r->fid->file = r->fresh->file;
	r->fid->dev = r->op.stat.dev;
	r->fresh->file = NULL;
	p9_put_qid(&r->out, &r->op.stat);
	p9_put_u32(&r->out, 0); /* as much at a time as fits into a message */
}

/* A fid that is to hold it until then. */
static enum vfs_err opening(struct request *r, enum vfs_err e,
                            enum vfs_err (*first)(struct request *))
{
	switch (r->stage++) {
	case 0:
		e = fid_make(r);
		return e ? request_end(r, e) : first(r);
	case 1:
		return e ? request_end(r, e) : stat_opened(r);
	default:
		return request_end(r, e);
	}
}

enum vfs_err run_open(struct request *r, enum vfs_err e)
{
	e = opening(r, e, open_begin);
	if (r->ended && !e)
		take_opened(r);
	return e;
}

enum vfs_err run_create(struct request *r, enum vfs_err e)
{
	struct fid *f = r->fid;

	e = opening(r, e, create_begin);
	if (!r->ended || e)
		return e;
	vfs_place_put(f->parent);
	f->parent = f->place;
	f->place = NULL;
	f->dir = false; /* who asks with it still has the directory */
	memcpy(f->name, r->name, sizeof(f->name));
	take_opened(r);
	return e;
}

/* ---- bytes ---- */

/* Bytes that are asked for stand behind fid and position. */
static uint32_t count_of(const struct request *r)
{
	enum { AT = P9_HEADER + 12 };
	uint32_t count = 0;

	if (r->in.left >= 12 + sizeof(count))
		memcpy(&count, r->asked + AT, sizeof(count));
	return count < P9_MESSAGE_MAX ? count : P9_MESSAGE_MAX;
}

uint32_t room_io(const struct request *r)
{
	const uint32_t most =
		r->server->message - P9_HEADER - (uint32_t)sizeof(uint32_t);
	const uint32_t count = count_of(r);

	return (count < most ? count : most) + (uint32_t)sizeof(uint32_t);
}

enum io_stage { IO_PARSE, IO_BEGIN, IO_DONE };

static bool blocks(const struct request *r, enum vfs_err e)
{
	return e == VFS_AGAIN && !(r->fid->file->flags & VFS_NONBLOCK);
}

static enum vfs_err read_begin(struct request *r)
{
	struct vfs_file *f = r->fid->file;
	const uint64_t pos = r->change.size; /* kept there */
	struct vfs_op *op = request_op(r);

	op->buf = r->out.at + P9_HEADER + sizeof(uint32_t);
	op->len = r->out.size - P9_HEADER - sizeof(uint32_t);
	op->pos = pos;
	return f->ops->stream ? vfs_read(f, op) : vfs_pread(f, op);
}

static enum vfs_err read_parse(struct request *r)
{
	r->change.size = p9_u64(&r->in);
	r->count = p9_u32(&r->in);
	if (!p9_done(&r->in))
		return VFS_INVALID;
	if (!r->fid->file)
		return VFS_NOT_OPEN;
	return r->fid->dir ? VFS_IS_DIR : VFS_OK;
}

static enum vfs_err io_run(struct request *r, enum vfs_err e,
                           enum vfs_err (*parse)(struct request *),
                           enum vfs_err (*begin)(struct request *))
{
	switch (r->stage++) {
	case IO_PARSE:
		e = parse(r);
		return e ? request_end(r, e) : e;
	case IO_BEGIN:
		return begin(r);
	default:
		if (blocks(r, e))
			return request_wait(r, r->fid->file, IO_BEGIN);
		return request_end(r, e);
	}
}

enum vfs_err run_read(struct request *r, enum vfs_err e)
{
	e = io_run(r, e, read_parse, read_begin);
	if (!r->ended || e)
		return e;
	p9_put_u32(&r->out, (uint32_t)r->op.count);
	r->out.len += r->op.count;
	return e;
}

static enum vfs_err write_parse(struct request *r)
{
	r->change.size = p9_u64(&r->in);
	r->count = p9_u32(&r->in);
	if (r->in.bad || r->in.left != r->count)
		return VFS_INVALID;
	return r->fid->file ? VFS_OK : VFS_NOT_OPEN;
}

static enum vfs_err write_begin(struct request *r)
{
	struct vfs_file *f = r->fid->file;
	struct vfs_op *op = request_op(r);

	op->data = r->in.at;
	op->len = r->count;
	op->pos = r->change.size;
	if (!op->len)
		return VFS_OK;
	return f->ops->stream ? vfs_write(f, op) : vfs_pwrite(f, op);
}

enum vfs_err run_write(struct request *r, enum vfs_err e)
{
	e = io_run(r, e, write_parse, write_begin);
	if (r->ended && !e)
		p9_put_u32(&r->out, (uint32_t)r->op.count);
	return e;
}

enum vfs_err run_sync(struct request *r, enum vfs_err e)
{
	if (r->stage++)
		return request_end(r, e);
	p9_u32(&r->in);
	if (!p9_done(&r->in))
		return request_end(r, VFS_INVALID);
	if (!r->fid->file)
		return request_end(r, VFS_NOT_OPEN);
	return vfs_sync(r->fid->file, request_op(r));
}

/* ---- directories ---- */

enum { ALIGN = 8, ENTRY_HEAD = P9_QID + 8 + 1 + 2 };

/* Those of the tree are put behind the answer, and copied. */
uint32_t room_list(const struct request *r)
{
	return 2 * room_io(r) + ALIGN;
}

static size_t list_room(const struct request *r)
{
	return (r->out.size - P9_HEADER - ALIGN) / 2 - sizeof(uint32_t);
}

static enum vfs_err list_begin(struct request *r)
{
	struct vfs_file *f = r->fid->file;
	const size_t room = list_room(r);
	struct vfs_op *op = request_op(r);
	const uintptr_t behind = (uintptr_t)r->out.at + P9_HEADER +
	                         sizeof(uint32_t) + room + ALIGN - 1;

	op->buf = (void *)(behind & ~(uintptr_t)(ALIGN - 1));
	op->len = room;
	f->pos = r->change.size;
	return vfs_list(f, op);
}

static enum vfs_err list_parse(struct request *r)
{
	const enum vfs_err e = read_parse(r);

	if (e && e != VFS_IS_DIR)
		return e;
	if (!e)
		return VFS_NOT_DIR;
	return list_room(r) < VFS_DIRENT_MAX ? VFS_INVALID : VFS_OK;
}

static void entry_put(struct request *r, const struct vfs_dirent *d)
{
	const struct vfs_stat st = { .kind = d->kind < VFS_KINDS ?
		                                     (enum vfs_kind)d->kind :
		                                     VFS_FILE,
		                     .ino = d->ino,
		                     .dev = r->fid->dev };

	p9_put_qid(&r->out, &st);
	p9_put_u64(&r->out, d->next);
	p9_put_u8(&r->out, p9_dirent_type(st.kind));
	p9_put_text(&r->out, d->name, d->name_len);
}

/* The rest is asked for again. */
static void entries_put(struct request *r)
{
	const size_t from = P9_HEADER + sizeof(uint32_t);
	const size_t room = list_room(r);
	const struct vfs_dirent *d;
	uint32_t bytes = 0;

	p9_put_u32(&r->out, 0); /* at the end */
	for (size_t at = 0; (d = vfs_dirent_at(&r->op, at)); at += d->bytes) {
		if (r->out.len - from + ENTRY_HEAD + d->name_len > room)
			break;
		entry_put(r, d);
	}
	bytes = (uint32_t)(r->out.len - from);
	memcpy(r->out.at + P9_HEADER, &bytes, sizeof(bytes));
}

enum vfs_err run_list(struct request *r, enum vfs_err e)
{
	e = io_run(r, e, list_parse, list_begin);
	if (r->ended && !e)
		entries_put(r);
	return e;
}
