/* SPDX-License-Identifier: MIT */
/* From <route> and <default-route> to rules. */

#include "config_parse.h"

enum { WARNINGS_MAX = 32 };

static enum fief_err target_of(struct parser *p, const struct node *n,
                               struct config_target **at)
{
	enum fief_err e;
	struct config_target *t = *at = make(p, sizeof(**at), &e);

	if (!t)
		return e;
	t->kind = CONFIG_TARGET_ANY_CHILD;
	if (node_has_type(n, "parent"))
		t->kind = CONFIG_TARGET_PARENT;
	else if (node_has_type(n, "child"))
		t->kind = CONFIG_TARGET_CHILD;
	t->label = node_attr(n, "label", NULL);
	return t->kind == CONFIG_TARGET_CHILD ? name_of(p, n, &t->child) :
	                                        FIEF_OK;
}

static enum fief_err rule_of(struct parser *p, const struct node *n,
                             struct config_rule **at)
{
	enum fief_err e;
	struct config_rule *r = *at = make(p, sizeof(**at), &e);
	struct config_target **target;

	if (!r)
		return e;
	r->at = n->at;
	r->selector = (struct label_selector){
		.label = node_attr(n, "label", NULL),
		.prefix = node_attr(n, "label_prefix", NULL),
		.suffix = node_attr(n, "label_suffix", NULL),
		.last = node_attr(n, "label_last", NULL),
	};
	if (node_has_type(n, "service"))
		e = name_of(p, n, &r->service);
	target = &r->targets;
	for (const struct node *t = node_first(n, NULL); t && !e;
	     t = node_next(t, NULL)) {
		e = target_of(p, t, target);
		if (*target)
			target = &(*target)->next;
	}
	return e;
}

enum fief_err config_route_of(struct parser *p, const struct node *route,
                              const struct config_rule **out)
{
	struct config_rule *first = NULL, **at = &first;
	enum fief_err e = FIEF_OK;

	for (const struct node *n = node_first(route, NULL); n && !e;
	     n = node_next(n, NULL)) {
		e = rule_of(p, n, at);
		if (*at)
			at = &(*at)->next;
	}
	*out = first;
	return e;
}

/* ---- what needs all children ---- */

/* The child may come with a later config; until then the route fails. */
static enum fief_err child_unknown(struct parser *p, const struct node *target,
                                   const char *name)
{
	const struct node_place at = attr_place(target, "name");
	struct config_guess g = { 0 };
	struct config_warning *w;
	enum fief_err e;

	if (p->warnings == WARNINGS_MAX)
		return FIEF_OK;
	w = make(p, sizeof(*w), &e);
	if (!w)
		return e;
	p->warnings++;
	*p->warning = w;
	p->warning = &w->next;
	for (const struct config_start *s = p->c->starts; s; s = s->next)
		config_guess_try(&g, name, s->name);
	e = node_error_set(&w->what, FIEF_OK, at,
	                   "route to \"%s\", but there is no such child%s%s%s",
	                   name, g.name ? ", did you mean \"" : "",
	                   g.name ? g.name : "", g.name ? "\"?" : "");
	return e;
}

static enum fief_err names_check(struct parser *p, const struct node *route)
{
	enum fief_err e = FIEF_OK;

	NODE_FOR_EACH(rule, route, NULL)
		NODE_FOR_EACH(target, rule, "child") {
			const char *name = node_attr(target, "name", "");

			if (!e && !config_start_find(p->c, name) &&
			    !start_find_beside(p, name))
				e = child_unknown(p, target, name);
		}
	return e;
}

enum fief_err config_routes_check(struct parser *p, const struct node *root)
{
	enum fief_err e = names_check(p, node_first(root, "default-route"));

	for (const struct node *n = node_first(root, "start"); n && !e;
	     n = node_next(n, "start"))
		e = names_check(p, node_first(n, "route"));
	return e;
}
