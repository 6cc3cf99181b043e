/* SPDX-License-Identifier: MIT */
/* Locks of ranges, and who has them. */

#include <lib/mem.h>
#include <vfs/node.h>

#include "server.h"

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

/* Owners of locks of what is open, for when it is closed. */
static enum vfs_err locker_add(struct request *r, uint64_t owner)
{
	struct server *s = r->server;
	struct locker *l;
	void *mem;

	LIST_FOR_EACH(had, &r->fid->lockers, struct locker, in_fid)
		if (had->owner == owner)
			return VFS_OK;
	if (s->lockers >= FIDS_MAX)
		r->error = P9_ENFILE;
	if (r->error || fief_alloc_zeroed(s->alloc, sizeof(*l), &mem))
		return VFS_NO_MEMORY;
	l = mem;
	l->owner = owner;
	s->lockers++;
	list_add_last(&r->fid->lockers, &l->in_fid);
	return VFS_OK;
}

void fid_unlock(struct server *s, struct fid *f)
{
	while (f->lockers.first) {
		struct locker *l = LIST_OBJECT(list_take_first(&f->lockers),
		                               struct locker, in_fid);
		const struct vfs_lock all = { .end = UINT64_MAX,
			                      .owner = l->owner };

		vfs_unlock(f->file, &all);
		s->lockers--;
		fief_free(s->alloc, l, sizeof(*l));
	}
}

static enum vfs_err lock_begin(struct request *r)
{
	struct vfs_lock lock;
	enum vfs_err e;

	if (!lock_take(r, true, &lock))
		return VFS_INVALID;
	if (!r->fid->file)
		return VFS_NOT_OPEN;
	e = lock.kind == VFS_UNLOCK ? VFS_OK : locker_add(r, lock.owner);
	if (e)
		return e;
	request_op(r)->lock = lock;
	r->op.flags = VFS_NONBLOCK;
	return vfs_lock(r->fid->file, &r->op);
}

/* Who waits asks again: the answer comes at once. */
enum vfs_err run_lock(struct request *r, enum vfs_err e)
{
	if (!r->stage++) {
		e = lock_begin(r);
		if (e == VFS_LATE)
			return e;
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
