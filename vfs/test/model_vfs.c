/* SPDX-License-Identifier: MIT */
/* What the tree under test does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vfs/dirent.h>

#include "model.h"

static void stat_take(const struct vfs_stat *st, struct model_result *r)
{
	r->kind = st->kind;
	r->mode = st->mode;
	r->links = st->links;
	r->size = st->kind == VFS_DIR ? 0 : st->size;
}

/* A place of the directory in a slot; to be put. */
static struct vfs_place *at_of(const struct model_vfs *m,
                               const struct model_op *op)
{
	const struct vfs_file *f = op->at >= 0 ? m->file[op->at] : NULL;

	return f ? f->place : NULL;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In small pieces, to see that none is lost or twice. */
static void list_take(struct vfs_file *f, struct model_result *r)
{
	char *names[512];
	size_t count = 0;
	_Alignas(8) char buf[2 * VFS_DIRENT_MAX];
	const uint64_t pos = f->pos;
	struct vfs_op op;

	f->pos = 0;
	do {
		op = (struct vfs_op){ .buf = buf, .len = sizeof(buf) };
		if (vfs_list(f, &op))
			abort();
		for (size_t at = 0; at < op.count;) {
			const struct vfs_dirent *d = vfs_dirent_at(&op, at);

			names[count++] = strdup(d->name);
			at += d->bytes;
		}
	} while (op.count);
	f->pos = pos;
	qsort(names, count, sizeof(names[0]), by_text);
	for (size_t i = 0; i < count; i++) {
		r->bytes += (size_t)snprintf(r->data + r->bytes,
		                             MODEL_BYTES - r->bytes, "%s\n",
		                             names[i]);
		free(names[i]);
	}
}

static enum vfs_err truncate_path(struct model_vfs *m, struct vfs_op *v,
                                  const struct model_op *op)
{
	const struct vfs_change c = { .what = VFS_SET_SIZE, .size = op->pos };
	enum vfs_err e;
	struct vfs_file *f;

	v->flags = VFS_WRITE;
	e = vfs_open(m->vfs, v);
	if (e)
		return e;
	f = v->file;
	v->change = &c;
	e = vfs_file_change(f, v);
	vfs_close(f);
	return e;
}

static enum vfs_err run_path(struct model_vfs *m, const struct model_op *op,
                             struct model_result *r)
{
	const struct vfs_change mode = { .what = VFS_SET_MODE,
		                         .mode = op->mode };
	struct vfs_op v = { .at = at_of(m, op),
		            .path = op->path,
		            .flags = op->flags,
		            .mode = op->mode,
		            .kind = VFS_DIR,
		            .to_path = op->to,
		            .change = &mode,
		            .buf = r->data,
		            .len = op->len };
	enum vfs_err e;

	switch ((int)op->kind) {
	case MODEL_TRUNCATE:
		return truncate_path(m, &v, op);
	case MODEL_MKDIR:
		return vfs_make(m->vfs, &v);
	case MODEL_RMDIR:
		v.flags = VFS_DIRECTORY;
		return vfs_remove(m->vfs, &v);
	case MODEL_UNLINK:
		v.flags = 0;
		return vfs_remove(m->vfs, &v);
	case MODEL_RENAME:
		return vfs_rename(m->vfs, &v);
	case MODEL_LINK:
		return vfs_link(m->vfs, &v);
	case MODEL_SYMLINK:
		v.kind = VFS_SYMLINK;
		return vfs_make(m->vfs, &v);
	case MODEL_READLINK:
		e = vfs_target(m->vfs, &v);
		if (!e)
			r->value = r->bytes = v.count;
		return e;
	case MODEL_STAT:
		v.flags &= VFS_NOFOLLOW;
		e = vfs_find(m->vfs, &v);
		if (!e)
			stat_take(&v.stat, r);
		vfs_node_put(v.node);
		return e;
	case MODEL_CHMOD:
		v.flags = 0;
		return vfs_change(m->vfs, &v);
	default:
		abort();
	}
}

static enum vfs_err run_file(struct vfs_file *f, const struct model_op *op,
                             struct model_result *r)
{
	static char data[MODEL_BYTES];
	const struct vfs_change size = { .what = VFS_SET_SIZE,
		                         .size = op->pos };
	struct vfs_op v = { .buf = r->data,
		            .data = data,
		            .len = op->len,
		            .pos = op->pos,
		            .change = &size };
	enum vfs_err e;

	memset(data, op->fill, op->len);
	switch ((int)op->kind) {
	case MODEL_READ:
		e = vfs_read(f, &v);
		break;
	case MODEL_PREAD:
		if (!(op->fill % 16)) /* it changes nothing */
			(void)!vfs_map(f, &(struct vfs_op){ .pos = 0 });
		e = vfs_pread(f, &v);
		break;
	case MODEL_WRITE:
		e = vfs_write(f, &v);
		break;
	case MODEL_PWRITE:
		e = vfs_pwrite(f, &v);
		break;
	case MODEL_SEEK:
		e = vfs_seek(f, (enum vfs_whence)op->how, &v);
		if (!e)
			r->value = v.pos;
		return e;
	case MODEL_FTRUNCATE:
		return vfs_file_change(f, &v);
	case MODEL_ALLOCATE:
		return vfs_allocate(f, op->how, &v);
	case MODEL_FSTAT:
		e = vfs_file_stat(f, &v);
		if (!e)
			stat_take(&v.stat, r);
		return e;
	default:
		abort();
	}
	if (!e)
		r->value = v.count;
	if (!e && (op->kind == MODEL_READ || op->kind == MODEL_PREAD))
		r->bytes = v.count;
	return e;
}

static enum vfs_err run_slot(struct model_vfs *m, const struct model_op *op,
                             struct model_result *r)
{
	struct vfs_file **f = &m->file[op->slot];

	if (op->kind == MODEL_OPEN) {
		struct vfs_op v = { .at = at_of(m, op),
			            .path = op->path,
			            .flags = op->flags,
			            .mode = op->mode };
		enum vfs_err e = vfs_open(m->vfs, &v);

		if (e)
			return e;
		if (*f)
			vfs_close(*f);
		*f = v.file;
		return e;
	}
	if (!*f)
		return VFS_OK;
	if (op->kind == MODEL_CLOSE) {
		vfs_close(*f);
		*f = NULL;
		return VFS_OK;
	}
	if (op->kind == MODEL_LIST) {
		struct vfs_op v = { 0 };

		if ((*f)->node->kind == VFS_DIR && !vfs_file_stat(*f, &v) &&
		    v.stat.links)
			list_take(*f, r);
		return VFS_OK;
	}
	return run_file(*f, op, r);
}

static void run(struct model_side *side, const struct model_op *op,
                struct model_result *r)
{
	struct model_vfs *m = (struct model_vfs *)(void *)side;

	switch ((int)op->kind) {
	case MODEL_OPEN:
	case MODEL_CLOSE:
	case MODEL_LIST:
	case MODEL_READ:
	case MODEL_WRITE:
	case MODEL_PREAD:
	case MODEL_PWRITE:
	case MODEL_SEEK:
	case MODEL_FTRUNCATE:
	case MODEL_ALLOCATE:
	case MODEL_FSTAT:
		r->error = run_slot(m, op, r);
		break;
	default:
		r->error = run_path(m, op, r);
	}
}

void model_vfs_init(struct model_vfs *m, struct vfs *vfs)
{
	*m = (struct model_vfs){ .side = { run }, .vfs = vfs };
}

void model_vfs_fini(struct model_vfs *m)
{
	for (unsigned i = 0; i < MODEL_SLOTS; i++)
		if (m->file[i])
			vfs_close(m->file[i]);
}
