/* SPDX-License-Identifier: MIT */
/*
 * Entries of a directory as it is seen: "." and "..", what the configuration
 * names, then what each layer has that no earlier one has. A position has the
 * part in its lower bits: 0 for the former, n for layer n - 1; the position in
 * that is above them, so that there is room for trees of servers of servers.
 */

#include <assert.h>

#include <lib/mem.h>

#include "internal.h"

enum { PART_BITS = 4, PART_MASK = (1 << PART_BITS) - 1, DOTS = 2 };

static_assert(VFS_LAYERS_MAX + 1 <= PART_MASK &&
                      VFS_DIR_POS_MAX == UINT64_MAX >> PART_BITS,
              "positions");

bool vfs_dirent_add(struct vfs_op *op, struct vfs_name name, uint64_t ino,
                    enum vfs_kind kind, uint64_t next)
{
	const size_t bytes =
		(sizeof(struct vfs_dirent) + name.len + 1 + 7) & ~(size_t)7;
	struct vfs_dirent *d;

	if (bytes > op->len - op->count)
		return false;
	d = (void *)((char *)op->buf + op->count);
	*d = (struct vfs_dirent){
		.ino = ino,
		.next = next,
		.bytes = (uint16_t)bytes,
		.kind = (uint8_t)kind,
		.name_len = (uint8_t)name.len,
	};
	memcpy(d->name, name.s, name.len);
	memset(d->name + name.len, 0, bytes - sizeof(*d) - name.len);
	op->count += bytes;
	return true;
}

/* ---- what the configuration has ---- */

/* Of a file system that would have to be asked, it is not known here. */
static uint64_t ino_of(struct vfs_node *n, struct vfs_op *op)
{
	if (n->kind == VFS_DIR && !n->ops->lookup)
		return 0;
	return n->ops->stat(n, op) ? 0 : op->stat.ino;
}

static struct vfs_node *top(const struct vfs_place *p)
{
	return p->count ? p->layer[0] : &p->mount->node;
}

static bool add_dots(const struct vfs_place *p, struct vfs_op *op)
{
	static const char dots[] = "..";

	while (op->pos < DOTS) {
		const struct vfs_place *of =
			op->pos && p->parent ? p->parent : p;
		const struct vfs_name n = { dots, (uint32_t)op->pos + 1, 0 };

		if (!vfs_dirent_add(op, n, ino_of(top(of), op), VFS_DIR,
		                    (op->pos + 1) << PART_BITS))
			return false;
		op->pos++;
	}
	return true;
}

static bool add_item(struct vfs_mount *m, struct vfs_op *op)
{
	struct vfs_node *n = m->fs ? m->fs->root : &m->node;
	const struct vfs_name name = { m->name, m->name_len, m->hash };

	return vfs_dirent_add(op, name, ino_of(n, op), n->kind,
	                      (op->pos + 1) << PART_BITS);
}

/* True when all of them have been listed. */
static bool list_fixed(const struct vfs_place *p, struct vfs_op *op)
{
	uint64_t at = DOTS;

	if (!add_dots(p, op))
		return false;
	if (!p->mount)
		return true;
	LIST_FOR_EACH(m, &p->mount->items, struct vfs_mount, link) {
		if (!m->name || at++ < op->pos)
			continue;
		if (!add_item(m, op))
			return false;
		op->pos++;
	}
	return true;
}

/* ---- what the layers have ---- */

static bool listed(const struct vfs_place *p, unsigned layer,
                   struct vfs_name name, struct vfs_op *op)
{
	if (p->mount && mount_find(p->mount, name))
		return true;
	for (unsigned i = 0; i < layer && i < p->count; i++) {
		struct vfs_node *kept = op->node, *dir = p->layer[i];
		enum vfs_err e;

		if (!dir->ops->lookup)
			continue;
		e = dir->ops->lookup(dir, name, op);
		if (!e)
			vfs_node_put(op->node);
		op->node = kept;
		if (!e)
			return true;
	}
	return false;
}

/* Entries from `from` on came from a layer: those that are hidden go. */
static void filter(const struct vfs_place *p, unsigned layer, size_t from,
                   struct vfs_op *op)
{
	const bool alone = !layer && (!p->mount || !p->mount->items.count);
	const size_t end = op->count;
	size_t to = from;

	for (size_t at = from; at < end;) {
		struct vfs_dirent *d = (void *)((char *)op->buf + at);
		const struct vfs_name n = {
			d->name, d->name_len,
			alone ? 0 : vfs_hash(d->name, d->name_len)
		};
		const size_t bytes = d->bytes;

		d->next = d->next << PART_BITS | (layer + 1);
		op->list_at = d->next;
		if (alone || !listed(p, layer, n, op)) {
			memmove((char *)op->buf + to, d, bytes);
			to += bytes;
		}
		at += bytes;
	}
	op->count = to;
}

/* The file may be listed by others at the same time. */
static enum vfs_err list_end(struct vfs_op *op, enum vfs_err e)
{
	op->pos = op->file->pos = op->list_at;
	return e;
}

static enum vfs_err list_layers(struct vfs_op *op);

static enum vfs_err layer_listed(struct vfs_op *op, enum vfs_err e)
{
	const unsigned layer = (unsigned)(op->list_at & PART_MASK) - 1;
	const size_t from = op->walk.len;
	const bool any = op->count > from;

	if (e)
		return list_end(op, from ? VFS_OK : e);
	filter(op->file->place, layer, from, op);
	if (!any)
		op->list_at = layer + 2;
	else if (op->len - op->count < VFS_DIRENT_MAX)
		return list_end(op, VFS_OK);
	return list_layers(op);
}

static enum vfs_err list_layers(struct vfs_op *op)
{
	const struct vfs_place *p = op->file->place;
	const uint64_t part = op->list_at & PART_MASK;
	struct vfs_node *dir;
	enum vfs_err e;

	if (part > p->count)
		return list_end(op, VFS_OK);
	dir = p->layer[part - 1];
	op->walk.len = op->count;
	op->pos = op->list_at >> PART_BITS;
	e = dir->ops->list ? dir->ops->list(dir, op) : VFS_OK;
	if (e != VFS_LATE)
		return layer_listed(op, e);
	op->step = layer_listed;
	return e;
}

enum vfs_err vfs_list(struct vfs_file *f, struct vfs_op *op)
{
	if (f->node->kind != VFS_DIR)
		return VFS_NOT_DIR;
	if (!(f->flags & VFS_READ))
		return VFS_NOT_OPEN;
	if (op->len < VFS_DIRENT_MAX)
		return VFS_INVALID;
	op->file = f;
	op->count = 0;
	op->list_at = f->pos;
	if (!(f->pos & PART_MASK)) {
		bool all;

		op->pos = f->pos >> PART_BITS;
		all = list_fixed(f->place, op);
		op->list_at = all ? 1 : op->pos << PART_BITS;
		/* A layer that has room for no entry would seem to end. */
		if (!all || op->len - op->count < VFS_DIRENT_MAX)
			return list_end(op, VFS_OK);
	}
	return list_layers(op);
}
