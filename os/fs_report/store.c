/* SPDX-License-Identifier: MIT */
/* Writing a file, step by step: directories, content, its name. */

#include "store.h"

#include <lib/mem.h>

enum { DIR_MODE = 0755, FILE_MODE = 0644 };

typedef enum vfs_err store_step(struct store *, enum vfs_err);

/* ---- its end ---- */

static void files_close(struct store *s)
{
	if (s->file)
		vfs_close(s->file);
	if (s->dir)
		vfs_close(s->dir);
	s->file = s->dir = NULL;
}

static enum vfs_err store_end(struct store *s, enum vfs_err e)
{
	files_close(s);
	s->running = false;
	s->result = e;
	return VFS_OK;
}

static enum vfs_err store_go(struct store *s, enum vfs_err e)
{
	while (s->running && e != VFS_LATE)
		e = s->next(s, e);
	return s->running ? VFS_LATE : s->result;
}

static void on_done(struct vfs_op *op, enum vfs_err e)
{
	struct store *s = op->user;

	if (!s->running)
		return; /* canceled */
	e = store_go(s, e);
	if (e != VFS_LATE)
		s->done(s, e);
}

static struct vfs_op *op_begin(struct store *s, store_step *next)
{
	s->op = (struct vfs_op){ .done = on_done,
		                 .user = s,
		                 .at = s->dir ? s->dir->place : NULL };
	s->next = next;
	return &s->op;
}

/* ---- content and name ---- */

/* What came of removing it matters to nobody: `result` is why it failed. */
static enum vfs_err removed(struct store *s, enum vfs_err e)
{
	(void)e;
	return store_end(s, s->result);
}

static enum vfs_err renamed(struct store *s, enum vfs_err e);

/* What is half there is of no use. */
static enum vfs_err give_up(struct store *s, enum vfs_err e)
{
	struct vfs_op *op = op_begin(s, removed);

	if (s->file)
		vfs_close(s->file);
	s->file = NULL;
	s->result = e;
	op->path = s->temp;
	return vfs_remove(s->vfs, op);
}

static enum vfs_err renamed(struct store *s, enum vfs_err e)
{
	return e ? give_up(s, e) : store_end(s, VFS_OK);
}

static enum vfs_err rename_ask(struct store *s)
{
	struct vfs_op *op = op_begin(s, renamed);

	vfs_close(s->file);
	s->file = NULL;
	op->path = s->temp;
	op->to_at = op->at;
	op->to_path = s->name;
	return vfs_rename(s->vfs, op);
}

static enum vfs_err wrote(struct store *s, enum vfs_err e);

static enum vfs_err write_ask(struct store *s)
{
	struct vfs_op *op;

	if (s->written == s->len)
		return rename_ask(s);
	op = op_begin(s, wrote);
	op->data = s->data + s->written;
	op->len = s->len - s->written;
	op->pos = s->written;
	return vfs_pwrite(s->file, op);
}

static enum vfs_err wrote(struct store *s, enum vfs_err e)
{
	if (e)
		return give_up(s, e);
	s->written += s->op.count;
	return write_ask(s);
}

static enum vfs_err file_opened(struct store *s, enum vfs_err e)
{
	if (e)
		return store_end(s, e);
	s->file = s->op.file;
	return write_ask(s);
}

static enum vfs_err file_ask(struct store *s)
{
	const size_t len = strlen(s->name);
	struct vfs_op *op = op_begin(s, file_opened);

	memcpy(s->temp, s->name, len);
	memcpy(s->temp + len, STORE_SUFFIX, sizeof(STORE_SUFFIX));
	op->path = s->temp;
	op->flags = VFS_WRITE | VFS_CREATE | VFS_TRUNCATE | VFS_NOFOLLOW;
	op->mode = FILE_MODE;
	return vfs_open(s->vfs, op);
}

/* ---- directories ---- */

static enum vfs_err dir_ask(struct store *s);

/* The next name of the path; false: it is the last one. */
static bool name_take(struct store *s)
{
	const char *end = strchr(s->rest, '/');
	const size_t len = end ? (size_t)(end - s->rest) : strlen(s->rest);

	memcpy(s->name, s->rest, len);
	s->name[len] = '\0';
	s->rest += len + (end != NULL);
	s->made = false;
	return end != NULL;
}

static enum vfs_err dir_made(struct store *s, enum vfs_err e)
{
	/* Another reporter may have been faster. */
	return e && e != VFS_EXISTS ? store_end(s, e) : dir_ask(s);
}

static enum vfs_err dir_make(struct store *s)
{
	struct vfs_op *op = op_begin(s, dir_made);

	s->made = true;
	op->path = s->name;
	op->kind = VFS_DIR;
	op->mode = DIR_MODE;
	return vfs_make(s->vfs, op);
}

static enum vfs_err dir_opened(struct store *s, enum vfs_err e)
{
	if (e == VFS_NOT_FOUND && s->dir && !s->made)
		return dir_make(s);
	if (e)
		return store_end(s, e);
	if (s->dir)
		vfs_close(s->dir);
	s->dir = s->op.file;
	return name_take(s) ? dir_ask(s) : file_ask(s);
}

/* Links are followed in the root only, which the configuration says. */
static enum vfs_err dir_ask(struct store *s)
{
	struct vfs_op *op = op_begin(s, dir_opened);
	const bool in_root =
		(size_t)(s->rest - s->where->path) <= s->where->root_len + 1;

	op->path = s->dir ? s->name : "/";
	op->flags = VFS_READ | VFS_DIRECTORY |
	            (s->dir && !in_root ? VFS_NOFOLLOW : 0);
	return vfs_open(s->vfs, op);
}

/* ---- begin ---- */

enum vfs_err store_start(struct store *s, struct vfs *v,
                         const struct where *where, const char *data,
                         size_t len)
{
	s->vfs = v;
	s->where = where;
	s->data = data;
	s->len = len;
	s->written = 0;
	s->dir = s->file = NULL;
	s->rest = where->path + 1;
	s->running = true;
	return store_go(s, dir_ask(s));
}

void store_cancel(struct store *s)
{
	if (!s->running)
		return;
	s->running = false;
	if (s->op.cancel)
		s->op.cancel(&s->op);
	files_close(s);
}
