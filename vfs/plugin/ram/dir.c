/* SPDX-License-Identifier: MIT */
/* Directories: names by hash, and in the order in which they were added. */

#include <lib/mem.h>

#include "ram.h"

enum { BUCKETS_MIN = 8, LINKS_MAX = 0x7fffffff };

/* ---- the table ---- */

static size_t entry_bytes(size_t len)
{
	return sizeof(struct ram_entry) + len;
}

static int pos_order(const struct tree_elem *a, const struct tree_elem *b)
{
	const struct ram_entry *x = (const void *)a, *y = (const void *)b;

	return (x->pos > y->pos) - (x->pos < y->pos);
}

static int pos_key(const void *key, const struct tree_elem *e)
{
	const uint64_t pos = *(const uint64_t *)key;
	const struct ram_entry *x = (const void *)e;

	return (pos > x->pos) - (pos < x->pos);
}

void ram_dir_init(struct ram_node *n)
{
	n->dir.by_pos = (struct tree){ .order = pos_order };
}

static struct ram_entry **slot_find(const struct ram_dir *d,
                                    struct vfs_name name)
{
	struct ram_entry **at;

	if (!d->buckets)
		return NULL;
	at = &d->bucket[name.hash & (d->buckets - 1)];
	for (; *at; at = &(*at)->next)
		if ((*at)->hash == name.hash && (*at)->len == name.len &&
		    !memcmp((*at)->name, name.s, name.len))
			return at;
	return NULL;
}

static struct ram_entry *entry_find(const struct ram_dir *d,
                                    struct vfs_name name)
{
	struct ram_entry **at = slot_find(d, name);

	return at ? *at : NULL;
}

static void bucket_add(struct ram_dir *d, struct ram_entry *e)
{
	struct ram_entry **at = &d->bucket[e->hash & (d->buckets - 1)];

	e->next = *at;
	*at = e;
}

/* Room for one more at one a bucket. */
static enum vfs_err grow(struct ram_fs *fs, struct ram_dir *d)
{
	struct ram_entry **old = d->bucket;
	const uint32_t had = d->buckets;
	const uint32_t n = had ? 2 * had : BUCKETS_MIN;
	void *mem;

	if (d->by_pos.count < had)
		return VFS_OK;
	if (fief_alloc_array(fs->alloc, n, sizeof(*old), &mem))
		return VFS_NO_SPACE;
	d->bucket = mem;
	d->buckets = n;
	TREE_FOR_EACH(e, &d->by_pos)
		bucket_add(d, (struct ram_entry *)(void *)e);
	fief_free(fs->alloc, old, had * sizeof(*old));
	return VFS_OK;
}

/* A name for `n`, whose reference it takes on success. */
static enum vfs_err entry_add(struct ram_node *dir, struct vfs_name name,
                              struct ram_node *n, struct ram_entry **out)
{
	struct ram_fs *fs = ram_fs(dir);
	struct ram_entry *e;
	void *mem;
	enum vfs_err err = grow(fs, &dir->dir);

	if (err)
		return err;
	if (fief_alloc(fs->alloc, entry_bytes(name.len), &mem))
		return VFS_NO_SPACE;
	e = mem;
	*e = (struct ram_entry){
		.pos = ++dir->dir.last_pos,
		.node = n,
		.hash = name.hash,
		.len = (uint8_t)name.len,
	};
	memcpy(e->name, name.s, name.len);
	bucket_add(&dir->dir, e);
	if (tree_insert(&dir->dir.by_pos, &e->in_pos))
		return VFS_IO; /* no two have the same position */
	*out = e;
	return VFS_OK;
}

/* The entry goes; its reference is the caller's. */
static struct ram_node *entry_take(struct ram_node *dir, struct ram_entry **at)
{
	struct ram_entry *e = *at;
	struct ram_node *n = e->node;

	*at = e->next;
	tree_remove(&dir->dir.by_pos, &e->in_pos);
	fief_free(ram_fs(dir)->alloc, e, entry_bytes(e->len));
	return n;
}

void ram_dir_fini(struct ram_node *dir)
{
	struct ram_dir *d = &dir->dir;

	for (uint32_t i = 0; i < d->buckets; i++)
		while (d->bucket[i])
			vfs_node_put(&entry_take(dir, &d->bucket[i])->node);
	fief_free(ram_fs(dir)->alloc, d->bucket,
	          d->buckets * sizeof(*d->bucket));
}

/* ---- names ---- */

static bool is_dir(const struct ram_node *n)
{
	return n->node.kind == VFS_DIR;
}

static bool removed(const struct ram_node *dir)
{
	return !dir->links;
}

/* `n` has a name in `dir` now, or one less. */
static void named(struct ram_node *dir, struct ram_entry *e)
{
	struct ram_node *n = e->node;

	n->links += is_dir(n) ? 2 : 1;
	if (is_dir(n)) {
		dir->links++;
		n->dir.parent = dir;
		n->dir.entry = e;
	}
	ram_changed(dir);
	ram_touched(n);
}

static void unnamed(struct ram_node *dir, struct ram_node *n)
{
	n->links -= is_dir(n) ? 2 : 1;
	if (is_dir(n)) {
		dir->links--;
		n->dir.entry = NULL;
	}
	ram_changed(dir);
	ram_touched(n);
}

static enum vfs_err dir_lookup(struct vfs_node *dir, struct vfs_name name,
                               struct vfs_op *op)
{
	const struct ram_entry *e = entry_find(&ram_node(dir)->dir, name);

	if (!e)
		return VFS_NOT_FOUND;
	op->node = vfs_node_get(&e->node->node);
	return VFS_OK;
}

static enum vfs_err dir_make(struct vfs_node *node, struct vfs_name name,
                             struct vfs_op *op)
{
	struct ram_node *dir = ram_node(node), *n;
	struct ram_entry *entry;
	enum vfs_err e;

	if (removed(dir))
		return VFS_NOT_FOUND;
	if (entry_find(&dir->dir, name))
		return VFS_EXISTS;
	e = ram_node_make(ram_fs(dir), op->kind, op, &n);
	if (e)
		return e;
	e = entry_add(dir, name, n, &entry);
	if (e) {
		vfs_node_put(&n->node);
		return e;
	}
	named(dir, entry);
	op->node = vfs_node_get(&n->node);
	return VFS_OK;
}

static enum vfs_err dir_link(struct vfs_node *node, struct vfs_name name,
                             struct vfs_node *of, struct vfs_op *op)
{
	struct ram_node *dir = ram_node(node), *n = ram_node(of);
	struct ram_entry *entry;
	enum vfs_err e;

	(void)op;
	if (removed(dir) || !n->links)
		return VFS_NOT_FOUND;
	if (entry_find(&dir->dir, name))
		return VFS_EXISTS;
	if (n->links >= LINKS_MAX)
		return VFS_TOO_MANY_LINKS;
	e = entry_add(dir, name, n, &entry);
	if (e)
		return e;
	vfs_node_get(of);
	named(dir, entry);
	return VFS_OK;
}

static enum vfs_err removable(const struct ram_node *n, bool dir)
{
	if (is_dir(n) != dir)
		return dir ? VFS_NOT_DIR : VFS_IS_DIR;
	return dir && n->dir.by_pos.count ? VFS_NOT_EMPTY : VFS_OK;
}

static enum vfs_err dir_remove(struct vfs_node *node, struct vfs_name name,
                               bool is_dir_wanted, struct vfs_op *op)
{
	struct ram_node *dir = ram_node(node), *n;
	struct ram_entry **at = slot_find(&dir->dir, name);
	enum vfs_err e =
		at ? removable((*at)->node, is_dir_wanted) : VFS_NOT_FOUND;

	(void)op;
	if (e)
		return e;
	n = entry_take(dir, at);
	unnamed(dir, n);
	vfs_node_put(&n->node);
	return VFS_OK;
}

/* ---- rename ---- */

/* Is `dir` the node, or below it? */
static bool within(const struct ram_node *dir, const struct ram_node *n)
{
	for (; dir != n; dir = dir->dir.parent)
		if (dir->dir.parent == dir)
			return false;
	return true;
}

static enum vfs_err replaceable(const struct ram_node *n,
                                const struct ram_node *by)
{
	if (is_dir(n) && !is_dir(by))
		return VFS_IS_DIR;
	if (!is_dir(n) && is_dir(by))
		return VFS_NOT_DIR;
	return is_dir(n) && n->dir.by_pos.count ? VFS_NOT_EMPTY : VFS_OK;
}

static void exchange(struct ram_node *from, struct ram_entry *a,
                     struct ram_node *to, struct ram_entry *b)
{
	struct ram_node *n = a->node, *m = b->node;

	unnamed(from, n);
	unnamed(to, m);
	a->node = m;
	b->node = n;
	named(from, a);
	named(to, b);
}

/* What stands at the new name is replaced in its entry, so that nothing can
 * fail on the way. */
static void replace(struct ram_node *from, struct ram_entry **a,
                    struct ram_node *to, struct ram_entry *b)
{
	struct ram_node *n = (*a)->node, *old = b->node;

	unnamed(to, old);
	unnamed(from, n);
	b->node = n;
	entry_take(from, a);
	named(to, b);
	vfs_node_put(&old->node);
}

static enum vfs_err move(struct ram_node *from, struct vfs_name name,
                         struct ram_node *to, struct vfs_name to_name)
{
	struct ram_node *n = entry_find(&from->dir, name)->node;
	struct ram_entry *entry;
	enum vfs_err e = entry_add(to, to_name, n, &entry);

	if (e)
		return e;
	unnamed(from, n);
	entry_take(from, slot_find(&from->dir, name));
	named(to, entry);
	return VFS_OK;
}

static enum vfs_err dir_rename(struct vfs_node *node, struct vfs_name name,
                               struct vfs_node *to_node,
                               struct vfs_name to_name, struct vfs_op *op)
{
	struct ram_node *from = ram_node(node), *to = ram_node(to_node);
	struct ram_entry **a = slot_find(&from->dir, name);
	struct ram_entry *b = entry_find(&to->dir, to_name);
	const bool swap = op->flags & VFS_EXCHANGE;
	enum vfs_err e;

	if (!a || removed(to) || (swap && !b))
		return VFS_NOT_FOUND;
	if (b && op->flags & VFS_NOREPLACE)
		return VFS_EXISTS;
	if (is_dir((*a)->node) && within(to, (*a)->node))
		return VFS_INVALID;
	if (b && is_dir(b->node) && within(from, b->node))
		return swap ? VFS_INVALID : VFS_NOT_EMPTY;
	if (b && b->node == (*a)->node)
		return VFS_OK;
	if (swap) {
		exchange(from, *a, to, b);
		return VFS_OK;
	}
	if (!b)
		return move(from, name, to, to_name);
	e = replaceable(b->node, (*a)->node);
	if (!e)
		replace(from, a, to, b);
	return e;
}

static struct vfs_node *dir_up(struct vfs_node *node, struct vfs_name *name)
{
	const struct ram_node *dir = ram_node(node);
	const struct ram_entry *e = dir->dir.entry;

	if (!e)
		return NULL;
	*name = (struct vfs_name){ e->name, e->len, e->hash };
	return vfs_node_get(&dir->dir.parent->node);
}

/* ---- listing ---- */

static enum vfs_err dir_list(struct vfs_node *node, struct vfs_op *op)
{
	struct ram_node *dir = ram_node(node);
	const uint64_t from = op->pos + 1;
	struct tree_elem *t = tree_ceiling(&dir->dir.by_pos, &from, pos_key);

	dir->atime = vfs_now(node->fs->vfs);
	for (; t; t = tree_next(t)) {
		const struct ram_entry *e = (const void *)t;
		const struct vfs_name n = { e->name, e->len, e->hash };

		if (!vfs_dirent_add(op, n, e->node->ino, e->node->node.kind,
		                    e->pos))
			break;
	}
	return VFS_OK;
}

const struct vfs_node_ops ram_dir_ops = {
	.put = ram_put,
	.stat = ram_stat,
	.change = ram_change,
	.lookup = dir_lookup,
	.make = dir_make,
	.link = dir_link,
	.remove = dir_remove,
	.rename = dir_rename,
	.up = dir_up,
	.list = dir_list,
};
