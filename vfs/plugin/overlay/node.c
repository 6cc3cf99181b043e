/* SPDX-License-Identifier: MIT */
/* Nodes of an overlay: those that somebody refers to, by what they stand for. */

#include <lib/mem.h>

#include "internal.h"

static size_t node_bytes(unsigned lowers)
{
	return sizeof(struct ov_node) + lowers * sizeof(struct vfs_node *);
}

static struct ov_node *in_tree(const struct tree_elem *e)
{
	return TREE_OBJECT((struct tree_elem *)(uintptr_t)e, struct ov_node,
	                   in_tree);
}

/* ---- what is found by a lower name, by a number of the upper one ---- */

struct name_key {
	const struct ov_node *dir;
	struct vfs_name name;
};

static int name_order(const void *key, const struct tree_elem *e)
{
	const struct name_key *k = key;
	const struct ov_node *n = in_tree(e);

	if (k->dir != n->parent)
		return k->dir < n->parent ? -1 : 1;
	if (k->name.hash != n->name.hash)
		return k->name.hash < n->name.hash ? -1 : 1;
	if (k->name.len != n->name.len)
		return k->name.len < n->name.len ? -1 : 1;
	return memcmp(k->name.s, n->name.s, n->name.len);
}

static int by_name(const struct tree_elem *a, const struct tree_elem *b)
{
	const struct name_key k = { in_tree(a)->parent, in_tree(a)->name };

	return name_order(&k, b);
}

static int upper_order(const void *key, const struct tree_elem *e)
{
	const uint64_t a = *(const uint64_t *)key, b = in_tree(e)->upper_ino;

	return a < b ? -1 : a > b;
}

static int by_upper(const struct tree_elem *a, const struct tree_elem *b)
{
	return upper_order(&in_tree(a)->upper_ino, b);
}

struct ov_node *ov_by_upper(struct ov_fs *fs, uint64_t ino)
{
	return in_tree(tree_find(&fs->by_upper, &ino, upper_order));
}

static enum vfs_err keyed(struct ov_fs *fs, struct ov_node *n)
{
	enum fief_err e;

	if (n->upper) {
		fs->by_upper.order = by_upper;
		e = tree_insert(&fs->by_upper, &n->in_tree);
	} else {
		fs->by_name.order = by_name;
		e = tree_insert(&fs->by_name, &n->in_tree);
	}
	return e ? VFS_IO : VFS_OK; /* it was looked for before */
}

uint64_t ov_ino(const struct ov_fs *fs, const struct vfs_node *of, uint64_t ino)
{
	unsigned i = 0;

	while (i < OV_UPPER && fs->layer[i].fs != of->fs)
		i++;
	return ino << OV_LAYER_BITS | i;
}

/* ---- its name ---- */

static void name_drop(struct ov_node *n)
{
	fief_free(ov_fs(n)->alloc, (char *)(uintptr_t)n->name.s, n->name.len);
	if (n->parent)
		vfs_node_put(&n->parent->node);
	n->parent = NULL;
	n->name = (struct vfs_name){ 0 };
}

enum vfs_err ov_node_named(struct ov_node *n, struct ov_node *dir,
                           struct vfs_name name)
{
	void *mem;

	if (n->parent == dir && n->name.hash == name.hash &&
	    n->name.len == name.len && !memcmp(n->name.s, name.s, name.len))
		return VFS_OK;
	if (fief_alloc(ov_fs(n)->alloc, name.len, &mem))
		return VFS_NO_MEMORY;
	memcpy(mem, name.s, name.len);
	vfs_node_get(&dir->node);
	name_drop(n);
	n->parent = dir;
	n->name = (struct vfs_name){ mem, name.len, name.hash };
	return VFS_OK;
}

void ov_node_unnamed(struct ov_node *n, const struct ov_node *dir,
                     struct vfs_name name)
{
	n->gone = !n->upper || ov_is_dir(n);
	if (!n->upper)
		tree_remove(&ov_fs(n)->by_name, &n->in_tree);
	if (n->parent == dir && n->name.len == name.len &&
	    !memcmp(n->name.s, name.s, name.len))
		name_drop(n);
}

/* ---- ends ---- */

static void layers_put(struct ov_node *n)
{
	for (unsigned i = 0; i < n->lowers; i++)
		vfs_node_put(n->lower[i]);
	vfs_node_put(n->upper);
}

static void node_free(struct ov_fs *fs, struct ov_node *n, size_t bytes)
{
	layers_put(n);
	name_drop(n);
	fief_free(fs->alloc, n, bytes);
}

/* The end of a node is the end of a reference to the one above: one after the
 * other, since trees are deeper than stacks. */
void ov_put(struct vfs_node *node)
{
	struct ov_node *n = ov_node(node);
	struct ov_fs *fs = ov_fs(n);
	struct list_elem *e;

	if (tree_linked(&n->in_tree))
		tree_remove(n->upper ? &fs->by_upper : &fs->by_name,
		            &n->in_tree);
	n->in_dying = (struct list_elem){ 0 };
	list_add_last(&fs->dying, &n->in_dying);
	if (fs->draining)
		return;
	fs->draining = true;
	while ((e = list_take_first(&fs->dying))) {
		struct ov_node *d = LIST_OBJECT(e, struct ov_node, in_dying);

		node_free(fs, d, node_bytes(d->room));
	}
	fs->draining = false;
}

/* ---- making ---- */

void ov_found_put(struct ov_found *f)
{
	for (unsigned i = 0; i < f->lowers; i++)
		vfs_node_put(f->lower[i]);
	vfs_node_put(f->upper);
	f->upper = NULL;
	f->lowers = 0;
}

static const struct vfs_node_ops *ops_of(enum vfs_kind kind)
{
	static const struct vfs_node_ops *const of[VFS_KINDS] = {
		[VFS_FILE] = &ov_file_node_ops,
		[VFS_DIR] = &ov_dir_node_ops,
		[VFS_SYMLINK] = &ov_link_node_ops,
		[VFS_FIFO] = &ov_name_node_ops,
		[VFS_CHAR] = &ov_file_node_ops,
		[VFS_BLOCK] = &ov_file_node_ops,
		[VFS_SOCKET] = &ov_name_node_ops,
	};

	return of[kind];
}

static enum vfs_err node_make(struct ov_fs *fs, struct ov_found *f,
                              uint64_t ino, struct ov_node **out)
{
	struct vfs_node *real = f->upper ? f->upper : f->lower[0];
	struct ov_node *n;
	void *mem;
	enum vfs_err e;

	if (fief_alloc_zeroed(fs->alloc, node_bytes(f->lowers), &mem))
		return VFS_NO_MEMORY;
	n = mem;
	vfs_node_init(&n->node, &fs->fs, ops_of(real->kind), real->kind);
	n->room = (uint8_t)f->lowers;
	n->upper_ino = f->upper ? ino : 0;
	n->ino = ov_ino(fs, real, ino);
	e = f->dir ? ov_node_named(n, f->dir, f->name) : VFS_OK;
	if (e) {
		vfs_node_put(&n->node);
		return e;
	}
	n->upper = f->upper;
	n->lowers = (uint8_t)f->lowers;
	memcpy(n->lower, f->lower, f->lowers * sizeof(n->lower[0]));
	f->upper = NULL;
	f->lowers = 0;
	*out = n;
	return keyed(fs, n);
}

enum vfs_err ov_node_of(struct ov_fs *fs, struct ov_found *f,
                        struct ov_node **out)
{
	const struct name_key key = { f->dir, f->name };
	struct ov_node *n;
	struct vfs_stat st;
	enum vfs_err e = ov_inner_stat(f->upper ? f->upper : f->lower[0], &st);

	if (!e) {
		n = f->upper ?
		            ov_by_upper(fs, st.ino) :
		            in_tree(tree_find(&fs->by_name, &key, name_order));
		if (!n)
			e = node_make(fs, f, st.ino, out);
		else if (!f->upper || !(e = ov_node_named(n, f->dir, f->name)))
			*out = ov_node(vfs_node_get(&n->node));
	}
	ov_found_put(f);
	return e;
}

enum vfs_err ov_node_copied(struct ov_node *n, struct vfs_node *upper)
{
	struct vfs_stat st;
	enum vfs_err e = ov_inner_stat(upper, &st);

	if (e) {
		vfs_node_put(upper);
		return e;
	}
	if (!n->gone)
		tree_remove(&ov_fs(n)->by_name, &n->in_tree);
	n->upper = upper;
	n->upper_ino = st.ino;
	if (!ov_is_dir(n)) {
		vfs_node_put(n->lower[0]);
		n->lowers = 0;
	}
	return keyed(ov_fs(n), n);
}

/* ---- what is known of it ---- */

static enum vfs_err stat(struct vfs_node *node, struct vfs_op *op)
{
	const struct ov_node *n = ov_node(node);
	enum vfs_err e = ov_inner_stat(ov_real(n), &op->stat);

	if (e)
		return e;
	op->stat.dev = node->fs->dev;
	op->stat.ino = n->ino;
	if (n->gone && (!n->upper || ov_is_dir(n)))
		op->stat.links = 0;
	else if (ov_is_dir(n) && n->lowers + (n->upper != NULL) > 1)
		op->stat.links = 1;
	return VFS_OK;
}

static enum vfs_err change(struct vfs_node *node, struct vfs_op *op)
{
	struct ov_node *n = ov_node(node);
	const struct vfs_change *c = op->change;
	enum vfs_err e = ov_copy_up(n, !(c->what & VFS_SET_SIZE) || c->size);

	if (!e)
		e = ov_inner_change(n->upper, c);
	if (!e)
		vfs_node_changed(node);
	return e;
}

static enum vfs_err target(struct vfs_node *node, struct vfs_op *op)
{
	struct vfs_node *real = ov_real(ov_node(node));

	return real->ops->target ? real->ops->target(real, op) : VFS_INVALID;
}

/* Whatever is renamed around it. */
static struct vfs_node *up(struct vfs_node *node, struct vfs_name *name)
{
	const struct ov_node *n = ov_node(node);

	if (!n->parent)
		return NULL;
	*name = n->name;
	return vfs_node_get(&n->parent->node);
}

/* What changes elsewhere is told to nodes of the part only. */
static enum vfs_err watch(struct vfs_node *node)
{
	return ov_real(ov_node(node))->ops->watch ? VFS_UNSUPPORTED : VFS_OK;
}

const struct vfs_node_ops ov_file_node_ops = {
	.put = ov_put,
	.stat = stat,
	.change = change,
	.watch = watch,
	.open = ov_open,
};

const struct vfs_node_ops ov_dir_node_ops = {
	.put = ov_put,
	.stat = stat,
	.change = change,
	.watch = watch,
	.lookup = ov_lookup,
	.make = ov_make,
	.link = ov_link,
	.remove = ov_remove,
	.rename = ov_rename,
	.up = up,
	.list = ov_list,
};

const struct vfs_node_ops ov_link_node_ops = {
	.put = ov_put,
	.stat = stat,
	.change = change,
	.watch = watch,
	.target = target,
};

const struct vfs_node_ops ov_name_node_ops = {
	.put = ov_put,
	.stat = stat,
	.change = change,
	.watch = watch,
};
