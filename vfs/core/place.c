/* SPDX-License-Identifier: MIT */
/* Directories as they are seen: what lies over each other there. */

#include <lib/mem.h>

#include "internal.h"

static size_t place_bytes(size_t name_len)
{
	return sizeof(struct vfs_place) + name_len + 1;
}

static enum vfs_err place_make(struct vfs *v, struct vfs_place *parent,
                               struct vfs_name name, struct vfs_place **out)
{
	struct vfs_place *p;
	void *mem;

	if (fief_alloc_zeroed(v->alloc, place_bytes(name.len), &mem))
		return VFS_NO_MEMORY;
	p = mem;
	p->vfs = v;
	p->refs = 1;
	list_add_last(&v->places, &p->in_vfs);
	p->parent = parent ? vfs_place_get(parent) : NULL;
	p->name_len = name.len;
	memcpy(p->name, name.s, name.len);
	*out = p;
	return VFS_OK;
}

static void layers_put(struct vfs_place *p)
{
	for (unsigned i = 0; i < p->count; i++)
		vfs_node_put(p->layer[i]);
	p->count = 0;
	if (p->mount)
		vfs_node_put(&p->mount->node);
	p->mount = NULL;
}

static struct vfs_name name_of(const struct vfs_place *p)
{
	return (struct vfs_name){ p->name, p->name_len,
		                  vfs_hash(p->name, p->name_len) };
}

struct vfs_place *vfs_place_get(struct vfs_place *p)
{
	p->refs++;
	return p;
}

void vfs_place_put(struct vfs_place *p)
{
	struct vfs_place *parent;

	for (; p && !--p->refs; p = parent) {
		parent = p->parent;
		layers_put(p);
		list_remove(&p->in_vfs);
		fief_free(p->vfs->alloc, p, place_bytes(p->name_len));
	}
}

static bool layer_has(const struct vfs_place *p, const struct vfs_node *n)
{
	for (unsigned i = 0; i < p->count; i++)
		if (p->layer[i] == n)
			return true;
	return false;
}

/* ---- layers ---- */

/* What is mounted at this very place comes first. */
static void mount_layers(struct vfs_place *p, struct vfs_mount *m)
{
	p->mount = mount_get(m);
	LIST_FOR_EACH(i, &m->items, struct vfs_mount, link)
		if (mount_is_layer(i) && i->fs->root->kind == VFS_DIR)
			p->layer[p->count++] = vfs_node_get(i->fs->root);
}

enum vfs_err vfs_place_of(struct vfs *v, struct vfs_node *const *layers,
                          unsigned count, struct vfs_place **out)
{
	enum vfs_err e =
		place_make(v, NULL, (struct vfs_name){ "", 0, 0 }, out);

	for (unsigned i = 0; !e && i < count; i++)
		(*out)->layer[(*out)->count++] = vfs_node_get(layers[i]);
	return e;
}

enum vfs_err place_root(struct vfs *v, struct vfs_place **out)
{
	enum vfs_err e =
		place_make(v, NULL, (struct vfs_name){ "", 0, 0 }, out);

	if (!e)
		mount_layers(*out, v->tree->root);
	return e;
}

enum vfs_err place_below(struct vfs_place *p, struct vfs_name name,
                         struct vfs_place **out)
{
	struct vfs_mount *m = p->mount ? mount_find(p->mount, name) : NULL;
	enum vfs_err e;

	if (m && m->fs && m->fs->root->kind != VFS_DIR)
		return VFS_NOT_DIR;
	e = place_make(p->vfs, p, name, out);
	if (!e && m && !m->fs)
		mount_layers(*out, m);
	else if (!e && m)
		(*out)->layer[(*out)->count++] = vfs_node_get(m->fs->root);
	return e;
}

/* ---- another configuration ---- */

/* What is mounted here now; below it, what was there and still is mounted. What
 * is new above is seen when the place is entered anew: it would have to be
 * asked. */
static void place_update(struct vfs_place *p)
{
	const struct vfs_place *parent = p->parent;
	struct vfs_place old = *p;
	struct vfs_mount *m = p->vfs->tree->root;

	if (parent)
		m = parent->mount ? mount_find(parent->mount, name_of(p)) :
		                    NULL;
	p->count = 0;
	p->mount = NULL;
	if (m && !m->fs)
		mount_layers(p, m);
	for (unsigned i = 0; i < old.count; i++) {
		struct vfs_node *n = old.layer[i];

		if (n->fs->generation == p->vfs->generation &&
		    p->count < VFS_LAYERS_MAX && !layer_has(p, n))
			p->layer[p->count++] = vfs_node_get(n);
	}
	layers_put(&old);
}

void places_update(struct vfs *v)
{
	LIST_FOR_EACH(p, &v->places, struct vfs_place, in_vfs)
		place_update(p);
}

/* ---- the way up ---- */

/* The directory above and the own name, as the file system knows them: then they
 * are right even if something was renamed. NULL: it is the way that led here. */
static struct vfs_node *node_above(const struct vfs_place *p,
                                   struct vfs_name *name)
{
	struct vfs_node *n = p->count == 1 && !p->mount ? p->layer[0] : NULL;

	return n && n->ops->up ? n->ops->up(n, name) : NULL;
}

/* Where the file system of `n`, its root, is mounted. */
static struct vfs_place *place_of_root(struct vfs_place *p, struct vfs_node *n)
{
	while (p && !layer_has(p, n))
		p = p->parent;
	return p;
}

static enum vfs_err place_of_node(struct vfs_place *below, struct vfs_node *n,
                                  struct vfs_place **out)
{
	struct vfs_place *root = place_of_root(below->parent, n->fs->root);
	struct vfs_name name = { "", 0, 0 };
	struct vfs_node *above;
	enum vfs_err e;

	if (!root)
		return VFS_GONE; /* it is not mounted there any more */
	if (n == n->fs->root) {
		*out = vfs_place_get(root);
		return VFS_OK;
	}
	above = n->ops->up(n, &name);
	e = place_make(below->vfs, root, name, out);
	vfs_node_put(above);
	if (!e)
		(*out)->layer[(*out)->count++] = vfs_node_get(n);
	return e;
}

enum vfs_err place_up(struct vfs_place **at)
{
	struct vfs_place *p = *at, *to;
	struct vfs_name name;
	struct vfs_node *n = node_above(p, &name);
	enum vfs_err e = VFS_OK;

	if (n)
		e = place_of_node(p, n, &to);
	else
		to = vfs_place_get(p->parent ? p->parent : p);
	vfs_node_put(n);
	if (e)
		return e;
	vfs_place_put(p);
	*at = to;
	return VFS_OK;
}

/* ---- its path ---- */

/* Put a name before what is in `buf` from *at on. */
static bool prepend(char *buf, size_t *at, const char *name, size_t len)
{
	if (*at < len + 1)
		return false;
	*at -= len;
	memcpy(buf + *at, name, len);
	buf[--*at] = '/';
	return true;
}

/* Names up to the root of the file system; the place of that. */
static const struct vfs_place *prepend_nodes(const struct vfs_place *p,
                                             char *buf, size_t *at, bool *fits)
{
	struct vfs_name name;
	struct vfs_node *n = node_above(p, &name);

	if (!n) {
		*fits = *fits && prepend(buf, at, p->name, p->name_len);
		return p->parent;
	}
	for (;;) {
		struct vfs_node *above;

		*fits = *fits && prepend(buf, at, name.s, name.len);
		above = n == n->fs->root ? NULL : n->ops->up(n, &name);
		if (!above)
			break;
		vfs_node_put(n);
		n = above;
	}
	p = place_of_root(p->parent, n->fs->root);
	vfs_node_put(n);
	return p;
}

enum vfs_err vfs_place_path(const struct vfs_place *p, char *buf, size_t size)
{
	size_t at = size;
	bool fits = size >= 2;

	if (!fits)
		return VFS_NAME_TOO_LONG;
	buf[--at] = '\0';
	if (!p->parent)
		buf[--at] = '/';
	while (p && p->parent && fits)
		p = prepend_nodes(p, buf, &at, &fits);
	if (!p || !fits)
		return p ? VFS_NAME_TOO_LONG : VFS_GONE;
	memmove(buf, buf + at, size - at);
	return VFS_OK;
}
