/* SPDX-License-Identifier: MIT */
/* Fids: what the other side has numbers for. */

#include <lib/mem.h>

#include "server.h"

static struct list *bucket_of(struct server *s, uint32_t number)
{
	return &s->bucket[(number ^ number >> 8) % FID_BUCKETS];
}

struct fid *fid_find(const struct server *s, uint32_t number)
{
	const struct list *l = &s->bucket[(number ^ number >> 8) % FID_BUCKETS];

	LIST_FOR_EACH(f, l, struct fid, in_bucket)
		if (f->number == number)
			return f;
	return NULL;
}

enum vfs_err fid_make(struct request *r)
{
	struct server *s = r->server;
	void *mem;

	if (s->fids >= FIDS_MAX)
		r->error = P9_ENFILE;
	if (r->error || fief_alloc_zeroed(s->alloc, sizeof(struct fid), &mem))
		return VFS_NO_MEMORY;
	s->fids++;
	r->fresh = mem;
	return VFS_OK;
}

enum vfs_err fid_add(struct server *s, struct fid *f, uint32_t number)
{
	if (fid_find(s, number) || number == P9_NO_FID)
		return VFS_EXISTS;
	f->number = number;
	list_add_last(bucket_of(s, number), &f->in_bucket);
	return VFS_OK;
}

void fid_free(struct server *s, struct fid *f)
{
	if (!f)
		return;
	s->fids--;
	fid_unlock(s, f);
	if (f->file)
		vfs_close(f->file);
	vfs_place_put(f->place);
	vfs_place_put(f->parent);
	fief_free(s->alloc, f, sizeof(*f));
}

void fid_clunk(struct server *s, struct fid *f)
{
	list_remove(&f->in_bucket);
	f->gone = true;
	if (!f->uses)
		fid_free(s, f);
}

void fids_drop(struct server *s)
{
	for (size_t i = 0; i < FID_BUCKETS; i++)
		while (s->bucket[i].first)
			fid_clunk(s, LIST_FIRST(&s->bucket[i], struct fid,
			                        in_bucket));
}

void fid_used(struct server *s, struct fid *f)
{
	if (f && !--f->uses && f->gone)
		fid_free(s, f);
}

void fid_copy(struct fid *to, const struct fid *from)
{
	to->dir = from->dir;
	to->place = from->place ? vfs_place_get(from->place) : NULL;
	to->parent = from->parent ? vfs_place_get(from->parent) : NULL;
	memcpy(to->name, from->name, sizeof(to->name));
}

/* ---- what a request is about ---- */

static void hold(struct vfs_place **slot, struct vfs_place *p)
{
	struct vfs_place *old = *slot;

	*slot = vfs_place_get(p);
	vfs_place_put(old);
}

void fid_point(struct request *r, const struct fid *f)
{
	const char *name = f->parent ? f->name : ".";

	hold(&r->at, f->parent ? f->parent : f->place);
	memcpy(r->at_name, name, strlen(name) + 1);
	r->op.at = r->at;
	r->op.path = r->at_name;
}

void fid_within(struct request *r, const struct fid *dir)
{
	hold(&r->at, dir->place);
}

void fid_to_within(struct request *r, const struct fid *dir)
{
	hold(&r->to_at, dir->place);
}

/* ---- where directories are ---- */

/* Places of one directory are not always one place: where they are, is. */
static bool paths(const struct vfs_place *a, const struct vfs_place *b,
                  const char *out[2])
{
	static char path[2][VFS_PATH_MAX + 1];

	out[0] = path[0];
	out[1] = path[1];
	return !vfs_place_path(a, path[0], sizeof(path[0])) &&
	       !vfs_place_path(b, path[1], sizeof(path[1]));
}

bool place_same(const struct vfs_place *a, const struct vfs_place *b)
{
	const char *path[2];

	return a == b || (paths(a, b, path) && !strcmp(path[0], path[1]));
}

bool place_within(const struct vfs_place *p, const struct vfs_place *dir)
{
	const char *path[2];
	size_t len;

	if (p == dir)
		return true;
	if (!paths(p, dir, path))
		return false;
	len = strlen(path[1]);
	return len == 1 || (!strncmp(path[0], path[1], len) &&
	                    (!path[0][len] || path[0][len] == '/'));
}

/* ---- renaming ---- */

struct renamed {
	const struct vfs_place *dir;
	const char *name;
	struct vfs_place *to;
	const char *to_name;
};

static void fid_renamed(struct fid *f, const struct renamed *r)
{
	if (!f->parent || strcmp(f->name, r->name) != 0 ||
	    !place_same(f->parent, r->dir))
		return;
	hold(&f->parent, r->to);
	memcpy(f->name, r->to_name, strlen(r->to_name) + 1);
}

void fids_renamed(struct server *s, const struct vfs_place *dir,
                  const char *name, struct vfs_place *to, const char *to_name)
{
	const struct renamed renamed = { dir, name, to, to_name };

	for (size_t i = 0; i < FID_BUCKETS; i++)
		LIST_FOR_EACH(f, &s->bucket[i], struct fid, in_bucket)
			fid_renamed(f, &renamed);
	LIST_FOR_EACH(r, &s->running, struct request, link)
		if (r->fresh)
			fid_renamed(r->fresh, &renamed);
}

bool name_valid(const char *s)
{
	return *s && !strchr(s, '/') && strcmp(s, ".") && strcmp(s, "..");
}
