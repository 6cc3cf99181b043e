/* SPDX-License-Identifier: MIT */
/* Files that are there as a whole or not at all. */

#include "disk.h"

#include <lib/fmt.h>
#include <lib/mem.h>
#include <vfs/dirent.h>

enum { DIR_MODE = 0700, FILE_MODE = 0600 };

/* ---- one operation ---- */

static void on_done(struct vfs_op *op, enum vfs_err e)
{
	struct disk *d = op->user;

	d->done = true;
	d->result = e;
}

static struct vfs_op *begin(struct disk *d, const char *path)
{
	d->done = false;
	d->op = (struct vfs_op){ .done = on_done, .user = d, .path = path };
	return &d->op;
}

static enum vfs_err end(struct disk *d, enum vfs_err e)
{
	if (e != VFS_LATE)
		return e;
	while (!d->done)
		d->wait(d);
	return d->result;
}

static void join(char path[DISK_PATH], const char *dir, const char *name)
{
	struct fmt f;

	fmt_init(&f, path, DISK_PATH);
	fmt_add(&f, "%s/%s", dir, name);
}

static enum vfs_err open(struct disk *d, const char *path, uint32_t flags,
                         struct vfs_file **out)
{
	struct vfs_op *op = begin(d, path);
	enum vfs_err e;

	op->flags = flags;
	op->mode = FILE_MODE;
	e = end(d, vfs_open(d->vfs, op));
	if (!e)
		*out = op->file;
	return e;
}

static enum vfs_err dir_sync(struct disk *d, const char *dir)
{
	struct vfs_file *f;
	enum vfs_err e = open(d, dir, VFS_READ | VFS_DIRECTORY, &f);

	if (e)
		return e;
	e = end(d, vfs_sync(f, begin(d, NULL)));
	vfs_close(f);
	return e;
}

enum vfs_err disk_dir_make(struct disk *d, const char *path)
{
	struct vfs_op *op = begin(d, path);
	enum vfs_err e;

	op->kind = VFS_DIR;
	op->mode = DIR_MODE;
	e = end(d, vfs_make(d->vfs, op));
	return e && e != VFS_EXISTS ? e : dir_sync(d, "/");
}

/* ---- writing ---- */

enum vfs_err disk_temp_begin(struct disk *d, struct disk_temp *t)
{
	struct fmt f;

	*t = (struct disk_temp){ 0 };
	fmt_init(&f, t->path, sizeof(t->path));
	fmt_add(&f, "/temp/%llu", (unsigned long long)++d->temps);
	return open(d, t->path, VFS_WRITE | VFS_CREATE | VFS_EXCLUSIVE,
	            &t->file);
}

enum vfs_err disk_temp_add(struct disk *d, struct disk_temp *t,
                           const void *data, size_t len)
{
	enum vfs_err e = VFS_OK;

	while (!e && len) {
		struct vfs_op *op = begin(d, NULL);

		op->data = data;
		op->len = len;
		op->pos = t->size;
		e = end(d, vfs_pwrite(t->file, op));
		if (e)
			break;
		data = (const char *)data + op->count;
		len -= op->count;
		t->size += op->count;
	}
	return e;
}

void disk_temp_drop(struct disk *d, struct disk_temp *t)
{
	enum vfs_err e;

	if (!t->file)
		return;
	vfs_close(t->file);
	t->file = NULL;
	/* What stays is removed at the next start. */
	e = end(d, vfs_remove(d->vfs, begin(d, t->path)));
	(void)e;
}

enum vfs_err disk_temp_place(struct disk *d, struct disk_temp *t,
                             const char *dir, const char *name)
{
	char path[DISK_PATH];
	enum vfs_err e = end(d, vfs_sync(t->file, begin(d, NULL)));
	struct vfs_op *op;

	if (!e) {
		join(path, dir, name);
		op = begin(d, t->path);
		op->to_path = path;
		e = end(d, vfs_rename(d->vfs, op));
	}
	if (e) {
		disk_temp_drop(d, t);
		return e;
	}
	vfs_close(t->file);
	t->file = NULL;
	return dir_sync(d, dir);
}

enum vfs_err disk_remove(struct disk *d, const char *dir, const char *name,
                         bool safely)
{
	char path[DISK_PATH];
	enum vfs_err e;

	join(path, dir, name);
	e = end(d, vfs_remove(d->vfs, begin(d, path)));
	return e || !safely ? e : dir_sync(d, dir);
}

/* ---- reading ---- */

enum vfs_err disk_open(struct disk *d, const char *dir, const char *name,
                       struct vfs_file **out)
{
	char path[DISK_PATH];

	join(path, dir, name);
	return open(d, path, VFS_READ | VFS_NOFOLLOW, out);
}

enum vfs_err disk_read(struct disk *d, struct vfs_file *f, uint64_t pos,
                       void *buf, size_t len, size_t *count)
{
	size_t at = 0;

	while (at < len) {
		struct vfs_op *op = begin(d, NULL);
		enum vfs_err e;

		op->buf = (char *)buf + at;
		op->len = len - at;
		op->pos = pos + at;
		e = end(d, vfs_pread(f, op));
		if (e)
			return e;
		if (!op->count)
			break;
		at += op->count;
	}
	*count = at;
	return VFS_OK;
}

enum vfs_err disk_size(struct disk *d, struct vfs_file *f, uint64_t *out)
{
	enum vfs_err e = end(d, vfs_file_stat(f, begin(d, NULL)));

	if (!e)
		*out = d->op.stat.size;
	return e;
}

/* ---- directories ---- */

static bool dots(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* `each` has operations of its own, so the entries are taken out of ours. */
static enum vfs_err visit(const char *buf, size_t count,
                          enum vfs_err (*each)(void *, const char *), void *arg)
{
	enum vfs_err e = VFS_OK;

	for (size_t at = 0; !e && at < count;) {
		const struct vfs_dirent *entry = (const void *)(buf + at);

		if (!dots(entry->name))
			e = each(arg, entry->name);
		at += entry->bytes;
	}
	return e;
}

enum vfs_err disk_list(struct disk *d, const char *path,
                       enum vfs_err (*each)(void *arg, const char *name),
                       void *arg)
{
	struct vfs_file *f;
	enum vfs_err e = open(d, path, VFS_READ | VFS_DIRECTORY, &f);
	size_t count = 1;

	if (e)
		return e;
	while (!e && count) {
		struct vfs_op *op = begin(d, NULL);

		op->buf = d->list;
		op->len = sizeof(d->list);
		e = end(d, vfs_list(f, op));
		count = e ? 0 : op->count;
		if (count)
			e = visit(d->list, count, each, arg);
	}
	vfs_close(f);
	return e;
}
