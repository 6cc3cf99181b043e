/* SPDX-License-Identifier: MIT */
/* From a table, which is hostile, to a node. */

#include <lib/mem.h>

#include "internal.h"

/* ---- making nodes ---- */

/* Nodes in each other, so that documents can say it. */
enum { DEPTH_MAX = NODE_DEPTH_MAX - 8 };

struct reading {
	struct arena *arena;
	struct node_error *err;
	unsigned number; /* of the mount, from 1 */
	/* By number, from 0: the node, NULL of a directory; how many nodes it
	 * is in. In the arena. */
	struct placed {
		struct node *node;
		unsigned depth;
	} * placed;
};

static enum fief_err refuse(struct reading *r, enum fief_err e, const char *why)
{
	return node_error_set(r->err, e, (struct node_place){ 0, 0 },
	                      "mount %u: %s", r->number, why);
}

static enum fief_err node_make(struct reading *r, struct node *parent,
                               struct capnp_text name, struct node **out)
{
	struct node *n;
	void *mem;
	enum fief_err e = arena_alloc(r->arena, sizeof(*n), &mem);

	if (e)
		return e;
	n = mem;
	e = name.len ? arena_text(r->arena, name.s, name.len, &n->name) :
	               FIEF_OK;
	if (e)
		return e;
	n->parent = parent;
	if (parent && parent->last)
		parent->last->next = n;
	else if (parent)
		parent->first = n;
	if (parent)
		parent->last = n;
	*out = n;
	return FIEF_OK;
}

static enum fief_err attr_make(struct reading *r, struct node *n,
                               struct capnp_text name, struct capnp_text value)
{
	struct node_attr **at = &n->attrs, *a;
	void *mem;
	enum fief_err e;

	if (!mount_name_valid(name) || !mount_text_valid(value))
		return refuse(r, FIEF_INVALID, "an attribute is malformed");
	for (; *at; at = &(*at)->next)
		if (capnp_text_equal(name, capnp_text_of((*at)->name)))
			return refuse(r, FIEF_INVALID,
			              "an attribute is there twice");
	e = arena_alloc(r->arena, sizeof(*a), &mem);
	if (e)
		return e;
	a = mem;
	e = arena_text(r->arena, name.s, name.len, &a->name);
	if (!e)
		e = arena_text(r->arena, value.len ? value.s : "", value.len,
		               &a->value);
	if (!e)
		*at = a;
	return e;
}

static struct node *dir_find(struct node *parent, const char *name, size_t len)
{
	for (struct node *n = parent->first; n; n = n->next) {
		const char *has = node_attr(n, "name", NULL);

		if (node_has_type(n, "dir") && strlen(has) == len &&
		    !memcmp(has, name, len))
			return n;
	}
	return NULL;
}

static enum fief_err dir_get(struct reading *r, struct node **dir,
                             const char *name, size_t len)
{
	struct node *n = dir_find(*dir, name, len);
	enum fief_err e = FIEF_OK;

	if (!n) {
		e = node_make(r, *dir, capnp_text_of("dir"), &n);
		if (!e)
			e = attr_make(r, n, capnp_text_of("name"),
			              (struct capnp_text){ name, len });
	}
	if (!e)
		*dir = n;
	return e;
}

/* The node of the directory, made if need be. */
static enum fief_err path_get(struct reading *r, struct capnp_text path,
                              struct node **dir, unsigned *depth)
{
	unsigned names = 0;

	if (!path.len || *path.s != '/')
		return refuse(r, FIEF_INVALID, "its path is not absolute");
	for (size_t at = 1; at < path.len;) {
		const char *s = path.s + at;
		const char *end = memchr(s, '/', path.len - at);
		const size_t len = end ? (size_t)(end - s) : path.len - at;
		enum fief_err e;

		if (!mount_file_name_valid(s, len) ||
		    (end && at + len + 1 == path.len))
			return refuse(r, FIEF_INVALID, "its path is malformed");
		if (++names > MOUNT_TABLE_DEPTH_MAX || ++*depth > DEPTH_MAX)
			return refuse(r, FIEF_LIMIT, "its path is too deep");
		e = dir_get(r, dir, s, len);
		if (e)
			return e;
		at += len + 1;
	}
	return FIEF_OK;
}

/* ---- reading ---- */

static enum fief_err attrs_read(struct reading *r, struct node *n,
                                const struct vfs_mount *m)
{
	struct vfs_mount_attr a;
	enum fief_err e = FIEF_OK;

	if (m->attrs.list.count > MOUNT_TABLE_ATTRS_MAX)
		return refuse(r, FIEF_LIMIT, "too many attributes");
	for (size_t i = 0; !e && i < m->attrs.list.count; i++) {
		e = vfs_mount_attr_list_at(&m->attrs, i, &a);
		e = e ? refuse(r, e, "no message") :
		        attr_make(r, n, a.name, a.value);
	}
	return e;
}

static enum fief_err text_read(struct reading *r, struct node *n,
                               struct capnp_text text)
{
	struct node *t;
	enum fief_err e;

	if (!text.len)
		return FIEF_OK;
	if (!mount_text_valid(text))
		return refuse(r, FIEF_INVALID, "its text is malformed");
	e = node_make(r, n, (struct capnp_text){ NULL, 0 }, &t);
	if (!e)
		e = arena_text(r->arena, text.s, text.len, &t->text);
	if (!e)
		t->text_len = text.len;
	return e;
}

static enum fief_err node_name(struct reading *r, const struct vfs_mount *m,
                               struct capnp_text *out)
{
	if (m->which == VFS_MOUNT_SOCKET)
		return refuse(r, FIEF_UNSUPPORTED, "there are no sockets yet");
	if (m->which != VFS_MOUNT_OTHER) {
		*out = capnp_text_of(mount_kinds[m->which].node);
		return FIEF_OK;
	}
	if (!mount_name_valid(m->other) ||
	    mount_kind_of(m->other) != VFS_MOUNT_OTHER)
		return refuse(r, FIEF_INVALID,
		              "it has no name of another file system");
	*out = m->other;
	return FIEF_OK;
}

static enum fief_err directory_read(struct reading *r,
                                    const struct vfs_mount *m)
{
	if (m->attrs.list.count || m->text.len || m->cap_name.len)
		return refuse(r, FIEF_INVALID,
		              "a directory has nothing but a path");
	return FIEF_OK;
}

/* What its path begins in: the tree, or an earlier mount. */
static enum fief_err place_find(struct reading *r, uint32_t within,
                                struct placed *out)
{
	if (within >= r->number || !r->placed[within].node)
		return refuse(r, FIEF_INVALID, "it is within nothing");
	*out = r->placed[within];
	return FIEF_OK;
}

static enum fief_err node_fill(struct reading *r, const struct vfs_mount *m,
                               struct node *n)
{
	const char *label = mount_kinds[m->which].label;
	enum fief_err e = FIEF_OK;

	if (m->cap_name.len && !label)
		return refuse(r, FIEF_INVALID, "it has no session");
	if (m->cap_name.len)
		e = attr_make(r, n, capnp_text_of(label), m->cap_name);
	if (!e)
		e = attrs_read(r, n, m);
	return e ? e : text_read(r, n, m->text);
}

static enum fief_err mount_read(struct reading *r, const struct vfs_mount *m)
{
	struct capnp_text name;
	struct placed at = { NULL, 0 };
	struct node *n;
	enum fief_err e = node_name(r, m, &name);

	if (!e)
		e = place_find(r, m->within, &at);
	if (!e)
		e = path_get(r, m->path, &at.node, &at.depth);
	if (e)
		return e;
	if (m->which == VFS_MOUNT_DIRECTORY)
		return directory_read(r, m);
	if (++at.depth > DEPTH_MAX)
		return refuse(r, FIEF_LIMIT, "it is within too many");
	e = node_make(r, at.node, name, &n);
	if (e)
		return e;
	/* What has text has no nodes in it. */
	r->placed[r->number] =
		(struct placed){ m->text.len ? NULL : n, at.depth };
	return node_fill(r, m, n);
}

/* The tree is number 0. */
static enum fief_err places_make(struct reading *r, size_t count)
{
	void *mem;
	enum fief_err e =
		arena_alloc(r->arena, (count + 1) * sizeof(*r->placed), &mem);

	if (e)
		return e;
	r->placed = mem;
	return node_make(r, NULL, capnp_text_of("vfs"), &r->placed[0].node);
}

static enum fief_err table_open(const void *bytes, size_t size,
                                struct capnp_reader *reader,
                                struct vfs_mount_table *out)
{
	struct capnp_struct root;
	enum fief_err e;

	if (size > MOUNT_TABLE_BYTES_MAX)
		return FIEF_LIMIT;
	e = capnp_reader_init(reader, bytes, size, NULL, 0);
	if (!e)
		e = capnp_root(reader, &root);
	if (!e)
		e = vfs_mount_table_decode(&root, out);
	if (!e && out->mounts.list.count > MOUNT_TABLE_MOUNTS_MAX)
		e = FIEF_LIMIT;
	return e;
}

enum fief_err mount_table_read(const void *bytes, size_t size,
                               struct arena *arena, struct node_error *err,
                               struct node **out)
{
	struct reading r = { .arena = arena, .err = err };
	struct vfs_mount_table table;
	struct capnp_reader reader;
	struct vfs_mount m;
	enum fief_err e = table_open(bytes, size, &reader, &table);

	if (e)
		return node_error_set(
			err, e, (struct node_place){ 0, 0 }, "mount table: %s",
			e == FIEF_LIMIT ? "it is too large" : "no message");
	e = places_make(&r, table.mounts.list.count);
	for (size_t i = 0; !e && i < table.mounts.list.count; i++) {
		r.number = (unsigned)i + 1;
		e = vfs_mount_list_at(&table.mounts, i, &m);
		e = e ? refuse(&r, e, "no message") : mount_read(&r, &m);
	}
	if (!e)
		*out = r.placed[0].node;
	return e;
}
