/* SPDX-License-Identifier: MIT */
/* What is known of files. */

#include <lib/mem.h>
#include <vfs/node.h>

#include "server.h"

enum { SECOND = 1000000000 };

/* ---- stat ---- */

/* What is open may have no name any more. */
static enum vfs_err stat_begin(struct request *r)
{
	struct vfs_op *op = request_op(r);

	if (r->fid->file)
		return vfs_file_stat(r->fid->file, op);
	fid_point(r, r->fid);
	op->flags = VFS_NOFOLLOW;
	return vfs_find(r->server->vfs, op);
}

static void put_time(struct p9_out *out, int64_t t)
{
	int64_t s = t / SECOND, ns = t % SECOND;

	if (ns < 0) {
		s--;
		ns += SECOND;
	}
	p9_put_u64(out, (uint64_t)s);
	p9_put_u64(out, (uint64_t)ns);
}

/* As Linux has device numbers. */
static uint64_t device_number(uint64_t rdev)
{
	const uint64_t major = rdev >> 32, minor = rdev & UINT32_MAX;

	return (minor & 0xff) | (major & 0xfff) << 8 |
	       (minor & ~0xffull) << 12 | (major & ~0xfffull) << 32;
}

static void stat_put(struct p9_out *out, const struct vfs_stat *s)
{
	enum { BASIC = 0x7ff };

	p9_put_u64(out, BASIC);
	p9_put_qid(out, s);
	p9_put_u32(out, p9_mode(s));
	p9_put_u32(out, s->uid);
	p9_put_u32(out, s->gid);
	p9_put_u64(out, s->links);
	p9_put_u64(out, device_number(s->rdev));
	p9_put_u64(out, s->size);
	p9_put_u64(out, s->block_size);
	p9_put_u64(out, s->blocks);
	put_time(out, s->atime);
	put_time(out, s->mtime);
	put_time(out, s->ctime);
	put_time(out, s->btime);
	p9_put_u64(out, 0); /* generation, */
	p9_put_u64(out, 0); /* and version: there are none */
}

enum vfs_err run_stat(struct request *r, enum vfs_err e)
{
	if (!r->stage++) {
		p9_u64(&r->in); /* what is wanted: it gets all */
		return p9_done(&r->in) ? stat_begin(r) :
		                         request_end(r, VFS_INVALID);
	}
	if (!e)
		stat_put(&r->out, &r->op.stat);
	if (!e && r->op.node)
		vfs_node_put(r->op.node);
	return request_end(r, e);
}

/* ---- changes ---- */

enum {
	SET_MODE = 1 << 0,
	SET_UID = 1 << 1,
	SET_GID = 1 << 2,
	SET_SIZE = 1 << 3,
	SET_ATIME = 1 << 4,
	SET_MTIME = 1 << 5,
	GIVEN_ATIME = 1 << 7,
	GIVEN_MTIME = 1 << 8,
};

static const struct {
	uint32_t theirs, ours;
} sets[] = {
	{ SET_MODE, VFS_SET_MODE },   { SET_UID, VFS_SET_UID },
	{ SET_GID, VFS_SET_GID },     { SET_SIZE, VFS_SET_SIZE },
	{ SET_ATIME, VFS_SET_ATIME }, { SET_MTIME, VFS_SET_MTIME },
};

/* What is given, or now. */
static int64_t take_time(struct request *r, bool given)
{
	const int64_t s = (int64_t)p9_u64(&r->in),
		      most = INT64_MAX / SECOND - 1;
	const uint64_t ns = p9_u64(&r->in);

	if (!given)
		return vfs_now(r->server->vfs);
	if (ns >= SECOND || s > most || s < -most)
		r->in.bad = true;
	return r->in.bad ? 0 : s * SECOND + (int64_t)ns;
}

static bool change_take(struct request *r)
{
	const uint32_t valid = p9_u32(&r->in);
	struct vfs_change *c = &r->change;

	c->mode = p9_u32(&r->in) & VFS_MODE_MASK;
	c->uid = p9_u32(&r->in);
	c->gid = p9_u32(&r->in);
	c->size = p9_u64(&r->in);
	c->atime = take_time(r, valid & GIVEN_ATIME);
	c->mtime = take_time(r, valid & GIVEN_MTIME);
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		if (valid & sets[i].theirs)
			c->what |= sets[i].ours;
	return p9_done(&r->in);
}

static enum vfs_err change_begin(struct request *r)
{
	struct vfs_op *op = request_op(r);

	op->change = &r->change;
	op->flags = VFS_NOFOLLOW;
	fid_point(r, r->fid);
	return vfs_change(r->server->vfs, op);
}

static enum vfs_err change_open(struct request *r)
{
	struct vfs_op *op = request_op(r);

	op->change = &r->change;
	return vfs_file_change(r->fid->file, op);
}

/* What is open may have another name by now, or none; its size is changed by who
 * may write to it, or by name. */
static bool by_open(const struct request *r)
{
	const struct vfs_file *f = r->fid->file;

	return f && (f->flags & VFS_WRITE || !(r->change.what & VFS_SET_SIZE));
}

enum vfs_err run_change(struct request *r, enum vfs_err e)
{
	if (r->stage++)
		return request_end(r, e);
	if (!change_take(r))
		return request_end(r, VFS_INVALID);
	if (!r->change.what)
		return request_end(r, VFS_OK);
	return by_open(r) ? change_open(r) : change_begin(r);
}

/* ---- the file system ---- */

/* A tree has no bounds that could be told. */
enum vfs_err run_statfs(struct request *r, enum vfs_err e)
{
	enum { TYPE = 0x01021997, BLOCK = 4096, COUNTS = 6 };

	if (!p9_done(&r->in))
		return request_end(r, VFS_INVALID);
	p9_put_u32(&r->out, TYPE);
	p9_put_u32(&r->out, BLOCK);
	for (unsigned i = 0; i < COUNTS; i++)
		p9_put_u64(&r->out, 0);
	p9_put_u32(&r->out, VFS_NAME_MAX);
	return request_end(r, e);
}
