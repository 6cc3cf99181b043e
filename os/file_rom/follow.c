/* SPDX-License-Identifier: MIT */
/* A path, level by level: level 0 is the root, the last one the file. */

#include "follow.h"

#include <lib/mem.h>

struct follow_level {
	struct follow *owner; /* borrowed */
	struct vfs_op op;
	struct vfs_file *file; /* owned: open to be watched; or NULL */
	bool watched;
};

/* ---- levels ---- */

static unsigned levels_of(const char *path)
{
	unsigned n = 1;

	for (; *path; path++)
		n += *path == '/' && path[1];
	return n;
}

bool follow_possible(const char *path)
{
	return levels_of(path) <= FOLLOW_LEVELS_MAX;
}

static size_t memory_of(const char *path)
{
	return levels_of(path) * sizeof(struct follow_level) + strlen(path) + 1;
}

size_t follow_cost(const char *path)
{
	return memory_of(path) + (size_t)levels_of(path) * FOLLOW_OPEN_BYTES;
}

static void level_close(struct follow_level *l)
{
	const bool watched = l->watched;

	l->watched = false;
	if (watched && l->op.cancel)
		l->op.cancel(&l->op);
	if (l->file)
		vfs_close(l->file);
	l->file = NULL;
}

static void levels_close(struct follow *f, unsigned from)
{
	for (unsigned i = from; i < f->levels; i++)
		level_close(&f->level[i]);
}

/* The path up to that level. */
static const char *prefix_of(struct follow *f, unsigned level)
{
	const char *at = f->path;
	size_t len;

	for (unsigned i = 0; i < level; i++)
		at = strchr(at + 1, '/') ? strchr(at + 1, '/') :
		                           at + strlen(at);
	len = (size_t)(at - f->path);
	memcpy(f->prefix, f->path, len);
	f->prefix[len] = '\0';
	return len ? f->prefix : "/";
}

/* ---- looking ---- */

static void go_from(struct follow *f, unsigned level);

static void on_changed(struct vfs_op *op, enum vfs_err e)
{
	struct follow_level *l = op->user;
	struct follow *f = l->owner;
	const unsigned level = (unsigned)(l - f->level);

	if (!l->watched)
		return; /* we end it */
	l->watched = false;
	if (e) /* its file system does not tell any more */
		f->unwatched = true;
	else if (f->running)
		f->again = level < f->again ? level : f->again;
	else
		go_from(f, level);
}

static void level_watch(struct follow_level *l)
{
	if (l->watched)
		return;
	l->op = (struct vfs_op){ .done = on_changed, .user = l };
	l->watched = vfs_watch(l->file, &l->op) == VFS_LATE;
	if (!l->watched)
		l->owner->unwatched = true;
}

/* All that is there was looked at. */
static enum vfs_err look_end(struct follow *f, const struct stamp *now)
{
	const bool news = !f->known || !stamp_equal(now, &f->stamp);
	const unsigned again = f->again;

	f->running = false;
	f->stamp = *now;
	f->known = true;
	f->again = f->levels;
	if (news)
		f->changed(f);
	if (f->level && again < f->levels)
		go_from(f, again);
	return VFS_LATE;
}

static enum vfs_err stated(struct follow *f, enum vfs_err e)
{
	const struct stamp now = stamp_of(&f->op.stat);

	return look_end(f, e ? &(struct stamp){ 0 } : &now);
}

static enum vfs_err level_ask(struct follow *f);

/* A level is open: watch it, then look. */
static enum vfs_err level_opened(struct follow *f)
{
	struct follow_level *l = &f->level[f->at];

	level_watch(l);
	if (++f->at < f->levels)
		return level_ask(f);
	f->next = stated;
	return vfs_file_stat(l->file, &f->op);
}

static enum vfs_err opened(struct follow *f, enum vfs_err e)
{
	if (e) {
		vfs_node_put(f->op.node); /* the link that it ended at */
		return look_end(f, &(struct stamp){ 0 });
	}
	f->level[f->at].file = f->op.file;
	return level_opened(f);
}

static void on_done(struct vfs_op *op, enum vfs_err e);

static void op_reset(struct follow *f)
{
	f->op = (struct vfs_op){ .done = on_done, .user = f };
}

static enum vfs_err level_ask(struct follow *f)
{
	op_reset(f);
	f->op.path = prefix_of(f, f->at);
	f->op.flags = VFS_PATH_ONLY | f->flags;
	f->next = opened;
	return vfs_open(f->vfs, &f->op);
}

static void go(struct follow *f, enum vfs_err e)
{
	while (e != VFS_LATE)
		e = f->next(f, e);
}

static void on_done(struct vfs_op *op, enum vfs_err e)
{
	struct follow *f = op->user;

	if (f->running)
		go(f, e);
}

/* Look anew from a level on: what is open there is still what stands there, as
 * the level above would have told. */
static void go_from(struct follow *f, unsigned level)
{
	f->running = true;
	f->again = f->levels;
	f->at = level;
	levels_close(f, level + 1);
	op_reset(f);
	go(f, f->level[level].file ? level_opened(f) : level_ask(f));
}

/* ---- begin and end ---- */

enum fief_err follow_start(struct follow *f, struct vfs *v,
                           struct fief_alloc *alloc, const char *path,
                           uint32_t flags)
{
	const unsigned levels = levels_of(path);
	void *mem;

	if (!follow_possible(path))
		return FIEF_LIMIT;
	if (fief_alloc_zeroed(alloc, memory_of(path), &mem))
		return FIEF_OUT_OF_RAM;
	f->vfs = v;
	f->alloc = alloc;
	f->path = path;
	f->flags = flags;
	f->level = mem;
	f->levels = levels;
	f->prefix = (char *)(f->level + levels);
	f->known = f->unwatched = false;
	for (unsigned i = 0; i < levels; i++)
		f->level[i].owner = f;
	go_from(f, 0);
	return FIEF_OK;
}

void follow_stop(struct follow *f)
{
	if (!f->level)
		return;
	if (f->running) {
		f->running = false;
		if (f->op.cancel)
			f->op.cancel(&f->op);
	}
	levels_close(f, 0);
	fief_free(f->alloc, f->level, memory_of(f->path));
	f->level = NULL;
}
