/* SPDX-License-Identifier: MIT */
/* Nodes of a configuration, checked by the tables of file systems. */

#include <vfs/schema.h>

#include <lib/guess.h>
#include <lib/mem.h>
#include <vfs/stat.h>

static enum fief_err unknown(struct node_error *err, struct node_place at,
                             const char *what, const char *name,
                             const struct node *in, const char *meant)
{
	return node_error_set(err, FIEF_INVALID, at,
	                      "unknown %s \"%s\" of <%s>%s%s%s", what, name,
	                      in->name, meant ? ", did you mean \"" : "",
	                      meant ? meant : "", meant ? "\"?" : "");
}

/* ---- attributes ---- */

static bool file_name(const char *s)
{
	const size_t len = strnlen(s, VFS_NAME_MAX + 1);

	return len && len <= VFS_NAME_MAX && !strchr(s, '/') &&
	       strcmp(s, ".") && strcmp(s, "..");
}

static enum fief_err value_check(const struct node *n,
                                 const struct node_attr *a,
                                 const struct vfs_attr *row,
                                 struct node_error *err)
{
	uint64_t number;
	bool yes;

	switch (row->value) {
	case VFS_VALUE_BOOL:
		return node_attr_bool(n, a->name, false, err, &yes);
	case VFS_VALUE_NUMBER:
		return node_attr_u64(n, a->name, 0, err, &number);
	case VFS_VALUE_NAME:
		if (!file_name(a->value))
			return node_error_set(err, FIEF_INVALID, a->at,
			                      "<%s>: \"%s\" is no name of a "
			                      "file",
			                      n->name, a->value);
		return FIEF_OK;
	case VFS_VALUE_TEXT:
	default:
		return FIEF_OK;
	}
}

static enum fief_err attr_check(const struct vfs_schema *s,
                                const struct node *n, const struct node_attr *a,
                                struct node_error *err)
{
	struct guess g = { 0 };

	for (const struct vfs_attr *row = s->attrs; row && row->name; row++) {
		if (!strcmp(row->name, a->name))
			return value_check(n, a, row, err);
		guess_try(&g, a->name, row->name);
	}
	return unknown(err, a->at, "attribute", a->name, n, g.name);
}

static enum fief_err attrs_check(const struct vfs_schema *s,
                                 const struct node *n, struct node_error *err)
{
	enum fief_err e = FIEF_OK;
	const char *value;

	NODE_FOR_EACH_ATTR(a, n) {
		e = attr_check(s, n, a, err);
		if (e)
			return e;
	}
	for (const struct vfs_attr *row = s->attrs; !e && row && row->name;
	     row++)
		if (row->required)
			e = node_attr_required(n, row->name, err, &value);
	return e;
}

/* ---- what is in it ---- */

static enum fief_err child_check(const struct vfs_schema *s,
                                 const struct node *n, const struct node *child,
                                 struct node_error *err)
{
	struct guess g = { 0 };

	for (const char *const *c = s->children; c && *c; c++) {
		guess_try(&g, child->name, *c);
		if (strcmp(*c, child->name))
			continue;
		if (node_first(n, child->name) == child)
			return FIEF_OK;
		return node_error_set(err, FIEF_INVALID, child->at,
		                      "<%s> is in <%s> twice", child->name,
		                      n->name);
	}
	return unknown(err, child->at, "node", child->name, n, g.name);
}

static bool blank(const struct node *text)
{
	for (size_t i = 0; i < text->text_len; i++)
		if (!strchr(" \t\r\n", text->text[i]) || !text->text[i])
			return false;
	return true;
}

enum fief_err vfs_schema_check(const struct vfs_schema *s, const struct node *n,
                               struct node_error *err)
{
	enum fief_err e = attrs_check(s, n, err);

	for (const struct node *c = n->first; c && !e; c = c->next) {
		if (c->name)
			e = s->any ? FIEF_OK : child_check(s, n, c, err);
		else if (!s->content && !blank(c))
			e = node_error_set(err, FIEF_INVALID, c->at,
			                   "<%s> has no text", n->name);
	}
	return e;
}
