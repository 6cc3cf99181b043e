/* SPDX-License-Identifier: MIT */
/* Where fids come from, and how they go. */

#include <lib/mem.h>

#include "server.h"

/* ---- the session ---- */

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

/* ---- the way: names, one after the other ---- */

enum stage {
	BEGIN,
	NEXT,
	FOUND,
	ENTERED,
	UP,
	UP_FOUND,
	END_FOUND, /* of attach */
};

/* The next name of a path, from *at on; 0: there is none. */
static size_t path_name(const char *path, size_t *at)
{
	size_t len = 0;

	for (;; *at += len) {
		while (path[*at] == '/')
			++*at;
		for (len = 0; path[*at + len] && path[*at + len] != '/';)
			len++;
		if (len != 1 || path[*at] != '.')
			return len;
	}
}

static enum vfs_err name_of_path(struct request *r)
{
	const size_t len = path_name(r->path, &r->path_at);

	if (len > VFS_NAME_MAX)
		return VFS_NAME_TOO_LONG;
	memcpy(r->name, r->path + r->path_at, len);
	r->name[len] = '\0';
	r->path_at += len;
	return VFS_OK;
}

static enum vfs_err name_of_walk(struct request *r)
{
	p9_text(&r->in, r->name, sizeof(r->name));
	return r->in.bad ? VFS_INVALID : VFS_OK;
}

static enum vfs_err stat_begin(struct request *r)
{
	struct vfs_op *op = request_op(r);

	op->at = r->fresh->place;
	op->path = ".";
	return vfs_find(r->server->vfs, op);
}

static enum vfs_err up(struct request *r)
{
	struct vfs_op *op;

	r->stage = UP;
	op = request_op(r);
	op->at = r->fresh->place;
	op->path = "..";
	return vfs_enter(r->server->vfs, op);
}

static enum vfs_err way_next(struct request *r)
{
	const bool attach = r->path[0];
	struct vfs_op *op;
	enum vfs_err e = attach ? name_of_path(r) : name_of_walk(r);

	if (e)
		return e;
	if (!r->fresh->dir)
		return VFS_NOT_DIR;
	if (!strcmp(r->name, ".."))
		return up(r);
	if (!name_valid(r->name))
		return VFS_NOT_FOUND;
	op = request_op(r);
	op->at = r->fresh->place;
	op->path = r->name;
	op->flags = VFS_NOFOLLOW;
	return vfs_find(r->server->vfs, op);
}

/* Of a directory, a place is wanted, too; never that of what is a link by now. */
static enum vfs_err way_found(struct request *r)
{
	struct vfs_op *op;

	r->stat = r->op.stat;
	vfs_node_put(r->op.node);
	op = request_op(r);
	if (r->stat.kind != VFS_DIR)
		return VFS_OK;
	op->at = r->fresh->place;
	op->path = r->name;
	op->flags = VFS_NOFOLLOW;
	return vfs_enter(r->server->vfs, op);
}

static void step(struct request *r, struct vfs_place *parent,
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
	r->stage = NEXT;
}

static enum vfs_err way_entered(struct request *r)
{
	step(r, r->fresh->place, r->op.place);
	return VFS_OK;
}

/* The parent of what is exported is that itself, and so it is for what is
 * elsewhere by now. */
static enum vfs_err way_up(struct request *r)
{
	struct vfs_place *root = r->server->root, *to = r->op.place;
	struct fid *f = r->fresh;

	if (place_same(f->place, root) || !place_within(to, root)) {
		vfs_place_put(to);
		to = vfs_place_get(root);
	}
	vfs_place_put(f->place);
	f->place = to;
	return stat_begin(r);
}

/* It has no name that we know. */
static enum vfs_err way_up_found(struct request *r)
{
	r->stat = r->op.stat;
	vfs_node_put(r->op.node);
	step(r, NULL, r->fresh->place);
	return VFS_OK;
}

static enum vfs_err way(struct request *r, enum stage stage)
{
	static enum vfs_err (*const steps[])(struct request *) = {
		[NEXT] = way_next,         [FOUND] = way_found,
		[ENTERED] = way_entered,   [UP] = way_up,
		[UP_FOUND] = way_up_found,
	};

	return steps[stage](r);
}

/* ---- attach ---- */

static enum vfs_err attach_begin(struct request *r)
{
	size_t at = 0, len;
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
	e = fid_make(r);
	if (e)
		return e;
	while ((len = path_name(r->path, &at))) {
		at += len;
		r->left++;
	}
	r->fresh->dir = true;
	r->fresh->place = vfs_place_get(r->server->root);
	return VFS_OK;
}

static enum vfs_err attach_stat(struct request *r)
{
	if (!r->fresh->dir)
		return VFS_NOT_DIR;
	r->stage = END_FOUND;
	return stat_begin(r);
}

/* Those on the way are not told. */
static enum vfs_err attach_end(struct request *r)
{
	enum vfs_err e = fid_add(r->server, r->fresh, r->fresh_number);

	vfs_node_put(r->op.node);
	if (e)
		return e;
	r->fresh = NULL;
	r->out.len = P9_HEADER;
	r->out.full = false;
	p9_put_qid(&r->out, &r->op.stat);
	return VFS_OK;
}

enum vfs_err run_attach(struct request *r, enum vfs_err e)
{
	const enum stage stage = r->stage++;

	if (!e && stage == BEGIN)
		e = attach_begin(r);
	else if (!e && stage == NEXT && !r->left)
		e = attach_stat(r);
	else if (!e && stage == END_FOUND)
		return request_end(r, attach_end(r));
	else if (!e)
		e = way(r, stage);
	return !e || e == VFS_LATE ? e : request_end(r, e);
}

/* ---- walk ---- */

static enum vfs_err walk_begin(struct request *r)
{
	enum vfs_err e;

	r->fresh_number = p9_u32(&r->in);
	r->left = p9_u16(&r->in);
	if (r->in.bad || r->left > P9_NAMES || r->fid->file)
		return VFS_INVALID;
	e = fid_make(r);
	if (e)
		return e;
	fid_copy(r->fresh, r->fid);
	p9_put_u16(&r->out, 0); /* how many: at the end */
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
	const enum stage stage = r->stage++;

	if (!e && stage == BEGIN)
		e = walk_begin(r);
	else if (!e && stage == NEXT && !r->left)
		return request_end(r, walk_end(r));
	else if (!e)
		e = way(r, stage);
	if (!e || e == VFS_LATE)
		return e;
	return request_end(r, r->count && !r->in.bad ? walk_end(r) : e);
}

enum vfs_err run_clunk(struct request *r, enum vfs_err e)
{
	if (!p9_done(&r->in))
		return request_end(r, VFS_INVALID);
	fid_clunk(r->server, r->fid);
	return request_end(r, e);
}
