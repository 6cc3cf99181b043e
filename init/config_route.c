/* SPDX-License-Identifier: MIT */
/* From <route> and <default-route> to rules. */

#include "config_parse.h"

struct label_selector config_selector(const struct node *n)
{
	return (struct label_selector){
		.label = node_attr(n, "label", NULL),
		.prefix = node_attr(n, "label_prefix", NULL),
		.suffix = node_attr(n, "label_suffix", NULL),
		.last = node_attr(n, "label_last", NULL),
	};
}

/* One that decides alone: none of `others` may be given beside it. */
static enum fief_err alone(struct parser *p, const struct node *n,
                           const char *attr, const char *const *others)
{
	if (!node_attr_find(n, attr))
		return FIEF_OK;
	for (; *others; others++)
		if (node_attr_find(n, *others))
			return node_error_set(
				p->err, FIEF_INVALID, attr_place(n, *others),
				"\"%s\" of <%s> has no effect beside \"%s\"",
				*others, n->name, attr);
	return FIEF_OK;
}

enum fief_err config_relabel_of(struct parser *p, const struct node *n,
                                struct config_relabel *out)
{
	static const char *const parts[] = { "identity", "resource",
		                             "prepend_resource", NULL };
	enum fief_err e = alone(p, n, "label", parts);

	if (!e)
		e = alone(p, n, "resource", parts + 2);
	*out = (struct config_relabel){
		.label = node_attr(n, "label", NULL),
		.identity = node_attr(n, "identity", NULL),
		.resource = node_attr(n, "resource", NULL),
		.prepend_resource = node_attr(n, "prepend_resource", NULL),
	};
	return e;
}

static enum fief_err unscoped_of(struct parser *p, const struct node *n,
                                 const char **out)
{
	static const char *const scoped[] = { "label", "label_prefix",
		                              "label_suffix", "label_last",
		                              NULL };

	*out = node_attr(n, "unscoped_label", NULL);
	return alone(p, n, "unscoped_label", scoped);
}

static enum config_target_kind target_kind(const struct node *n)
{
	static const char *const type[] = {
		[CONFIG_TARGET_PARENT] = "parent",
		[CONFIG_TARGET_CHILD] = "child",
		[CONFIG_TARGET_ANY_CHILD] = "any-child",
		[CONFIG_TARGET_LOCAL] = "local",
	};
	unsigned kind = CONFIG_TARGET_LOCAL;

	while (kind && !node_has_type(n, type[kind]))
		kind--;
	return (enum config_target_kind)kind;
}

enum fief_err config_target_of(struct parser *p, const struct node *n,
                               struct config_target **at)
{
	enum fief_err e;
	struct config_target *t = *at = make(p, sizeof(**at), &e);

	if (!t)
		return e;
	t->kind = target_kind(n);
	if (t->kind == CONFIG_TARGET_CHILD)
		t->child = name_of(n);
	return config_relabel_of(p, n, &t->relabel);
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
	r->selector = config_selector(n);
	e = unscoped_of(p, n, &r->unscoped_label);
	if (node_has_type(n, "service"))
		r->service = name_of(n);
	target = &r->targets;
	for (const struct node *t = node_first(n, NULL); t && !e;
	     t = node_next(t, NULL)) {
		e = config_target_of(p, t, target);
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

static enum fief_err names_check(struct parser *p, const struct node *route)
{
	enum fief_err e = FIEF_OK;

	NODE_FOR_EACH(rule, route, NULL)
		NODE_FOR_EACH(target, rule, "child") {
			const char *name = node_attr(target, "name", "");

			if (!e && !config_server_known(p, name))
				e = config_child_unknown(
					p, "route to",
					attr_place(target, "name"), name);
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
