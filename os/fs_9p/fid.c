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

enum vfs_err fid_make(struct server *s, struct fid **out)
{
	void *mem;

	if (s->fids >= FIDS_MAX)
		return VFS_NO_MEMORY;
	if (fief_alloc_zeroed(s->alloc, sizeof(struct fid), &mem))
		return VFS_NO_MEMORY;
	s->fids++;
	*out = mem;
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

void fid_point(const struct fid *f, struct vfs_op *op)
{
	op->at = f->parent ? f->parent : f->place;
	op->path = f->parent ? f->name : ".";
}

/* Places of one directory are not always one place: where they are, is. */
bool place_same(const struct vfs_place *a, const struct vfs_place *b)
{
	static char path[2][VFS_PATH_MAX + 1];

	return a == b || (!vfs_place_path(a, path[0], sizeof(path[0])) &&
	                  !vfs_place_path(b, path[1], sizeof(path[1])) &&
	                  !strcmp(path[0], path[1]));
}

void fids_renamed(struct server *s, const struct vfs_place *dir,
                  const char *name, struct vfs_place *to, const char *to_name)
{
	for (size_t i = 0; i < FID_BUCKETS; i++)
		LIST_FOR_EACH(f, &s->bucket[i], struct fid, in_bucket) {
			if (!f->parent || strcmp(f->name, name) != 0 ||
			    !place_same(f->parent, dir))
				continue;
			vfs_place_put(f->parent);
			f->parent = vfs_place_get(to);
			memcpy(f->name, to_name, strlen(to_name) + 1);
		}
}

bool name_valid(const char *s)
{
	return *s && !strchr(s, '/') && strcmp(s, ".") && strcmp(s, "..");
}
