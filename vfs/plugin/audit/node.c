/* SPDX-License-Identifier: MIT */
/* Nodes: what is done with them is passed on, and told. */

#include <lib/mem.h>

#include "internal.h"

/* ---- which there are ---- */

static struct audit_node *in_fs(const struct tree_elem *e)
{
	return TREE_OBJECT((struct tree_elem *)(uintptr_t)e, struct audit_node,
	                   in_fs);
}

static int inner_order(const void *key, const struct tree_elem *e)
{
	const uintptr_t a = (uintptr_t)key, b = (uintptr_t)in_fs(e)->inner;

	return a < b ? -1 : a > b;
}

int audit_order(const struct tree_elem *a, const struct tree_elem *b)
{
	return inner_order(in_fs(a)->inner, b);
}

static void put(struct vfs_node *node)
{
	struct audit_node *n = audit_node(node);
	struct audit_fs *fs = audit_fs(n);

	tree_remove(&fs->nodes, &n->in_fs);
	vfs_node_put(n->inner);
	fief_free(fs->alloc, n->path, strlen(n->path) + 1);
	fief_free(fs->alloc, n, sizeof(*n));
}

/* The path as whoever asked gave it, behind that of the directory. */
static char *path_make(struct audit_fs *fs, const struct audit_node *dir,
                       const char *path, size_t len)
{
	const size_t above = dir ? strlen(dir->path) : 0;
	const size_t slash = dir || len;
	char *s;
	void *mem;

	if (fief_alloc(fs->alloc, above + slash + len + 1, &mem))
		return NULL;
	s = mem;
	if (above)
		memcpy(s, dir->path, above);
	if (slash)
		s[above] = '/';
	if (len)
		memcpy(s + above + slash, path, len);
	s[above + slash + len] = '\0';
	return s;
}

static const struct vfs_node_ops *ops_of(const struct vfs_node *inner);

/* It is known by another path now, perhaps. */
static void found_again(struct audit_fs *fs, struct audit_node *n, char *path)
{
	char *old = n->path;

	n->path = path;
	fief_free(fs->alloc, old, strlen(old) + 1);
}

enum vfs_err audit_wrap(struct audit_fs *fs, struct vfs_node *inner,
                        const struct audit_node *dir, const char *path,
                        size_t len, struct vfs_node **out)
{
	struct audit_node *n = in_fs(tree_find(&fs->nodes, inner, inner_order));
	char *text = path_make(fs, dir, path, len);
	void *mem = NULL;

	*out = NULL;
	if (!text || (!n && fief_alloc_zeroed(fs->alloc, sizeof(*n), &mem))) {
		vfs_node_put(inner);
		if (text)
			fief_free(fs->alloc, text, strlen(text) + 1);
		return VFS_NO_MEMORY;
	}
	if (n) {
		vfs_node_put(inner);
		found_again(fs, n, text);
		*out = vfs_node_get(&n->node);
		return VFS_OK;
	}
	n = mem;
	vfs_node_init(&n->node, &fs->fs, ops_of(inner), inner->kind);
	n->inner = inner;
	n->path = text;
	*out = &n->node;
	return tree_insert(&fs->nodes, &n->in_fs) ? VFS_IO : VFS_OK;
}

/* ---- finding ---- */

static enum vfs_err lookup(struct vfs_node *dir, struct vfs_name name,
                           struct vfs_op *op)
{
	struct audit_node *d = audit_node(dir);
	const struct audit_call c = { .line = { "find", d, name, .more = NULL },
		                      .path = name.s,
		                      .len = name.len,
		                      .find = true };

	return audit_over(&c, NULL, op,
	                  d->inner->ops->lookup(d->inner, name, op));
}

enum vfs_err audit_walk(struct vfs_node *dir, const char *path, size_t len,
                        bool follow, struct vfs_op *op)
{
	struct audit_node *d = audit_node(dir);
	const struct audit_call c = {
		.line = { "find", d, { path, (uint32_t)len, 0 }, .more = NULL },
		.path = path,
		.len = len,
		.find = true,
	};
	void *mem;
	enum vfs_err e = audit_begin(&c, &mem);

	if (e)
		return e;
	return audit_over(
		&c, mem, op,
		d->inner->fs->ops->walk(d->inner, path, len, follow, op));
}

static struct vfs_node *up(struct vfs_node *node, struct vfs_name *name)
{
	const struct audit_node *n = audit_node(node);
	struct vfs_node *above =
		n->inner->ops->up ? n->inner->ops->up(n->inner, name) : NULL;
	size_t len = strlen(n->path);
	struct vfs_node *out;

	if (!above)
		return NULL;
	while (len && n->path[len] != '/')
		len--;
	if (in_fs(tree_find(&audit_fs(n)->nodes, above, inner_order))) {
		out = &in_fs(tree_find(&audit_fs(n)->nodes, above, inner_order))
		               ->node;
		vfs_node_put(above);
		return vfs_node_get(out);
	}
	return audit_wrap(audit_fs(n), above, audit_node(node->fs->root),
	                  n->path + (len ? 1 : 0), len ? len - 1 : 0, &out) ?
	               NULL :
	               out;
}

/* ---- what is known of it ---- */

static enum vfs_err stat_end(struct vfs_node *n, struct vfs_op *op,
                             enum vfs_err e)
{
	if (!e)
		op->stat.dev = n->fs->dev;
	return e;
}

/* Told only where it fails: it is part of most that is done. */
static enum vfs_err stat(struct vfs_node *node, struct vfs_op *op)
{
	struct audit_node *n = audit_node(node);
	const struct audit_call c = { .line = { "stat", n, .more = NULL },
		                      .find = true };

	return audit_over(
		&c, NULL, op,
		stat_end(node, op, n->inner->ops->stat(n->inner, op)));
}

static enum vfs_err change(struct vfs_node *node, struct vfs_op *op)
{
	struct audit_node *n = audit_node(node);
	const struct vfs_node_ops *ops = n->inner->ops;
	const struct audit_call c = { .line = { "change", n, .more = NULL },
		                      .change = true };

	return audit_over(&c, NULL, op,
	                  ops->change ? ops->change(n->inner, op) :
	                                VFS_READ_ONLY);
}

static enum vfs_err target(struct vfs_node *node, struct vfs_op *op)
{
	struct audit_node *n = audit_node(node);
	const struct audit_call c = { .line = { "target", n, .more = NULL } };

	return audit_over(&c, NULL, op,
	                  n->inner->ops->target ?
	                          n->inner->ops->target(n->inner, op) :
	                          VFS_INVALID);
}

/* What changes elsewhere is told to nodes of the file system in it. */
static enum vfs_err watch(struct vfs_node *node)
{
	return audit_node(node)->inner->ops->watch ? VFS_UNSUPPORTED : VFS_OK;
}

/* ---- names ---- */

static enum vfs_err make(struct vfs_node *node, struct vfs_name name,
                         struct vfs_op *op)
{
	struct audit_node *n = audit_node(node);
	const struct audit_call c = { .line = { "make", n, name, .more = NULL },
		                      .path = name.s,
		                      .len = name.len,
		                      .change = true };
	void *mem;
	enum vfs_err e = audit_begin(&c, &mem);

	if (e)
		return e;
	return audit_over(&c, mem, op,
	                  n->inner->ops->make ?
	                          n->inner->ops->make(n->inner, name, op) :
	                          VFS_READ_ONLY);
}

static enum vfs_err link(struct vfs_node *node, struct vfs_name name,
                         struct vfs_node *of, struct vfs_op *op)
{
	struct audit_node *n = audit_node(node);
	const struct audit_call c = {
		.line = { "link", audit_node(of), .to = n, .to_name = name },
		.change = true,
	};

	return audit_over(&c, NULL, op,
	                  n->inner->ops->link ?
	                          n->inner->ops->link(n->inner, name,
	                                              audit_node(of)->inner,
	                                              op) :
	                          VFS_READ_ONLY);
}

static enum vfs_err remove(struct vfs_node *node, struct vfs_name name,
                           bool dir, struct vfs_op *op)
{
	struct audit_node *n = audit_node(node);
	const struct audit_call c = {
		.line = { dir ? "rmdir" : "remove", n, name, .more = NULL },
		.change = true,
	};

	return audit_over(
		&c, NULL, op,
		n->inner->ops->remove ?
			n->inner->ops->remove(n->inner, name, dir, op) :
			VFS_READ_ONLY);
}

static enum vfs_err rename(struct vfs_node *from, struct vfs_name name,
                           struct vfs_node *to, struct vfs_name to_name,
                           struct vfs_op *op)
{
	struct audit_node *n = audit_node(from);
	const struct audit_call c = {
		.line = { op->flags & VFS_EXCHANGE ? "exchange" : "rename", n,
		          name, audit_node(to), to_name, NULL },
		.change = true,
	};

	return audit_over(&c, NULL, op,
	                  n->inner->ops->rename ?
	                          n->inner->ops->rename(n->inner, name,
	                                                audit_node(to)->inner,
	                                                to_name, op) :
	                          VFS_READ_ONLY);
}

static enum vfs_err list(struct vfs_node *node, struct vfs_op *op)
{
	struct audit_node *n = audit_node(node);
	const struct audit_call c = { .line = { "list", n, .more = NULL } };

	return audit_over(&c, NULL, op,
	                  n->inner->ops->list ?
	                          n->inner->ops->list(n->inner, op) :
	                          VFS_OK);
}

/* ---- tables: what the core asks for by its being there ---- */

#define COMMON                                                                 \
	.put = put, .stat = stat, .change = change, .make = make,              \
	.link = link, .remove = remove, .rename = rename, .up = up,            \
	.list = list, .target = target, .watch = watch

static const struct vfs_node_ops asked_ops = { COMMON, .open = audit_open };
static const struct vfs_node_ops local_ops = { COMMON, .open = audit_open,
	                                       .lookup = lookup };
static const struct vfs_node_ops name_ops = { COMMON };
static const struct vfs_node_ops local_dir_ops = { COMMON, .lookup = lookup };

static const struct vfs_node_ops *ops_of(const struct vfs_node *inner)
{
	if (inner->ops->open)
		return inner->ops->lookup ? &local_ops : &asked_ops;
	return inner->ops->lookup ? &local_dir_ops : &name_ops;
}
