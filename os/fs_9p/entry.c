/* SPDX-License-Identifier: MIT */
/* Entries of directories: made, renamed, removed. */

#include <lib/mem.h>

#include "server.h"

/* The directory that a request begins with; a name in it. */
static bool name_take(struct request *r, char name[VFS_NAME_MAX + 1])
{
	p9_text(&r->in, name, VFS_NAME_MAX + 1);
	return !r->in.bad && name_valid(name);
}

/* ---- making ---- */

static enum vfs_err make(struct request *r, enum vfs_kind kind, uint32_t mode)
{
	struct vfs_op *op;

	if (!p9_done(&r->in))
		return VFS_INVALID;
	if (!r->fid->dir)
		return VFS_NOT_DIR;
	fid_within(r, r->fid);
	op = request_op(r);
	op->at = r->at;
	op->path = r->name;
	op->to_path = r->path;
	op->kind = kind;
	op->mode = mode & VFS_MODE_MASK;
	return vfs_make(r->server->vfs, op);
}

static enum vfs_err find_made(struct request *r)
{
	struct vfs_op *op;

	vfs_node_put(r->op.node);
	op = request_op(r);
	op->at = r->at;
	op->path = r->name;
	op->flags = VFS_NOFOLLOW;
	return vfs_find(r->server->vfs, op);
}

static enum vfs_err making(struct request *r, enum vfs_err e,
                           enum vfs_err (*first)(struct request *))
{
	if (!r->stage++)
		e = name_take(r, r->name) ? first(r) : VFS_INVALID;
	else if (!e && r->stage == 2)
		return find_made(r);
	else if (!e)
		p9_put_qid(&r->out, &r->op.stat);
	if (!e && r->stage > 2) {
		vfs_node_put(r->op.node);
		return request_end(r, e);
	}
	return e && e != VFS_LATE ? request_end(r, e) : e;
}

static enum vfs_err dir_first(struct request *r)
{
	const uint32_t mode = p9_u32(&r->in);

	p9_u32(&r->in); /* group */
	return make(r, VFS_DIR, mode);
}

enum vfs_err run_make_dir(struct request *r, enum vfs_err e)
{
	return making(r, e, dir_first);
}

static enum vfs_err fifo_first(struct request *r)
{
	enum { TYPE = 0170000, FIFO = 0010000 };
	const uint32_t mode = p9_u32(&r->in);

	p9_u32(&r->in);
	p9_u32(&r->in);
	p9_u32(&r->in);
	if ((mode & TYPE) != FIFO)
		return VFS_NOT_PERMITTED; /* nobody can make devices */
	return make(r, VFS_FIFO, mode);
}

enum vfs_err run_make_node(struct request *r, enum vfs_err e)
{
	return making(r, e, fifo_first);
}

static enum vfs_err symlink_first(struct request *r)
{
	p9_text(&r->in, r->path, sizeof(r->path));
	p9_u32(&r->in);
	return make(r, VFS_SYMLINK, 0777);
}

enum vfs_err run_make_symlink(struct request *r, enum vfs_err e)
{
	return making(r, e, symlink_first);
}

/* ---- two of them ---- */

static bool fid_take(struct request *r)
{
	const uint32_t number = p9_u32(&r->in);

	r->to = r->in.bad ? NULL : fid_find(r->server, number);
	if (r->to)
		r->to->uses++;
	return r->to;
}

static enum vfs_err link_begin(struct request *r)
{
	struct vfs_op *op;

	if (!fid_take(r))
		return VFS_NOT_OPEN;
	if (!name_take(r, r->name) || !p9_done(&r->in))
		return VFS_INVALID;
	if (!r->fid->dir)
		return VFS_NOT_DIR;
	fid_to_within(r, r->fid);
	op = request_op(r);
	fid_point(r, r->to);
	op->to_at = r->to_at;
	op->to_path = r->name;
	op->flags = VFS_NOFOLLOW;
	return vfs_link(r->server->vfs, op);
}

enum vfs_err run_link(struct request *r, enum vfs_err e)
{
	if (r->stage++)
		return request_end(r, e);
	e = link_begin(r);
	return e && e != VFS_LATE ? request_end(r, e) : e;
}

/* From r->name in r->at to r->to_name in the directory of r->to. */
static enum vfs_err rename_begin(struct request *r)
{
	struct vfs_op *op;

	if (!p9_done(&r->in))
		return VFS_INVALID;
	if (!r->to->dir)
		return VFS_NOT_DIR;
	fid_to_within(r, r->to);
	op = request_op(r);
	op->at = r->at;
	op->path = r->name;
	op->to_at = r->to_at;
	op->to_path = r->to_name;
	return vfs_rename(r->server->vfs, op);
}

static enum vfs_err renameat_begin(struct request *r)
{
	if (!name_take(r, r->name))
		return VFS_INVALID;
	if (!fid_take(r))
		return VFS_NOT_OPEN;
	if (!name_take(r, r->to_name))
		return VFS_INVALID;
	if (!r->fid->dir)
		return VFS_NOT_DIR;
	fid_within(r, r->fid);
	return rename_begin(r);
}

enum vfs_err run_rename(struct request *r, enum vfs_err e)
{
	if (!r->stage++) {
		e = renameat_begin(r);
		return e && e != VFS_LATE ? request_end(r, e) : e;
	}
	if (!e)
		fids_renamed(r->server, r->at, r->name, r->to_at, r->to_name);
	return request_end(r, e);
}

static enum vfs_err rename_fid_begin(struct request *r)
{
	if (!fid_take(r))
		return VFS_NOT_OPEN;
	if (!name_take(r, r->to_name))
		return VFS_INVALID;
	if (!r->fid->parent)
		return VFS_BUSY; /* it is all that there is */
	fid_point(r, r->fid);
	memcpy(r->name, r->at_name, sizeof(r->name));
	return rename_begin(r);
}

enum vfs_err run_rename_fid(struct request *r, enum vfs_err e)
{
	if (!r->stage++) {
		e = rename_fid_begin(r);
		return e && e != VFS_LATE ? request_end(r, e) : e;
	}
	if (!e)
		fids_renamed(r->server, r->at, r->name, r->to_at, r->to_name);
	return request_end(r, e);
}

/* ---- links ---- */

enum vfs_err run_target(struct request *r, enum vfs_err e)
{
	struct vfs_op *op;

	if (!r->stage++) {
		if (!p9_done(&r->in))
			return request_end(r, VFS_INVALID);
		op = request_op(r);
		fid_point(r, r->fid);
		op->flags = VFS_NOFOLLOW;
		op->buf = r->path;
		op->len = VFS_PATH_MAX;
		return vfs_target(r->server->vfs, op);
	}
	if (!e)
		p9_put_text(&r->out, r->path, r->op.count);
	return request_end(r, e);
}

/* ---- removing ---- */

/* r->name in r->at. */
static enum vfs_err remove_begin(struct request *r, bool directory)
{
	struct vfs_op *op = request_op(r);

	op->at = r->at;
	op->path = r->name;
	op->flags = directory ? VFS_DIRECTORY : 0;
	return vfs_remove(r->server->vfs, op);
}

static enum vfs_err unlinkat_begin(struct request *r)
{
	enum { REMOVE_DIR = 0x200 };
	uint32_t flags;

	if (!name_take(r, r->name))
		return VFS_INVALID;
	flags = p9_u32(&r->in);
	if (!p9_done(&r->in))
		return VFS_INVALID;
	if (!r->fid->dir)
		return VFS_NOT_DIR;
	fid_within(r, r->fid);
	return remove_begin(r, flags & REMOVE_DIR);
}

enum vfs_err run_remove(struct request *r, enum vfs_err e)
{
	if (r->stage++)
		return request_end(r, e);
	e = unlinkat_begin(r);
	return e && e != VFS_LATE ? request_end(r, e) : e;
}

/* The fid goes, whatever comes of it. */
enum vfs_err run_remove_fid(struct request *r, enum vfs_err e)
{
	struct fid *f = r->fid;

	if (r->stage++)
		return request_end(r, e);
	if (!f->gone)
		fid_clunk(r->server, f);
	if (!p9_done(&r->in))
		return request_end(r, VFS_INVALID);
	if (!f->parent)
		return request_end(r, VFS_BUSY);
	fid_point(r, f);
	memcpy(r->name, r->at_name, sizeof(r->name));
	return remove_begin(r, f->dir);
}

enum vfs_err run_unsupported(struct request *r, enum vfs_err e)
{
	(void)e;
	return request_end(r, VFS_UNSUPPORTED);
}
