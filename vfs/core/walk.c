/* SPDX-License-Identifier: MIT */
/*
 * From a path to a node. A path is cut where "." or ".." is; what is before that
 * is entered name by name, so that ".." leads to where one came from, and the
 * rest is one walk of each file system that may have it. At a symbolic link the
 * path is made anew, and the walk begins again.
 */

#include <lib/mem.h>

#include "internal.h"

static enum vfs_err resolve(struct vfs_op *);

/* ---- ends ---- */

enum vfs_err walk_end(struct vfs_op *op, enum vfs_err e)
{
	struct vfs_walk *w = &op->walk;

	vfs_place_put(w->at);
	vfs_place_put(w->made);
	vfs_node_put(w->kept);
	fief_free(w->vfs->alloc, w->own, VFS_PATH_MAX);
	fief_free(w->vfs->alloc, w->next_own, VFS_PATH_MAX);
	w->at = w->made = NULL;
	w->kept = NULL;
	w->own = w->next_own = NULL;
	if (e && e != VFS_AT_LINK) {
		vfs_node_put(op->node);
		op->node = NULL;
	}
	return e;
}

static void root_at(struct vfs_walk *w)
{
	struct vfs_place *root = vfs_place_get(w->vfs->root);

	vfs_place_put(w->at);
	w->at = root;
}

/* ---- symbolic links ---- */

/* Where the name of the link begins, in the path of the walk. */
static size_t link_begin(const char *path, size_t end)
{
	while (end && path[end - 1] != '/')
		end--;
	return end;
}

/* w->next_own has the target, behind the place of what comes before it. */
static enum vfs_err link_followed(struct vfs_op *op, enum vfs_err e)
{
	struct vfs_walk *w = &op->walk;
	const size_t begin = link_begin(w->path, op->walked);
	const size_t rest = w->len - op->walked;
	const size_t count = op->count;
	char *made = w->next_own;
	size_t at = begin;
	bool absolute = false;

	op->buf = w->buf;
	op->len = w->buf_len;
	vfs_node_put(op->node);
	op->node = NULL;
	if (!e && !count)
		e = VFS_NOT_FOUND;
	if (!e && begin + count + rest > VFS_PATH_MAX)
		e = VFS_NAME_TOO_LONG;
	if (e)
		return w->then(op, e);
	if (made[begin] == '/') {
		at = 0;
		absolute = true;
		memmove(made, made + begin, count);
	} else {
		memcpy(made, w->path, begin);
	}
	memcpy(made + at + count, w->path + op->walked, rest);
	w->len = at + count + rest;
	w->next_own = w->own;
	w->own = made;
	w->path = made;
	if (absolute)
		root_at(w);
	return resolve(op);
}

/* Two buffers take turns: the path that is walked, and the next one. */
static enum vfs_err link_follow(struct vfs_op *op)
{
	struct vfs_walk *w = &op->walk;
	const size_t begin = link_begin(w->path, op->walked);
	const struct vfs_node_ops *ops = op->node->ops;
	void *mem = w->next_own;
	enum vfs_err e = VFS_OK;

	if (op->flags & VFS_NOLINKS)
		return w->then(op, VFS_AT_LINK);
	w->buf = op->buf;
	w->buf_len = op->len;
	if (w->links++ >= VFS_LINKS_MAX)
		e = VFS_LOOP;
	else if (!ops->target)
		e = VFS_INVALID;
	else if (!mem && fief_alloc(w->vfs->alloc, VFS_PATH_MAX, &mem))
		e = VFS_NO_MEMORY;
	if (e)
		return link_followed(op, e);
	w->next_own = mem;
	op->buf = w->next_own + begin;
	op->len = VFS_PATH_MAX - begin;
	e = ops->target(op->node, op);
	if (e != VFS_LATE)
		return link_followed(op, e);
	op->step = link_followed;
	return e;
}

/* ---- candidates ---- */

static void candidate_add(struct vfs_walk *w, struct vfs_node *n, size_t skip,
                          size_t len)
{
	if (w->hidden || w->count > VFS_LAYERS_MAX)
		return;
	if (n->kind != VFS_DIR && skip < len)
		return;
	w->candidate[w->count++] =
		(struct vfs_candidate){ n, (uint32_t)skip, skip >= len };
}

/* A symbolic link of the configuration, with more of the path behind it. */
static void candidate_link(struct vfs_walk *w, struct vfs_node *n, size_t skip)
{
	if (w->count <= VFS_LAYERS_MAX)
		w->candidate[w->count++] =
			(struct vfs_candidate){ n, (uint32_t)skip,
			                        .link = true };
}

/* What is mounted at `m`, which the path reaches after `skip` bytes. */
static void mount_candidates(struct vfs_walk *w, struct vfs_mount *m,
                             size_t skip, size_t len)
{
	LIST_FOR_EACH(i, &m->items, struct vfs_mount, link)
		if (mount_is_layer(i))
			candidate_add(w, i->fs->root, skip, len);
	if (skip >= len)
		candidate_add(w, &m->node, skip, len);
}

/* The mount that a path leads to from `m`, and where in it; deepest first. */
static void descend(struct vfs_walk *w, struct vfs_mount *m, size_t skip,
                    size_t len)
{
	const struct vfs_name n = name_first(w->path + skip, w->len - skip);
	struct vfs_mount *i = mount_find(m, n);
	const size_t next = skip + n.len + 1;

	if (!i)
		return;
	if (next > w->len)
		w->fixed = true;
	if (next > len + 1)
		return; /* the last name, whose directory is wanted */
	if (i->fs) {
		if (i->fs->root->kind == VFS_SYMLINK && next <= len)
			candidate_link(w, i->fs->root, next);
		else
			candidate_add(w, i->fs->root, next, len);
		w->hidden = i->fs->root->kind != VFS_DIR;
		if (w->hidden)
			w->worst = VFS_NOT_DIR;
		return;
	}
	if (next < w->len)
		descend(w, i, next, len);
	mount_candidates(w, i, next, len);
}

/* Bytes of the path that lead to what is wanted. */
static size_t wanted(const struct vfs_walk *w)
{
	size_t len = w->len;

	if (!w->parent)
		return len;
	while (len && w->path[len - 1] != '/')
		len--;
	return len ? len - 1 : 0;
}

static void candidates(struct vfs_walk *w)
{
	const size_t len = wanted(w);

	w->count = w->next = 0;
	w->fixed = w->hidden = false;
	w->worst = VFS_NOT_FOUND;
	if (w->at->mount)
		descend(w, w->at->mount, 0, len);
	for (unsigned i = 0; i < w->at->count; i++)
		candidate_add(w, w->at->layer[i], 0, len);
	if (!len && w->at->mount)
		candidate_add(w, &w->at->mount->node, 0, 0);
}

/* The cause that tells most: that something is there, but no directory; that it
 * may not be had. */
static enum vfs_err worse(enum vfs_err a, enum vfs_err b)
{
	return a == VFS_NOT_FOUND || (a == VFS_NOT_DIR && b != VFS_NOT_FOUND) ?
	               b :
	               a;
}

static enum vfs_err tried(struct vfs_op *, enum vfs_err);

static enum vfs_err try_one(struct vfs_op *op, const struct vfs_candidate *c)
{
	struct vfs_walk *w = &op->walk;
	const size_t len = wanted(w);
	const struct vfs_fs_ops *ops = c->node->fs->ops;
	const bool follow = w->parent || w->follow || (w->slash && !w->any);

	if (c->link) { /* `walked` is what ends before the slash behind it */
		op->node = vfs_node_get(c->node);
		op->walked = (size_t)-1;
		return VFS_AT_LINK;
	}
	if (c->exact) {
		op->node = vfs_node_get(c->node);
		op->walked = len - c->skip;
		return op->node->kind == VFS_SYMLINK && follow ? VFS_AT_LINK :
		                                                 VFS_OK;
	}
	return (ops->walk ? ops->walk : walk_names)(c->node, w->path + c->skip,
	                                            len - c->skip, follow, op);
}

static enum vfs_err try_all(struct vfs_op *op)
{
	struct vfs_walk *w = &op->walk;

	while (w->next < w->count) {
		enum vfs_err e = try_one(op, &w->candidate[w->next++]);

		if (e == VFS_LATE) {
			op->step = tried;
			return e;
		}
		if (!e || e == VFS_AT_LINK)
			return tried(op, e);
		w->worst = worse(w->worst, e);
	}
	return w->then(op, w->worst);
}

static enum vfs_err tried(struct vfs_op *op, enum vfs_err e)
{
	struct vfs_walk *w = &op->walk;

	if (e == VFS_AT_LINK) {
		op->walked += w->candidate[w->next - 1].skip;
		return link_follow(op);
	}
	if (!e && (w->parent || w->dir) && op->node->kind != VFS_DIR) {
		vfs_node_put(op->node);
		op->node = NULL;
		e = VFS_NOT_DIR;
	}
	if (!e)
		return w->then(op, e);
	w->worst = worse(w->worst, e);
	return try_all(op);
}

enum vfs_err walk_next(struct vfs_op *op)
{
	vfs_node_put(op->node);
	op->node = NULL;
	return try_all(op);
}

/* ---- places ---- */

static enum vfs_err enter_next(struct vfs_op *);

/* One of the layers was asked for the name. */
static enum vfs_err entered(struct vfs_op *op, enum vfs_err e)
{
	struct vfs_walk *w = &op->walk;
	struct vfs_place *made = w->made;

	if (e == VFS_AT_LINK && !made->count && !made->mount) {
		vfs_place_put(made);
		w->made = NULL;
		return link_follow(op);
	}
	if (!e && op->node->kind == VFS_DIR) {
		made->layer[made->count++] = op->node;
		op->node = NULL;
		return enter_next(op);
	}
	vfs_node_put(op->node);
	op->node = NULL;
	w->worst = worse(w->worst, e && e != VFS_AT_LINK ? e : VFS_NOT_DIR);
	return enter_next(op);
}

static enum vfs_err enter_next(struct vfs_op *op)
{
	struct vfs_walk *w = &op->walk;
	struct vfs_place *made = w->made;

	if (w->next < w->count && made->count < VFS_LAYERS_MAX) {
		struct vfs_node *dir = w->candidate[w->next++].node;
		const struct vfs_fs_ops *ops = dir->fs->ops;
		enum vfs_err e = (ops->walk ? ops->walk : walk_names)(
			dir, w->path, made->name_len, true, op);

		if (e != VFS_LATE)
			return entered(op, e);
		op->step = entered;
		return e;
	}
	if (!made->count && !made->mount) {
		vfs_place_put(made); /* `then` may begin anew */
		w->made = NULL;
		return w->then(op, w->worst);
	}
	vfs_place_put(w->at);
	w->at = made;
	w->made = NULL;
	w->path += made->name_len;
	w->len -= made->name_len;
	return resolve(op);
}

/* The link of the configuration that has that name, if one has. */
static struct vfs_node *link_fixed(const struct vfs_place *p, struct vfs_name n)
{
	const struct vfs_mount *m = p->mount ? mount_find(p->mount, n) : NULL;

	return m && m->fs && m->fs->root->kind == VFS_SYMLINK ? m->fs->root :
	                                                        NULL;
}

static enum vfs_err enter(struct vfs_op *op)
{
	struct vfs_walk *w = &op->walk;
	const struct vfs_name n = name_first(w->path, w->len);
	struct vfs_node *link = link_fixed(w->at, n);
	enum vfs_err e;

	if (link) {
		op->node = vfs_node_get(link);
		op->walked = n.len;
		return link_follow(op);
	}
	e = n.len > VFS_NAME_MAX ? VFS_NAME_TOO_LONG :
	                           place_below(w->at, n, &w->made);
	if (e)
		return w->then(op, e);
	w->worst = VFS_NOT_FOUND;
	w->count = w->next = 0;
	w->hidden = false;
	for (unsigned i = 0; i < w->at->count; i++)
		candidate_add(w, w->at->layer[i], 0, 1);
	return enter_next(op);
}

/* ---- from the start ---- */

/* Drop what leads nowhere else: slashes, ".", "..". */
static enum vfs_err skip_dots(struct vfs_walk *w)
{
	enum vfs_err e;

	for (;;) {
		while (w->len && *w->path == '/')
			w->path++, w->len--;
		if (!w->len || w->path[0] != '.')
			return VFS_OK;
		if (w->len == 1 || w->path[1] == '/') {
			w->path++, w->len--;
			w->last = VFS_LAST_DOT;
			continue;
		}
		if (w->path[1] != '.' || (w->len > 2 && w->path[2] != '/'))
			return VFS_OK;
		w->last = VFS_LAST_UP;
		e = place_up(&w->at);
		if (e)
			return e;
		w->path += 2;
		w->len -= 2;
	}
}

/* The path ends in no name: it is the place itself. */
static enum vfs_err here(struct vfs_op *op)
{
	struct vfs_walk *w = &op->walk;

	w->name = (struct vfs_name){ 0 };
	op->node = vfs_node_get(w->at->count ? w->at->layer[0] :
	                                       &w->at->mount->node);
	w->next = w->count = 0;
	return w->then(op, VFS_OK);
}

static void name_set(struct vfs_walk *w)
{
	size_t begin = w->len;

	while (begin && w->path[begin - 1] != '/')
		begin--;
	w->name = name_first(w->path + begin, w->len - begin);
}

static enum vfs_err look(struct vfs_op *op)
{
	struct vfs_walk *w = &op->walk;

	if (w->parent) {
		name_set(w);
		if (w->name.len > VFS_NAME_MAX)
			return w->then(op, VFS_NAME_TOO_LONG);
	}
	candidates(w);
	return try_all(op);
}

static enum vfs_err resolve(struct vfs_op *op)
{
	struct vfs_walk *w = &op->walk;

	enum vfs_err e = skip_dots(w);

	if (e)
		return w->then(op, e);
	while (w->len && w->path[w->len - 1] == '/') {
		w->len--;
		w->slash = true;
	}
	w->dir |= w->slash && !w->any;
	if (!w->len)
		return here(op);
	if (w->place || !path_clean(w->path, w->len))
		return enter(op);
	if (w->slash && w->any && op->opens && !w->parent)
		return walk_parent(op, open_slashed);
	return look(op);
}

static enum vfs_err start(struct vfs_op *op, struct vfs_place *at,
                          const char *path)
{
	struct vfs_walk *w = &op->walk;

	op->node = NULL;
	w->at = vfs_place_get(at && *path != '/' ? at : w->vfs->root);
	w->path = path;
	w->len = strlen(path);
	w->own = w->next_own = NULL;
	w->made = NULL;
	w->links = 0;
	w->place = w->slash = false;
	w->last = VFS_LAST_ROOT;
	w->follow = !(op->flags & VFS_NOFOLLOW);
	if (!w->len)
		return w->then(op, VFS_NOT_FOUND);
	if (w->len > VFS_PATH_MAX)
		return w->then(op, VFS_NAME_TOO_LONG);
	return resolve(op);
}

enum vfs_err walk_begin(struct vfs *v, struct vfs_op *op, struct vfs_place *at,
                        const char *path, bool parent,
                        enum vfs_err (*then)(struct vfs_op *, enum vfs_err))
{
	struct vfs_walk *w = &op->walk;

	w->vfs = v;
	w->kept = NULL;
	w->missing = VFS_OK;
	w->then = then;
	w->parent = parent;
	w->any = op->flags & VFS_CREATE;
	w->dir = op->flags & VFS_DIRECTORY;
	return start(op, at, path);
}

enum vfs_err walk_second(struct vfs_op *op, struct vfs_place *at,
                         const char *path,
                         enum vfs_err (*then)(struct vfs_op *, enum vfs_err))
{
	struct vfs_walk *w = &op->walk;
	struct vfs_node *kept = w->kept;
	enum vfs_err e;

	w->kept = NULL;
	e = walk_end(op, VFS_GONE);
	(void)e;
	w->kept = kept;
	w->then = then;
	w->parent = true;
	w->dir = false;
	return start(op, at, path);
}

enum vfs_err walk_parent(struct vfs_op *op,
                         enum vfs_err (*then)(struct vfs_op *, enum vfs_err))
{
	op->walk.then = then;
	op->walk.parent = true;
	return resolve(op);
}

enum vfs_err walk_place(struct vfs_op *op,
                        enum vfs_err (*then)(struct vfs_op *, enum vfs_err))
{
	vfs_node_put(op->node);
	op->node = NULL;
	op->walk.then = then;
	op->walk.place = true;
	return resolve(op);
}
