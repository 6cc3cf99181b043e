/* SPDX-License-Identifier: MIT */
/*
 * Copying trees: directories wait in a list until it is their turn, since trees
 * are deeper than stacks.
 */

#include <fief/entrypoint.h>
#include <lib/mem.h>
#include <vfs/dirent.h>
#include <vfs/plugin/copy.h>

#include "internal.h"

enum { LIST_BYTES = 8192 };

/* A directory that is to be copied. */
struct dir {
	struct list_elem link;
	struct vfs_place *from, *to; /* counted */
	size_t len;
	char path[]; /* from the root of what is copied; terminated */
};

struct copying {
	struct import *import;
	struct vfs *vfs; /* that has what is copied to */
	struct list dirs;
	struct dir *now;
	const char *name; /* where it failed, in `now` */
	struct vfs_op op, read;
	bool over;            /* one that was late */
	enum vfs_err outcome; /* of that */
	_Alignas(8) char list[LIST_BYTES];
	char target[VFS_PATH_MAX + 1];
};

/* ---- waiting ---- */

static void ended(struct vfs_op *op, enum vfs_err e)
{
	struct copying *c = op->user;

	c->over = true;
	c->outcome = e;
}

static enum vfs_err waited(void *arg, struct vfs_op *op, enum vfs_err e)
{
	struct copying *c = arg;

	if (e != VFS_LATE)
		return e;
	op->done = ended;
	op->user = c;
	c->over = false;
	while (!c->over)
		fief_entrypoint_wait_io(vfs_env(c->vfs)->ep);
	return c->outcome;
}

/* ---- directories ---- */

static void dir_free(struct copying *c, struct dir *d)
{
	vfs_place_put(d->from);
	vfs_place_put(d->to);
	fief_free(c->import->alloc, d, sizeof(*d) + d->len + 1);
}

/* Takes the places. */
static enum vfs_err dir_add(struct copying *c, const char *name,
                            struct vfs_place *from, struct vfs_place *to)
{
	const size_t above = c->now ? c->now->len : 0;
	const size_t len = c->now ? above + 1 + strlen(name) : 0;
	struct dir *d;
	void *mem;

	if (fief_alloc_zeroed(c->import->alloc, sizeof(*d) + len + 1, &mem)) {
		vfs_place_put(from);
		vfs_place_put(to);
		return VFS_NO_MEMORY;
	}
	d = mem;
	d->from = from;
	d->to = to;
	d->len = len;
	if (c->now) {
		memcpy(d->path, c->now->path, above);
		d->path[above] = '/';
		memcpy(d->path + above + 1, name, strlen(name));
	}
	list_add_first(&c->dirs, &d->link);
	return VFS_OK;
}

static enum vfs_err enter(struct copying *c, struct vfs *v,
                          struct vfs_place *at, const char *name,
                          struct vfs_place **out)
{
	enum vfs_err e;

	c->op = (struct vfs_op){ .at = at, .path = name };
	e = waited(c, &c->op, vfs_enter(v, &c->op));
	if (!e)
		*out = c->op.place;
	return e;
}

static enum vfs_err dir_enter(struct copying *c, const char *name)
{
	struct vfs_place *from, *to;
	enum vfs_err e = enter(c, c->import->from, c->now->from, name, &from);

	if (e)
		return e;
	e = enter(c, c->vfs, c->now->to, name, &to);
	if (e) {
		vfs_place_put(from);
		return e;
	}
	return dir_add(c, name, from, to);
}

/* ---- files ---- */

static enum vfs_err status(struct copying *c, struct vfs *v,
                           struct vfs_place *at, const char *name,
                           struct vfs_stat *out)
{
	enum vfs_err e;

	c->op = (struct vfs_op){ .at = at,
		                 .path = name,
		                 .flags = VFS_NOFOLLOW };
	e = waited(c, &c->op, vfs_find(v, &c->op));
	vfs_node_put(c->op.node);
	if (!e)
		*out = c->op.stat;
	return e;
}

static enum vfs_err target(struct copying *c, const char *name)
{
	enum vfs_err e;

	c->read = (struct vfs_op){ .at = c->now->from,
		                   .path = name,
		                   .buf = c->target,
		                   .len = VFS_PATH_MAX };
	e = waited(c, &c->read, vfs_target(c->import->from, &c->read));
	c->target[e ? 0 : c->read.count] = '\0';
	return e;
}

/* Anything without content. */
static enum vfs_err make(struct copying *c, const char *name,
                         const struct vfs_stat *st)
{
	enum vfs_err e = VFS_OK;

	if (st->kind == VFS_SYMLINK)
		e = target(c, name);
	if (e)
		return e;
	c->op = (struct vfs_op){ .at = c->now->to,
		                 .path = name,
		                 .kind = st->kind,
		                 .mode = st->mode,
		                 .uid = st->uid,
		                 .gid = st->gid,
		                 .rdev = st->rdev,
		                 .to_path = c->target };
	return waited(c, &c->op, vfs_make(c->vfs, &c->op));
}

static enum vfs_err open_one(struct copying *c, struct vfs *v,
                             struct vfs_place *at, const char *name,
                             uint32_t flags, const struct vfs_stat *st,
                             struct vfs_file **out)
{
	enum vfs_err e;

	c->op = (struct vfs_op){ .at = at,
		                 .path = name,
		                 .flags = flags,
		                 .mode = st->mode,
		                 .uid = st->uid,
		                 .gid = st->gid };
	e = waited(c, &c->op, vfs_open(v, &c->op));
	if (!e)
		*out = c->op.file;
	return e;
}

static enum vfs_err finish(struct copying *c, struct vfs_file *to,
                           const struct vfs_stat *st)
{
	const struct vfs_change change = {
		.what = VFS_SET_SIZE | VFS_SET_ATIME | VFS_SET_MTIME,
		.size = st->size,
		.atime = st->atime,
		.mtime = st->mtime,
	};

	c->op = (struct vfs_op){ .change = &change };
	return waited(c, &c->op, vfs_file_change(to, &c->op));
}

static enum vfs_err copy_regular(struct copying *c, const char *name,
                                 const struct vfs_stat *st)
{
	struct vfs_file *from, *to = NULL;
	enum vfs_err e = open_one(c, c->import->from, c->now->from, name,
	                          VFS_READ, st, &from);

	if (e)
		return e;
	e = open_one(c, c->vfs, c->now->to, name,
	             VFS_WRITE | VFS_CREATE | VFS_EXCLUSIVE, st, &to);
	if (!e)
		e = copy_file(c->import->alloc, from, to, st->size, waited, c);
	if (!e)
		e = finish(c, to, st);
	if (to)
		vfs_close(to);
	vfs_close(from);
	return e;
}

static enum vfs_err remove_old(struct copying *c, const char *name)
{
	c->op = (struct vfs_op){ .at = c->now->to, .path = name };
	return waited(c, &c->op, vfs_remove(c->vfs, &c->op));
}

static enum vfs_err entry_new(struct copying *c, const char *name,
                              const struct vfs_stat *st)
{
	if (st->kind == VFS_FILE)
		return copy_regular(c, name, st);
	return make(c, name, st);
}

/* A directory is one with what is there; of anything else, one of both stays. */
static enum vfs_err entry_copy(struct copying *c, const char *name)
{
	struct vfs_stat st, old;
	enum vfs_err e = status(c, c->import->from, c->now->from, name, &st);

	if (e)
		return e;
	e = status(c, c->vfs, c->now->to, name, &old);
	if (e == VFS_NOT_FOUND) {
		e = entry_new(c, name, &st);
	} else if (!e && (st.kind == VFS_DIR) != (old.kind == VFS_DIR)) {
		e = VFS_EXISTS;
	} else if (!e && st.kind != VFS_DIR && c->import->overwrite) {
		e = remove_old(c, name);
		if (!e)
			e = entry_new(c, name, &st);
	}
	return !e && st.kind == VFS_DIR ? dir_enter(c, name) : e;
}

/* ---- all of it ---- */

static enum vfs_err entries_copy(struct copying *c, size_t bytes)
{
	for (size_t at = 0; at < bytes;) {
		const struct vfs_dirent *d = (const void *)(c->list + at);
		enum vfs_err e;

		at += d->bytes;
		if (!strcmp(d->name, ".") || !strcmp(d->name, ".."))
			continue;
		c->name = d->name;
		e = entry_copy(c, d->name);
		if (e)
			return e;
	}
	return VFS_OK;
}

static enum vfs_err dir_copy(struct copying *c)
{
	static const struct vfs_stat none = { 0 };
	struct vfs_file *f;
	size_t bytes;
	enum vfs_err e = open_one(c, c->import->from, c->now->from, ".",
	                          VFS_READ | VFS_DIRECTORY, &none, &f);

	if (e)
		return e;
	do {
		c->read = (struct vfs_op){ .buf = c->list, .len = LIST_BYTES };
		e = waited(c, &c->read, vfs_list(f, &c->read));
		bytes = e ? 0 : c->read.count;
		if (!e)
			e = entries_copy(c, bytes);
	} while (!e && bytes);
	vfs_close(f);
	return e;
}

static enum fief_err failed(struct copying *c, enum vfs_err e,
                            const struct node *config, struct node_error *err)
{
	const bool room = e == VFS_NO_SPACE || e == VFS_NO_MEMORY;

	return node_error_set(err, room ? FIEF_OUT_OF_RAM : FIEF_INVALID,
	                      config->at, "<import>: %s%s%s: %s",
	                      c->now ? c->now->path : "", c->name ? "/" : "",
	                      c->name ? c->name : "", vfs_err_text(e));
}

static enum vfs_err roots(struct copying *c, struct vfs_node *const *to,
                          unsigned count)
{
	struct vfs_place *from, *at;
	enum vfs_err e = enter(c, c->import->from, NULL, "/", &from);

	if (e)
		return e;
	e = vfs_place_of(c->vfs, to, count, &at);
	if (e) {
		vfs_place_put(from);
		return e;
	}
	return dir_add(c, "", from, at);
}

static enum vfs_err copy_all(struct copying *c, struct vfs_node *const *to,
                             unsigned count)
{
	enum vfs_err e = roots(c, to, count);
	struct list_elem *l;

	while (!e && (l = list_take_first(&c->dirs))) {
		c->now = LIST_OBJECT(l, struct dir, link);
		c->name = NULL;
		e = dir_copy(c);
		if (e)
			break;
		dir_free(c, c->now);
		c->now = NULL;
	}
	return e;
}

enum fief_err import_copy(struct import *i, struct vfs_node *const *to,
                          unsigned count, const struct node *config,
                          struct node_error *err)
{
	struct list_elem *l;
	struct copying *c;
	void *mem;
	enum vfs_err e;
	enum fief_err result = fief_alloc_zeroed(i->alloc, sizeof(*c), &mem);

	if (result)
		return result;
	c = mem;
	c->import = i;
	c->vfs = i->fs.vfs;
	e = copy_all(c, to, count);
	if (e)
		result = failed(c, e, config, err);
	if (c->now)
		dir_free(c, c->now);
	while ((l = list_take_first(&c->dirs)))
		dir_free(c, LIST_OBJECT(l, struct dir, link));
	fief_free(i->alloc, c, sizeof(*c));
	return result;
}
