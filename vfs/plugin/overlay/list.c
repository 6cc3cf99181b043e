/* SPDX-License-Identifier: MIT */
/*
 * Entries of a directory: of the lower ones first, then those that only the upper
 * one has. So an entry keeps its position when it is copied, and who lists
 * meanwhile gets it once. A position has the number of the layer in its lower
 * bits.
 */

#include <lib/mem.h>

#include "internal.h"

enum { PART_MASK = (1 << OV_LAYER_BITS) - 1 };

static uint64_t last_pos(uint64_t pos)
{
	return pos >> OV_LAYER_BITS;
}

/* Number and kind as `find` would give them: what is copied is another file. */
static void real_entry(const struct ov_node *dir, struct vfs_node *at,
                       struct vfs_name name, struct vfs_dirent *d)
{
	struct ov_fs *fs = ov_fs(dir);
	const struct ov_node *live;
	struct vfs_node *of = at, *n = NULL;
	struct vfs_stat st;

	if (dir->upper && at != dir->upper &&
	    !ov_inner_find(dir->upper, name, &n)) {
		if (!ov_inner_stat(n, &st))
			d->ino = st.ino;
		d->kind = (uint8_t)n->kind;
		of = n;
	}
	live = of->fs == fs->layer[OV_UPPER].fs ? ov_by_upper(fs, d->ino) :
	                                          NULL;
	d->ino = live ? live->ino : ov_ino(fs, of, d->ino);
	vfs_node_put(n);
}

static bool hidden(const struct ov_node *dir, unsigned part,
                   struct vfs_name name)
{
	if (ov_reserved(name))
		return true;
	return part == OV_UPPER ? ov_below(dir, name) :
	                          !ov_shows(dir, part, name);
}

/* Entries from `from` on are of that part. False: their positions are too large. */
static bool filter(const struct ov_node *dir, unsigned part,
                   struct vfs_node *at, size_t from, struct vfs_op *op)
{
	const size_t end = op->count;
	size_t to = from;

	for (size_t i = from; i < end;) {
		struct vfs_dirent *d = (void *)((char *)op->buf + i);
		const struct vfs_name name = ov_name(d->name, d->name_len);
		const size_t bytes = d->bytes;

		if (d->next > last_pos(VFS_DIR_POS_MAX))
			return false;
		op->pos = d->next = d->next << OV_LAYER_BITS | part;
		if (!hidden(dir, part, name)) {
			real_entry(dir, at, name, d);
			memmove((char *)op->buf + to, d, bytes);
			to += bytes;
		}
		i += bytes;
	}
	op->count = to;
	return true;
}

static struct vfs_node *part_dir(const struct ov_node *dir, unsigned part)
{
	if (part == OV_UPPER)
		return dir->upper;
	return part < dir->lowers ? dir->lower[part] : NULL;
}

/* The position where the part behind it begins. */
static uint64_t part_next(const struct ov_node *dir, unsigned part)
{
	return part + 1 < dir->lowers ? part + 1 : OV_UPPER;
}

/* One piece of one layer. *at becomes the position behind it; *end: that was all. */
static enum vfs_err piece(const struct ov_node *dir, uint64_t *at, bool *end,
                          struct vfs_op *op)
{
	const unsigned part = (unsigned)(*at & PART_MASK);
	struct vfs_node *of = part_dir(dir, part);
	const size_t from = op->count;
	enum vfs_err e = VFS_OK;

	op->pos = last_pos(*at);
	if (of && of->ops->list)
		e = ov_now(op, of->ops->list(of, op));
	if (e)
		return e;
	*end = op->count == from && part == OV_UPPER;
	if (op->count == from)
		op->pos = part_next(dir, part);
	else if (!filter(dir, part, of, from, op))
		return VFS_UNSUPPORTED;
	*at = op->pos;
	return VFS_OK;
}

enum vfs_err ov_list(struct vfs_node *node, struct vfs_op *op)
{
	const struct ov_node *dir = ov_node(node);
	const size_t had = op->count;
	uint64_t at = op->pos;
	bool end = dir->gone;
	enum vfs_err e = VFS_OK;

	if (!at && !dir->lowers)
		at = OV_UPPER;
	while (!e && !end && op->len - op->count >= VFS_DIRENT_MAX)
		e = piece(dir, &at, &end, op);
	return op->count > had ? VFS_OK : e;
}

/* ---- directories that are to go ---- */

enum vfs_err ov_empty(struct ov_node *dir)
{
	_Alignas(8) char buf[VFS_DIRENT_MAX];
	size_t bytes;
	uint64_t pos = 0;
	enum vfs_err e =
		ov_inner_list(&dir->node, buf, sizeof(buf), &pos, &bytes);

	return e ? e : bytes ? VFS_NOT_EMPTY : VFS_OK;
}

static enum vfs_err clear_piece(struct vfs_node *dir, const char *buf,
                                size_t bytes)
{
	enum vfs_err e = VFS_OK;

	for (size_t at = 0; !e && at < bytes;) {
		const struct vfs_dirent *d = (const void *)(buf + at);
		const struct vfs_name name = ov_name(d->name, d->name_len);

		if (ov_reserved(name))
			e = ov_inner_remove(dir, name, false);
		at += d->bytes;
	}
	return e;
}

enum vfs_err ov_clear(struct vfs_node *dir)
{
	_Alignas(8) char buf[2 * VFS_DIRENT_MAX];
	size_t bytes = 0;
	uint64_t pos = 0;
	enum vfs_err e;

	do {
		e = ov_inner_list(dir, buf, sizeof(buf), &pos, &bytes);
		if (!e)
			e = clear_piece(dir, buf, bytes);
	} while (!e && bytes);
	return e;
}
