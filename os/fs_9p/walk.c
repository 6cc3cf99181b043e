/* SPDX-License-Identifier: MIT */
/* Where fids come from, and how they go. */

#include <lib/mem.h>

#include "server.h"

/* ---- the session ---- */

static void fids_drop(struct server *s)
{
	for (size_t i = 0; i < FID_BUCKETS; i++)
		while (s->bucket[i].first)
			fid_clunk(s, LIST_FIRST(&s->bucket[i], struct fid,
			                        in_bucket));
}

enum vfs_err run_version(struct request *r, enum vfs_err e)
{
	static const char ours[] = "9P2000.L", none[] = "unknown";
	struct server *s = r->server;
	const uint32_t wish = p9_u32(&r->in);
	bool known;

	p9_text(&r->in, r->name, sizeof(r->name));
	if (!p9_done(&r->in) || wish < P9_MESSAGE_MIN)
		return request_end(r, VFS_INVALID);
	requests_drop(s, r);
	fids_drop(s);
	known = !strcmp(r->name, ours);
	s->message = !known ? 0 : wish < P9_MESSAGE_MAX ? wish : P9_MESSAGE_MAX;
	p9_put_u32(&r->out, known ? s->message : wish);
	p9_put_text(&r->out, known ? ours : none,
	            known ? sizeof(ours) - 1 : sizeof(none) - 1);
	return request_end(r, e);
}

/* ---- attach ---- */

static enum vfs_err attach_begin(struct request *r)
{
	struct server *s = r->server;
	const char *path = r->path;
	struct vfs_op *op;
	uint32_t auth;
	enum vfs_err e;

	r->fresh_number = p9_u32(&r->in);
	auth = p9_u32(&r->in);
	p9_text(&r->in, r->name,
	        sizeof(r->name)); /* who: the owner of us all */
	p9_text(&r->in, r->path, sizeof(r->path));
	p9_u32(&r->in);
	if (!p9_done(&r->in) || auth != P9_NO_FID)
		return VFS_INVALID;
	while (*path == '/')
		path++;
	if (*path && !name_valid(path)) /* names below: by walks */
		return VFS_INVALID;
	e = fid_make(s, &r->fresh);
	if (e)
		return e;
	op = request_op(r);
	op->at = s->root;
	op->path = *path ? path : ".";
	return vfs_enter(s->vfs, op);
}

static enum vfs_err stat_begin(struct request *r, const struct fid *f)
{
	struct vfs_op *op = request_op(r);

	fid_point(f, op);
	op->flags = VFS_NOFOLLOW;
	return vfs_find(r->server->vfs, op);
}

static enum vfs_err attach_end(struct request *r)
{
	enum vfs_err e = fid_add(r->server, r->fresh, r->fresh_number);

	vfs_node_put(r->op.node);
	if (e)
		return e;
	r->fresh = NULL;
	p9_put_qid(&r->out, &r->op.stat);
	return VFS_OK;
}

enum vfs_err run_attach(struct request *r, enum vfs_err e)
{
	if (e)
		return request_end(r, e);
	switch (r->stage++) {
	case 0:
		e = attach_begin(r);
		break;
	case 1:
		r->fresh->dir = true;
		r->fresh->place = r->op.place;
		e = stat_begin(r, r->fresh);
		break;
	default:
		return request_end(r, attach_end(r));
	}
	return e && e != VFS_LATE ? request_end(r, e) : e;
}

/* ---- walk ---- */

enum walk_stage { WALK_BEGIN, WALK_NEXT, WALK_FOUND, WALK_ENTERED, WALK_UP };

static enum vfs_err walk_begin(struct request *r)
{
	enum vfs_err e;

	r->fresh_number = p9_u32(&r->in);
	r->left = p9_u16(&r->in);
	if (r->in.bad || r->left > P9_NAMES || r->fid->file)
		return VFS_INVALID;
	e = fid_make(r->server, &r->fresh);
	if (e)
		return e;
	fid_copy(r->fresh, r->fid);
	p9_put_u16(&r->out, 0); /* how many: at the end */
	return VFS_OK;
}

/* The parent of what is exported is that itself. */
static enum vfs_err walk_up(struct request *r)
{
	struct vfs_op *op;

	r->stage = WALK_UP;
	op = request_op(r);
	op->at = r->fresh->place;
	op->path = place_same(r->fresh->place, r->server->root) ? "." : "..";
	return vfs_enter(r->server->vfs, op);
}

static enum vfs_err walk_next(struct request *r)
{
	struct vfs_op *op;

	p9_text(&r->in, r->name, sizeof(r->name));
	if (r->in.bad)
		return VFS_INVALID;
	if (!r->fresh->dir)
		return VFS_NOT_DIR;
	if (!strcmp(r->name, ".."))
		return walk_up(r);
	if (!name_valid(r->name))
		return VFS_NOT_FOUND;
	op = request_op(r);
	op->at = r->fresh->place;
	op->path = r->name;
	op->flags = VFS_NOFOLLOW;
	return vfs_find(r->server->vfs, op);
}

/* Of a directory, a place is wanted, too. */
static enum vfs_err walk_found(struct request *r)
{
	struct vfs_op *op;

	r->stat = r->op.stat;
	vfs_node_put(r->op.node);
	r->op.node = NULL;
	op = request_op(r);
	if (r->stat.kind != VFS_DIR)
		return VFS_OK;
	op->at = r->fresh->place;
	op->path = r->name;
	return vfs_enter(r->server->vfs, op);
}

static void walk_step(struct request *r, struct vfs_place *parent,
                      struct vfs_place *place)
{
	struct fid *f = r->fresh;

	vfs_place_put(f->parent);
	f->parent = parent;
	f->place = place;
	f->dir = r->stat.kind == VFS_DIR;
	memcpy(f->name, r->name, sizeof(f->name));
	p9_put_qid(&r->out, &r->stat);
	r->count++;
	r->left--;
	r->stage = WALK_NEXT;
}

static enum vfs_err walk_entered(struct request *r)
{
	walk_step(r, r->fresh->place, r->op.place);
	return VFS_OK;
}

/* It has no name that we know. */
static enum vfs_err walk_is_up(struct request *r)
{
	vfs_place_put(r->fresh->place);
	r->stat = (struct vfs_stat){ .kind = VFS_DIR };
	walk_step(r, NULL, r->op.place);
	return VFS_OK;
}

/* Where the walk ended early, there is no new fid. */
static enum vfs_err walk_end(struct request *r)
{
	struct server *s = r->server;
	const uint16_t count = (uint16_t)r->count;
	enum vfs_err e = VFS_OK;

	memcpy(r->out.at + P9_HEADER, &count, sizeof(count));
	if (r->left)
		return VFS_OK;
	if (!p9_done(&r->in))
		return VFS_INVALID;
	if (r->fresh_number == r->fid->number)
		fid_clunk(s, r->fid);
	e = fid_add(s, r->fresh, r->fresh_number);
	if (!e)
		r->fresh = NULL;
	return e;
}

enum vfs_err run_walk(struct request *r, enum vfs_err e)
{
	const enum walk_stage stage = r->stage++;

	if (!e && stage == WALK_BEGIN)
		e = walk_begin(r);
	else if (!e && stage == WALK_NEXT)
		e = r->left ? walk_next(r) : request_end(r, walk_end(r));
	else if (!e && stage == WALK_FOUND)
		e = walk_found(r);
	else if (!e && stage == WALK_ENTERED)
		e = walk_entered(r);
	else if (!e)
		e = walk_is_up(r);
	if (r->ended || !e || e == VFS_LATE)
		return e;
	return request_end(r, r->count ? walk_end(r) : e);
}

enum vfs_err run_clunk(struct request *r, enum vfs_err e)
{
	fid_clunk(r->server, r->fid);
	return request_end(r, e);
}
