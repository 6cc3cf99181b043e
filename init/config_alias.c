/* SPDX-License-Identifier: MIT */
/* Children by name: aliases, and names that lead to nobody. */

#include "config_parse.h"

#include <lib/guess.h>

const struct config_alias *config_alias_find(const struct config *c,
                                             const char *name)
{
	const struct config_alias *a = c->aliases;

	while (a && strcmp(a->name, name) != 0)
		a = a->next;
	return a;
}

const struct config_start *config_server_find(const struct config *c,
                                              const char *name)
{
	const struct config_start *s = config_start_find(c, name);
	const struct config_alias *a = s ? NULL : config_alias_find(c, name);

	return a ? config_start_find(c, a->child) : s;
}

static bool child_known(const struct parser *p, const char *name)
{
	return config_start_find(p->c, name) || start_find_beside(p, name);
}

bool config_server_known(const struct parser *p, const char *name)
{
	return child_known(p, name) || config_alias_find(p->c, name);
}

enum fief_err config_child_unknown(struct parser *p, const char *what,
                                   struct node_place place, const char *name)
{
	struct guess g = { 0 };

	for (const struct config_start *s = p->c->starts; s; s = s->next)
		guess_try(&g, name, s->name);
	for (const struct config_alias *a = p->c->aliases; a; a = a->next)
		guess_try(&g, name, a->name);
	return config_warn(p, place,
	                   "%s \"%s\", but there is no such child%s%s%s", what,
	                   name, g.name ? ", did you mean \"" : "",
	                   g.name ? g.name : "", g.name ? "\"?" : "");
}

static enum fief_err alias_of(struct parser *p, const struct node *n,
                              struct config_alias **out)
{
	struct config_alias *a;
	const char *const name = name_of(n);
	const char *const child = node_attr(n, "child", "");
	enum fief_err e;

	if (config_server_known(p, name))
		return node_error_set(p->err, FIEF_INVALID,
		                      attr_place(n, "name"),
		                      "alias \"%s\", but a child or another "
		                      "alias has this name",
		                      name);
	a = *out = make(p, sizeof(*a), &e);
	if (!a)
		return e;
	a->name = name;
	a->child = child;
	return child_known(p, child) ?
	               FIEF_OK :
	               config_child_unknown(p, "alias for",
	                                    attr_place(n, "child"), child);
}

enum fief_err config_aliases_of(struct parser *p, const struct node *root)
{
	struct config_alias **at = &p->c->aliases;
	enum fief_err e = FIEF_OK;

	for (const struct node *n = node_first(root, "alias"); n && !e;
	     n = node_next(n, "alias")) {
		e = alias_of(p, n, at);
		if (*at)
			at = &(*at)->next;
	}
	return e;
}
