/* SPDX-License-Identifier: MIT */
/* From labels to paths. */

#include "where.h"

#include <fief/policy.h>
#include <lib/label.h>
#include <lib/mem.h>
#include <vfs/op.h>

/* ---- names ---- */

enum fief_err where_add_name(struct where *w, const char *s, size_t len)
{
	const size_t at = strlen(w->path);

	if (!len || (*s == '.' && (len == 1 || (len == 2 && s[1] == '.'))))
		return FIEF_INVALID;
	if (len > VFS_NAME_MAX || at + len + 2 > sizeof(w->path))
		return FIEF_TOO_LONG;
	w->path[at] = '/';
	for (size_t i = 0; i < len; i++)
		w->path[at + 1 + i] = (char)(s[i] == '/' ? '_' : s[i]);
	w->path[at + 1 + len] = '\0';
	return FIEF_OK;
}

enum fief_err where_add_path(struct where *w, const char *path)
{
	enum fief_err e = FIEF_OK;

	path += *path == '/';
	do {
		const char *end = strchr(path, '/');
		const size_t len = end ? (size_t)(end - path) : strlen(path);

		e = where_add_name(w, path, len);
		path += len + (end != NULL);
	} while (!e && *path);
	return e;
}

/* ---- the root ---- */

/* Errors: DENIED (there are policies, but none for it). */
static enum fief_err root_find(const struct node *config, const char *label,
                               const char **out)
{
	const char *root = node_attr(config, "root", "/");
	const struct node *policy = fief_policy_find(config, label);

	if (policy)
		root = node_attr(policy, "root", root);
	else if (node_first(config, "policy"))
		return FIEF_DENIED;
	*out = root;
	return FIEF_OK;
}

static enum fief_err root_set(const struct node *config, const char *label,
                              struct where *w)
{
	const char *root;
	enum fief_err e = root_find(config, label, &root);

	if (e)
		return e;
	w->path[0] = '\0';
	if (*root != '/')
		return FIEF_INVALID;
	if (root[1])
		e = where_add_path(w, root);
	w->root_len = strlen(w->path);
	w->flags = w->root_len ? VFS_NOLINKS : 0;
	return e;
}

/* ---- from labels ---- */

enum fief_err where_of_last(const struct node *config, const char *label,
                            struct where *out)
{
	enum fief_err e = root_set(config, label, out);

	return e ? e : where_add_path(out, label_last(label));
}

enum fief_err where_add_label(struct where *out, const char *label)
{
	enum fief_err e = FIEF_OK;

	while (!e) {
		const char *end = strstr(label, LABEL_SEPARATOR);

		e = where_add_name(out, label,
		                   end ? (size_t)(end - label) : strlen(label));
		if (!end)
			break;
		label = end + sizeof(LABEL_SEPARATOR) - 1;
	}
	return e;
}

enum fief_err where_of_label(const struct node *config, const char *label,
                             struct where *out)
{
	enum fief_err e = root_set(config, label, out);

	return e ? e : where_add_label(out, label);
}
