/* SPDX-License-Identifier: MIT */
/* A rule that lets a component have a service. */

#include <stdlib.h>
#include <string.h>

#include "route_edit.h"
#include "suggest.h"
#include "util.h"

/* ---- the server ---- */

/* It, or why it cannot be. */
struct server {
	const char *name; /* of a sibling; NULL: the parent */
	char *why;        /* owned */
};

static char *not_provided(const char *server, const char *service)
{
	return util_text("%s does not provide \"%s\"; its <provides> lists "
	                 "what it does",
	                 server, service);
}

static char *unknown(const struct authority_init *in, const char *name)
{
	struct suggest s;

	suggest_init(&s, name);
	suggest_offer(&s, "parent");
	for (const struct config_start *c = in->config->starts; c; c = c->next)
		suggest_offer(&s, c->name);
	if (suggest_result(&s))
		return util_text("there is no server \"%s\" beside it; did you "
		                 "mean \"%s\"?",
		                 name, suggest_result(&s));
	return util_text("there is no server \"%s\" beside it; expected is a "
	                 "component of the same init, or \"parent\"",
	                 name);
}

/* By name, or by its label. */
static const struct config_start *sibling(const struct config_place *p,
                                          const char *server)
{
	const struct config_start *s = config_start_find(p->in->config, server);
	struct config_place other;
	char near[LABEL_MAX + 1];

	if (!s && config_place_find(p->a, server, &other, near) &&
	    other.in == p->in)
		s = other.start;
	return s;
}

static struct server server_find(const struct config_place *p,
                                 const struct route_grant *g)
{
	const struct config_start *s = sibling(p, g->server);
	struct server out = { 0 };

	if (s && s == p->start)
		out.why = util_text("\"%s\" cannot be its own server", s->name);
	else if (s && !config_lists(s->provides, g->service))
		out.why = not_provided(s->name, g->service);
	else if (s)
		out.name = s->name;
	else if (strcmp(g->server, "parent") != 0)
		out.why = unknown(p->in, g->server);
	else if (!config_lists(p->in->config->parent_provides, g->service))
		out.why = util_text("the parent of \"%s\" does not provide "
		                    "\"%s\"; <parent-provides> lists what it "
		                    "does",
		                    p->start->name, g->service);
	return out;
}

/* ---- the rule ---- */

static char *rule_text(const struct route_grant *g, const char *server)
{
	char *service = config_edit_escaped(g->service);
	char *label = config_edit_escaped(g->label ? g->label : "");
	char *name = config_edit_escaped(server ? server : "");
	char *target = server ? util_text("<child name=\"%s\"/>", name) :
	                        util_text("<parent/>");
	char *text = util_text("<service name=\"%s\"%s%s%s> %s </service>",
	                       service, g->label ? " label=\"" : "", label,
	                       g->label ? "\"" : "", target);

	free(service);
	free(label);
	free(name);
	free(target);
	return text;
}

static size_t attr_count(const struct node *n)
{
	size_t count = 0;

	NODE_FOR_EACH_ATTR(a, n)
		count++;
	return count;
}

static bool attr_is(const struct node *n, const char *name, const char *value)
{
	const struct node_attr *a = node_attr_find(n, name);

	return value ? a && !strcmp(a->value, value) : !a;
}

/* Does the node say just that? */
static bool rule_is(const struct node *n, const struct route_grant *g,
                    const char *server)
{
	const struct node *t = node_first(n, NULL);

	return node_has_type(n, "service") && attr_is(n, "name", g->service) &&
	       attr_is(n, "label", g->label) &&
	       attr_count(n) == (g->label ? 2 : 1) && t &&
	       !node_next(t, NULL) &&
	       node_has_type(t, server ? "child" : "parent") &&
	       attr_is(t, "name", server) && attr_count(t) == (server ? 1 : 0);
}

/* ---- in ---- */

/* What stands between the tags of an element; the caller frees it. */
static char *content(const struct config_text *t, const struct node *n)
{
	const struct node *first = node_first(n, NULL), *last = first;

	while (last && node_next(last, NULL))
		last = node_next(last, NULL);
	return first ? util_text("%.*s", (int)(last->to - first->from),
	                         t->bytes + first->from) :
	               util_text("%s", "");
}

static struct config_text add_to_route(const struct config_text *t,
                                       const struct node *route,
                                       const char *rule)
{
	const struct node *first = node_first(route, NULL);
	struct config_text out;
	char *text;

	if (first) {
		text = util_text("%s ", rule);
		out = config_edit_splice(t, first->from, first->from, text);
	} else {
		text = util_text("<route> %s </route>", rule);
		out = config_edit_splice(t, route->from, route->to, text);
	}
	free(text);
	return out;
}

static struct config_text add_route(const struct config_place *p,
                                    const char *rule)
{
	const struct config_text *t = &p->a->text;
	char *rest = content(t, node_first(p->in->root, "default-route"));
	char *text = util_text("<route> %s %s </route>", rule, rest);
	struct config_text out = config_edit_append(t, p->node, text);

	free(rest);
	free(text);
	return out;
}

struct config_text route_edit_rule(const struct config_place *p,
                                   const char *rule)
{
	const struct node *route = node_first(p->node, "route");

	return route ? add_to_route(&p->a->text, route, rule) :
	               add_route(p, rule);
}

char *route_edit_add(const struct authority *a, const struct route_grant *g,
                     struct config_text *out, bool *made)
{
	char near[LABEL_MAX + 1] = "";
	struct config_place p;
	struct server server;
	char *rule;

	if (!config_place_find(a, g->component, &p, near))
		return util_text("there is no component \"%s\"%s%s%s",
		                 g->component, *near ? "; did you mean \"" : "",
		                 near, *near ? "\"?" : "");
	server = server_find(&p, g);
	if (server.why)
		return server.why;
	rule = rule_text(g, server.name);
	*made = !node_first(p.node, "route");
	*out = route_edit_rule(&p, rule);
	free(rule);
	return NULL;
}

/* ---- out ---- */

/* Is what follows the rule what the default route says? */
static bool rest_is_default(const struct node *rule, const struct node *root)
{
	const struct node *a = node_next(rule, NULL),
			  *b = node_first(node_first(root, "default-route"),
	                                  NULL);

	while (a && b && node_equal(a, b)) {
		a = node_next(a, NULL);
		b = node_next(b, NULL);
	}
	return a == b;
}

bool route_edit_remove(const struct authority *a, const struct route_grant *g,
                       bool made, struct config_text *out)
{
	const struct config_start *s;
	const struct node *route;
	struct config_place p;
	char near[LABEL_MAX + 1];

	if (!config_place_find(a, g->component, &p, near))
		return false;
	s = sibling(&p, g->server);
	route = node_first(p.node, "route");
	NODE_FOR_EACH(n, route, NULL) {
		if (!rule_is(n, g, s ? s->name : NULL))
			continue;
		if (made && n == node_first(route, NULL) &&
		    rest_is_default(n, p.in->root))
			n = route;
		*out = config_edit_remove(&a->text, n);
		return true;
	}
	return false;
}
