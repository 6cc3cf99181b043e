/* SPDX-License-Identifier: MIT */
/* Operations that wait. */

#include "sync.h"

#include <fief/log.h>
#include <lib/mem.h>
#include <vfs/plugins.h>
#include <vfs/so/loader.h>

enum { MODE = 0755 };

static struct fief_env *env;
static struct vfs *vfs;
static struct vfs_so so;
static bool done;
static enum vfs_err result;

void sync_init(struct fief_env *e, const struct node *config)
{
	const struct vfs_args args = { .alloc = e->heap,
		                       .env = e,
		                       .types = vfs_plugins,
		                       .loader = &so.loader };
	struct node_error err = { { 0, 0 }, "out of memory" };

	env = e;
	vfs_so_init(&so, e);
	if (!vfs_create(&args, node_first(config, "vfs"), &err, &vfs))
		return;
	fief_error("config:%u:%u: %s", err.at.line, err.at.column, err.text);
	fief_exit(e, 1);
}

void sync_fini(void)
{
	vfs_destroy(vfs);
	vfs_so_fini(&so);
}

struct vfs *sync_tree(void)
{
	return vfs;
}

/* ---- waiting ---- */

static void on_done(struct vfs_op *op, enum vfs_err e)
{
	(void)op;
	done = true;
	result = e;
}

enum vfs_err sync_end(enum vfs_err e)
{
	if (e != VFS_LATE)
		return e;
	while (!done)
		fief_entrypoint_wait_io(env->ep);
	return result;
}

/* One at a time; it is too large for a stack. */
struct vfs_op *sync_op(const char *path)
{
	static struct vfs_op op;

	done = false;
	op = (struct vfs_op){ .done = on_done, .path = path, .mode = MODE };
	return &op;
}

/* ---- by path ---- */

enum vfs_err sync_open(const char *path, uint32_t flags, struct vfs_file **out)
{
	struct vfs_op *op = sync_op(path);
	enum vfs_err e;

	op->flags = flags;
	e = sync_end(vfs_open(vfs, op));
	if (!e)
		*out = op->file;
	return e;
}

enum vfs_err sync_make(const char *path, enum vfs_kind kind)
{
	struct vfs_op *op = sync_op(path);

	op->kind = kind;
	return sync_end(vfs_make(vfs, op));
}

enum vfs_err sync_symlink(const char *path, const char *target)
{
	struct vfs_op *op = sync_op(path);

	op->kind = VFS_SYMLINK;
	op->to_path = target;
	return sync_end(vfs_make(vfs, op));
}

enum vfs_err sync_remove(const char *path, uint32_t flags)
{
	struct vfs_op *op = sync_op(path);

	op->flags = flags;
	return sync_end(vfs_remove(vfs, op));
}

enum vfs_err sync_rename(const char *from, const char *to, uint32_t flags)
{
	struct vfs_op *op = sync_op(from);

	op->to_path = to;
	op->flags = flags;
	return sync_end(vfs_rename(vfs, op));
}

enum vfs_err sync_link(const char *from, const char *to)
{
	struct vfs_op *op = sync_op(from);

	op->to_path = to;
	return sync_end(vfs_link(vfs, op));
}

enum vfs_err sync_stat(const char *path, struct vfs_stat *out)
{
	struct vfs_op *op = sync_op(path);
	enum vfs_err e;

	op->flags = VFS_NOFOLLOW;
	e = sync_end(vfs_find(vfs, op));
	if (!e)
		*out = op->stat;
	vfs_node_put(op->node);
	return e;
}

/* ---- of an open file ---- */

enum vfs_err sync_truncate(struct vfs_file *f, uint64_t size)
{
	const struct vfs_change c = { .what = VFS_SET_SIZE, .size = size };
	struct vfs_op *op = sync_op(NULL);

	op->change = &c;
	return sync_end(vfs_file_change(f, op));
}

enum vfs_err sync_file_stat(struct vfs_file *f, struct vfs_stat *out)
{
	struct vfs_op *op = sync_op(NULL);
	enum vfs_err e = sync_end(vfs_file_stat(f, op));

	if (!e)
		*out = op->stat;
	return e;
}

enum vfs_err sync_pwrite(struct vfs_file *f, uint64_t pos, const void *data,
                         size_t len)
{
	enum vfs_err e = VFS_OK;

	for (size_t at = 0; !e && at < len;) {
		struct vfs_op *op = sync_op(NULL);

		op->data = (const char *)data + at;
		op->len = len - at;
		op->pos = pos + at;
		e = sync_end(vfs_pwrite(f, op));
		at += e ? 0 : op->count;
	}
	return e;
}

enum vfs_err sync_pread(struct vfs_file *f, uint64_t pos, void *buf, size_t len,
                        size_t *count)
{
	enum vfs_err e = VFS_OK;
	size_t at = 0;

	while (!e && at < len) {
		struct vfs_op *op = sync_op(NULL);

		op->buf = (char *)buf + at;
		op->len = len - at;
		op->pos = pos + at;
		e = sync_end(vfs_pread(f, op));
		if (e || !op->count)
			break;
		at += op->count;
	}
	*count = at;
	return e;
}

enum vfs_err sync_put(const char *path, const void *data, size_t len)
{
	struct vfs_file *f;
	enum vfs_err e =
		sync_open(path, VFS_WRITE | VFS_CREATE | VFS_TRUNCATE, &f);

	if (e)
		return e;
	e = sync_pwrite(f, 0, data, len);
	vfs_close(f);
	return e;
}

/* ---- directories ---- */

static bool dots(const struct vfs_dirent *d)
{
	return !strcmp(d->name, ".") || !strcmp(d->name, "..");
}

static bool entries_visit(const struct vfs_op *op,
                          bool (*each)(const struct vfs_dirent *, void *),
                          void *arg)
{
	const struct vfs_dirent *d;

	for (size_t at = 0; (d = vfs_dirent_at(op, at)); at += d->bytes)
		if (!dots(d) && !each(d, arg))
			return false;
	return true;
}

enum vfs_err sync_list(const char *path,
                       bool (*each)(const struct vfs_dirent *, void *),
                       void *arg)
{
	static _Alignas(8) char buf[4096];
	struct vfs_file *f;
	enum vfs_err e = sync_open(path, VFS_READ | VFS_DIRECTORY, &f);
	struct vfs_op *op;

	if (e)
		return e;
	do {
		op = sync_op(NULL);
		op->buf = buf;
		op->len = sizeof(buf);
		e = sync_end(vfs_list(f, op));
	} while (!e && op->count && entries_visit(op, each, arg));
	vfs_close(f);
	return e;
}
