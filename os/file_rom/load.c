/* SPDX-License-Identifier: MIT */
/* Reading a file as a whole, step by step. */

#include "load.h"

/* ---- its end ---- */

static enum vfs_err load_end(struct load *l, enum fief_err e)
{
	if (l->file)
		vfs_close(l->file);
	l->file = NULL;
	l->running = false;
	l->result = e;
	return VFS_OK;
}

static enum vfs_err load_fail(struct load *l, enum vfs_err why)
{
	l->why = why;
	return load_end(l, FIEF_NOT_FOUND);
}

/* Go on with what came, until something is late or all has ended. */
static enum fief_err load_go(struct load *l, enum vfs_err e)
{
	while (l->running && e != VFS_LATE)
		e = l->next(l, e);
	return l->running ? FIEF_LATE : l->result;
}

static void on_done(struct vfs_op *op, enum vfs_err e)
{
	struct load *l = op->user;
	enum fief_err result;

	if (!l->running)
		return; /* canceled */
	result = load_go(l, e);
	if (result != FIEF_LATE)
		l->done(l, result);
}

static void op_reset(struct load *l)
{
	l->op = (struct vfs_op){ .done = on_done, .user = l };
}

/* ---- its steps, the last one first ---- */

static enum vfs_err try_begin(struct load *, enum vfs_err);

static enum vfs_err stat_ask(struct load *l,
                             enum vfs_err (*next)(struct load *, enum vfs_err))
{
	op_reset(l);
	l->next = next;
	return vfs_file_stat(l->file, &l->op);
}

/* Is it still what was read? */
static enum vfs_err checked(struct load *l, enum vfs_err e)
{
	struct stamp now;

	if (e)
		return load_fail(l, e);
	now = stamp_of(&l->op.stat);
	if (l->filled == l->size && stamp_equal(&now, &l->stamp))
		return load_end(l, FIEF_OK);
	if (++l->tries == LOAD_TRIES)
		return load_end(l, FIEF_AGAIN);
	return try_begin(l, VFS_OK);
}

static enum vfs_err part_ask(struct load *);

static enum vfs_err part_read(struct load *l, enum vfs_err e)
{
	if (e)
		return load_fail(l, e);
	l->filled += l->op.count;
	return l->op.count ? part_ask(l) : stat_ask(l, checked);
}

static enum vfs_err part_ask(struct load *l)
{
	if (l->filled == l->size)
		return stat_ask(l, checked);
	op_reset(l);
	l->op.buf = l->addr + l->filled;
	l->op.len = l->size - l->filled;
	l->op.pos = l->filled;
	l->next = part_read;
	return vfs_pread(l->file, &l->op);
}

/* op.stat is what the file is now. */
static enum vfs_err try_begin(struct load *l, enum vfs_err e)
{
	const struct vfs_stat *s = &l->op.stat;
	enum fief_err no_room;
	void *addr;

	if (e)
		return load_fail(l, e);
	if (s->kind != VFS_FILE)
		return load_fail(l,
		                 s->kind == VFS_DIR ? VFS_IS_DIR : VFS_INVALID);
	l->stamp = stamp_of(s);
	if (s->size > l->most)
		return load_end(l, FIEF_LIMIT);
	l->size = (size_t)s->size;
	l->filled = 0;
	no_room = l->room(l, l->size, &addr);
	if (no_room)
		return load_end(l, no_room);
	l->addr = addr;
	return part_ask(l);
}

static enum vfs_err opened(struct load *l, enum vfs_err e)
{
	if (e) {
		vfs_node_put(l->op.node); /* the link that it ended at */
		return load_fail(l, e);
	}
	l->file = l->op.file;
	return stat_ask(l, try_begin);
}

/* ---- beginning ---- */

enum fief_err load_start(struct load *l, struct vfs *v, const char *path,
                         uint32_t flags)
{
	l->vfs = v;
	l->file = NULL;
	l->tries = 0;
	l->size = 0;
	l->stamp = (struct stamp){ 0 };
	l->running = true;
	l->next = opened;
	op_reset(l);
	l->op.path = path;
	l->op.flags = VFS_READ | VFS_NONBLOCK | flags;
	return load_go(l, vfs_open(v, &l->op));
}

void load_cancel(struct load *l)
{
	if (!l->running)
		return;
	l->running = false;
	if (l->op.cancel)
		l->op.cancel(&l->op);
	if (l->file)
		vfs_close(l->file);
	l->file = NULL;
}
