/* SPDX-License-Identifier: MIT */
/* What is known of files; locks. */

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
	fid_point(r->fid, op);
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
	const uint64_t s = p9_u64(&r->in), ns = p9_u64(&r->in);

	if (!given)
		return vfs_now(r->server->vfs);
	if (ns >= SECOND || s > INT64_MAX / SECOND - 1)
		r->in.bad = true;
	return r->in.bad ? 0 : (int64_t)(s * SECOND + ns);
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
	fid_point(r->fid, op);
	return vfs_change(r->server->vfs, op);
}

static enum vfs_err change_open(struct request *r)
{
	struct vfs_op *op = request_op(r);

	op->change = &r->change;
	return vfs_file_change(r->fid->file, op);
}

/* By its name; what is open and has none any more, by that. */
enum vfs_err run_change(struct request *r, enum vfs_err e)
{
	switch (r->stage++) {
	case 0:
		if (!change_take(r))
			return request_end(r, VFS_INVALID);
		return r->change.what ? change_begin(r) :
		                        request_end(r, VFS_OK);
	case 1:
		return e == VFS_NOT_FOUND && r->fid->file ? change_open(r) :
		                                            request_end(r, e);
	default:
		return request_end(r, e);
	}
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

/* ---- locks ---- */

enum { LOCK_READ, LOCK_WRITE, LOCK_NONE };
enum { STATUS_SUCCESS, STATUS_BLOCKED };

static bool lock_take(struct request *r, bool flags, struct vfs_lock *out)
{
	static const uint8_t kinds[] = {
		[LOCK_READ] = VFS_LOCK_SHARED,
		[LOCK_WRITE] = VFS_LOCK_EXCLUSIVE,
		[LOCK_NONE] = VFS_UNLOCK,
	};
	const uint8_t type = p9_u8(&r->in);
	uint64_t length;
	uint32_t process;

	if (flags)
		p9_u32(&r->in);
	*out = (struct vfs_lock){ .pos = p9_u64(&r->in) };
	length = p9_u64(&r->in);
	process = p9_u32(&r->in);
	p9_text(&r->in, r->name, sizeof(r->name));
	if (!p9_done(&r->in) || type > LOCK_NONE)
		return false;
	out->kind = kinds[type];
	out->end = !length || length > UINT64_MAX - out->pos ?
	                   UINT64_MAX :
	                   out->pos + length;
	out->owner =
		(uint64_t)vfs_hash(r->name, strlen(r->name)) << 32 | process;
	return true;
}

/* Who waits asks again: the answer comes at once. */
enum vfs_err run_lock(struct request *r, enum vfs_err e)
{
	struct vfs_lock lock;

	if (!r->stage++) {
		if (!lock_take(r, true, &lock))
			return request_end(r, VFS_INVALID);
		if (!r->fid->file)
			return request_end(r, VFS_NOT_OPEN);
		request_op(r)->lock = lock;
		r->op.flags = VFS_NONBLOCK;
		return vfs_lock(r->fid->file, &r->op);
	}
	p9_put_u8(&r->out, e == VFS_AGAIN ? STATUS_BLOCKED : STATUS_SUCCESS);
	return request_end(r, e == VFS_AGAIN ? VFS_OK : e);
}

static void lock_put(struct request *r)
{
	static const uint8_t types[] = {
		[VFS_UNLOCK] = LOCK_NONE,
		[VFS_LOCK_SHARED] = LOCK_READ,
		[VFS_LOCK_EXCLUSIVE] = LOCK_WRITE,
	};
	const struct vfs_lock *l = &r->op.lock;

	p9_put_u8(&r->out, types[l->kind]);
	p9_put_u64(&r->out, l->pos);
	p9_put_u64(&r->out, l->end == UINT64_MAX ? 0 : l->end - l->pos);
	p9_put_u32(&r->out, (uint32_t)l->owner);
	p9_put_text(&r->out, r->name, strlen(r->name));
}

enum vfs_err run_lock_test(struct request *r, enum vfs_err e)
{
	struct vfs_lock lock;

	if (!r->stage++) {
		if (!lock_take(r, false, &lock))
			return request_end(r, VFS_INVALID);
		if (!r->fid->file)
			return request_end(r, VFS_NOT_OPEN);
		request_op(r)->lock = lock;
		return vfs_lock_test(r->fid->file, &r->op);
	}
	if (!e)
		lock_put(r);
	return request_end(r, e);
}
