/* SPDX-License-Identifier: MIT */
/* From a node to a table. */

#include <lib/capnp_build.h>
#include <lib/mem.h>

#include "internal.h"

struct writing {
	struct arena *arena;
	struct node_error *err;
	struct vfs_mount *mount; /* in the arena */
	size_t count;
	char path[MOUNT_TABLE_DEPTH_MAX * (VFS_NAME_MAX + 1) + 1];
	size_t path_len; /* 0: the root */
	unsigned depth;
	uint32_t within;
};

/* Mounts that come of a node, or more. */
static size_t mounts_most(const struct node *n)
{
	size_t count = 1;

	/* Depth is bounded by the front end. */
	NODE_FOR_EACH(child, n, NULL)
		count += mounts_most(child);
	return count;
}

static struct vfs_mount *mount_add(struct writing *w)
{
	struct vfs_mount *m = &w->mount[w->count];
	const size_t len = w->path_len ? w->path_len : 1;

	if (arena_text(w->arena, w->path_len ? w->path : "/", len, &m->path.s))
		return NULL;
	m->path.len = len;
	m->within = w->within;
	w->count++;
	return m;
}

static void kind_write(const struct node *n, struct vfs_mount *m)
{
	m->which = mount_kind_of(capnp_text_of(n->name));
	if (m->which == VFS_MOUNT_OTHER)
		m->other = capnp_text_of(n->name);
}

/* An empty label is not the usual one, so it is an attribute like others. */
static bool is_cap_name(const struct vfs_mount *m, const struct node_attr *a)
{
	const char *label = mount_kinds[m->which].label;

	return label && !strcmp(label, a->name) && *a->value;
}

static enum fief_err attrs_write(struct writing *w, const struct node *n,
                                 struct vfs_mount *m)
{
	struct vfs_mount_attr *list;
	size_t count = 0;
	void *mem;
	enum fief_err e;

	NODE_FOR_EACH_ATTR(a, n)
		count++;
	if (count > MOUNT_TABLE_ATTRS_MAX)
		return node_error_set(w->err, FIEF_LIMIT, n->at,
		                      "<%s> has too many attributes", n->name);
	e = arena_alloc(w->arena, (count + 1) * sizeof(*list), &mem);
	if (e)
		return e;
	list = mem;
	count = 0;
	NODE_FOR_EACH_ATTR(a, n) {
		if (is_cap_name(m, a))
			m->cap_name = capnp_text_of(a->value);
		else
			list[count++] = (struct vfs_mount_attr){
				capnp_text_of(a->name), capnp_text_of(a->value)
			};
	}
	if (count)
		m->attrs = vfs_mount_attr_list_of(list, count);
	return FIEF_OK;
}

static enum fief_err items_write(struct writing *w, const struct node *dir);

/* What is in the node begins at a path of its own. */
static enum fief_err within_write(struct writing *w, const struct node *n)
{
	char *path;
	void *mem;
	const size_t path_len = w->path_len;
	const unsigned depth = w->depth;
	const uint32_t within = w->within;
	enum fief_err e = arena_alloc(w->arena, w->path_len + 1, &mem);

	if (e)
		return e;
	path = mem;
	memcpy(path, w->path, w->path_len);
	w->path_len = w->depth = 0;
	w->within = (uint32_t)w->count;
	e = items_write(w, n);
	memcpy(w->path, path, path_len);
	w->path_len = path_len;
	w->depth = depth;
	w->within = within;
	return e;
}

static enum fief_err fs_write(struct writing *w, const struct node *n)
{
	struct vfs_mount *m = mount_add(w);
	const char *text;
	size_t len;
	enum fief_err e;

	if (!m)
		return FIEF_OUT_OF_RAM;
	kind_write(n, m);
	text = node_text(n, &len);
	if (len)
		m->text = (struct capnp_text){ text, len };
	e = attrs_write(w, n, m);
	return e || !node_first(n, NULL) ? e : within_write(w, n);
}

static enum fief_err dir_write(struct writing *w, const struct node *n);

static enum fief_err items_write(struct writing *w, const struct node *dir)
{
	enum fief_err e = FIEF_OK;

	NODE_FOR_EACH(n, dir, NULL) {
		e = node_has_type(n, "dir") ? dir_write(w, n) : fs_write(w, n);
		if (e)
			break;
	}
	return e;
}

static enum fief_err dir_write(struct writing *w, const struct node *n)
{
	const char *name = node_attr(n, "name", "");
	const size_t len = strlen(name), before = w->path_len;
	struct vfs_mount *m;
	enum fief_err e = FIEF_OK;

	if (!mount_file_name_valid(name, len) || strchr(name, '/'))
		return node_error_set(w->err, FIEF_INVALID, n->at,
		                      "<dir> needs the name of a file");
	if (w->depth == MOUNT_TABLE_DEPTH_MAX)
		return node_error_set(w->err, FIEF_LIMIT, n->at,
		                      "too many directories in each other");
	w->path[before] = '/';
	memcpy(w->path + before + 1, name, len + 1);
	w->path_len = before + 1 + len;
	w->depth++;
	if (node_first(n, NULL)) {
		e = items_write(w, n);
	} else {
		m = mount_add(w);
		if (m)
			m->which = VFS_MOUNT_DIRECTORY;
		e = m ? FIEF_OK : FIEF_OUT_OF_RAM;
	}
	w->path_len = before;
	w->depth--;
	return e;
}

static enum fief_err table_build(const struct writing *w, void *buf,
                                 size_t size, size_t *len)
{
	const struct vfs_mount_table table = { vfs_mount_list_of(w->mount,
		                                                 w->count) };
	struct capnp_builder b;
	enum fief_err e = capnp_builder_init(&b, buf, size, NULL, 0);

	if (!e)
		e = vfs_mount_table_encode(&b, capnp_where_root(&b), &table);
	if (!e)
		*len = capnp_builder_bytes(&b);
	return e;
}

enum fief_err mount_table_write(const struct node *vfs, struct arena *arena,
                                void *buf, size_t size, struct node_error *err,
                                size_t *len)
{
	const size_t most = mounts_most(vfs);
	struct writing *w;
	void *mem;
	enum fief_err e = arena_alloc(arena, sizeof(*w), &mem);

	if (most > MOUNT_TABLE_MOUNTS_MAX)
		return node_error_set(err, FIEF_LIMIT, vfs->at,
		                      "too many file systems");
	if (e)
		return e;
	w = mem;
	w->arena = arena;
	w->err = err;
	e = arena_alloc(arena, most * sizeof(*w->mount), &mem);
	if (e)
		return e;
	w->mount = mem;
	e = items_write(w, vfs);
	return e ? e : table_build(w, buf, size, len);
}
