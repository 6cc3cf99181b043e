/* SPDX-License-Identifier: MIT */
/* What the parts of the config's parser share. */
#pragma once

#include <lib/mem.h>

#include "config.h"

struct parser {
	struct arena *a;
	struct node_error *err;
	const struct config *beside; /* NULL: it is the whole config */
	struct config *c;
	struct config_warning **warning; /* the end of the list */
	unsigned warnings;               /* in it */
};

/* NULL: `*e` says why. */
static inline void *make(struct parser *p, size_t size, enum fief_err *e)
{
	void *mem = NULL;

	*e = arena_alloc(p->a, size, &mem);
	if (!*e)
		return mem;
	*e = node_error_set(p->err, *e, (struct node_place){ 0 },
	                    "no memory for the config: %s", fief_err_text(*e));
	return NULL;
}

static inline const struct config_start *
start_find_beside(const struct parser *p, const char *name)
{
	const struct config_start *s = NULL;

	if (p->beside)
		s = config_start_find(p->beside, name);
	return s && !s->leaving ? s : NULL;
}

static inline struct node_place attr_place(const struct node *n,
                                           const char *name)
{
	const struct node_attr *a = node_attr_find(n, name);

	return a ? a->at : n->at;
}

static inline enum fief_err name_of(struct parser *p, const struct node *n,
                                    const char **out)
{
	const char *name;
	enum fief_err e = node_attr_required(n, "name", p->err, &name);

	if (e)
		return e;
	if (!label_name_valid(name))
		return node_error_set(
			p->err, FIEF_INVALID, attr_place(n, "name"),
			"\"%s\" cannot be a name in <%s>: at most "
			"%d bytes, no control characters, no "
			"\"->\" between blanks",
			name, n->name, LABEL_NAME_MAX);
	*out = name;
	return FIEF_OK;
}

/* Only a warning: the child may come with a later config. `what` leads to it,
 * and `place` names it. */
FIEF_MUST enum fief_err config_child_unknown(struct parser *p, const char *what,
                                             struct node_place place,
                                             const char *name);

/* Is there a child, or an alias, of that name? */
bool config_server_known(const struct parser *p, const char *name);

/* ---- config_alias.c ---- */

/* Once all children are known. */
FIEF_MUST enum fief_err config_aliases_of(struct parser *p,
                                          const struct node *root);

/* ---- config_offer.c ---- */

/* Once all children are known. */
FIEF_MUST enum fief_err config_offers_of(struct parser *p,
                                         const struct node *root);

/* ---- config_route.c ---- */

/* The rules of <route> or <default-route>; NULL has none. */
FIEF_MUST enum fief_err config_route_of(struct parser *p,
                                        const struct node *route,
                                        const struct config_rule **out);

/* The selectors of a rule or policy, and what a target does to labels. */
struct label_selector config_selector(const struct node *n);
FIEF_MUST enum fief_err config_relabel_of(struct parser *p,
                                          const struct node *n,
                                          struct config_relabel *out);

FIEF_MUST enum fief_err config_target_of(struct parser *p, const struct node *n,
                                         struct config_target **at);

/* Once all children are known: warn of routes that lead to none of them. */
FIEF_MUST enum fief_err config_routes_check(struct parser *p,
                                            const struct node *root);
