/* SPDX-License-Identifier: MIT */
/* A configuration with somebody in it who looks into a component. */

#include <stdlib.h>
#include <string.h>

#include <lib/label.h>

#include "compose.h"
#include <tools/fief/config_edit.h>
#include <tools/fief/route_edit.h>
#include <tools/fief/util.h>

/* What fs_9p takes, a session to a server of files and its buffer included. */
#define QUOTA "ram=\"12M\" caps=\"400\""

/* ---- the component that looks ---- */

static char *attribute(const char *name, const char *value)
{
	char *escaped = config_edit_escaped(value ? value : "");
	char *text = value ? util_text(" %s=\"%s\"", name, escaped) :
	                     util_text("%s", "");

	free(escaped);
	return text;
}

/* To the server itself. It is known there by its own name, or as another one. */
static char *server_routes(const struct view *v, const struct config_place *p)
{
	char *name = attribute("name", p->start->name);
	char *as = attribute("identity", v->as);
	char *text = util_text("<service name=\"File_system\"> <child%s%s/> "
	                       "</service> <any-service> <parent/> "
	                       "</any-service>",
	                       name, as);

	free(name);
	free(as);
	return text;
}

/* One target of a rule; servers take who looks for the component. */
static char *target_copy(const struct node *n, const char *component)
{
	static const char *const attrs[] = { "name", "label", "resource",
		                             "prepend_resource" };
	const bool labelled =
		node_attr_find(n, "label") || node_attr_find(n, "identity");
	char *who = attribute("identity",
	                      labelled ? node_attr(n, "identity", NULL) :
	                                 component);
	char *text = util_text("<%s%s", n->name, who);

	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		char *a = attribute(attrs[i], node_attr(n, attrs[i], NULL));
		char *longer = util_text("%s%s", text, a);

		free(a);
		free(text);
		text = longer;
	}
	free(who);
	return text;
}

static void append(char **text, char *more)
{
	char *longer = util_text("%s%s", *text, more);

	free(*text);
	free(more);
	*text = longer;
}

static char *rule_copy(const struct node *rule, const char *component)
{
	char *text = util_text("<%s", rule->name);

	NODE_FOR_EACH_ATTR(a, rule)
		append(&text, attribute(a->name, a->value));
	append(&text, util_text(">"));
	NODE_FOR_EACH(target, rule, NULL) {
		append(&text, target_copy(target, component));
		append(&text, util_text("/> "));
	}
	append(&text, util_text("</%s> ", rule->name));
	return text;
}

/* What it needs itself comes from core; what the tree needs goes the ways of
 * the component. */
static char *tree_routes(const struct config_place *p)
{
	static const char *const own[] = { "PD", "CPU", "LOG", "RM", "Host" };
	const struct node *route = node_first(p->node, "route");
	char *text = util_text("<service name=\"ROM\" label=\"fs_9p\"> "
	                       "<parent/> </service> ");

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		append(&text, util_text("<service name=\"%s\"> <parent/> "
		                        "</service> ",
		                        own[i]));
	if (!route)
		route = node_first(p->in->root, "default-route");
	NODE_FOR_EACH(rule, route, NULL)
		append(&text, rule_copy(rule, p->start->name));
	return text;
}

/* Does it hold what another one of the same configuration does not? */
static bool in_memory(const struct node *tree)
{
	static const char *const types[] = { "ram", "ram_log", "pipe",
		                             "audit" };

	NODE_FOR_EACH(n, tree, NULL) {
		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
			if (node_has_type(n, types[i]))
				return true;
		if (in_memory(n))
			return true;
	}
	return false;
}

static const struct node *tree_of(const struct config_place *p)
{
	return node_first(node_first(p->node, "config"), "vfs");
}

static char *start_text(const struct view *v, const struct config_place *p,
                        enum view_of of)
{
	const struct node *tree = tree_of(p);
	char *routes =
		of == VIEW_OF_SERVER ? server_routes(v, p) : tree_routes(p);
	char *vfs = of == VIEW_OF_SERVER ?
	                    util_text("<vfs> <fs quota=\"1M\"/> </vfs>") :
	                    util_text("%.*s", (int)(tree->to - tree->from),
	                              p->a->text.bytes + tree->from);
	char *text = util_text(
		" <start name=\"%s\" " QUOTA "> <binary name=\"fs_9p\"/> "
		"<host grant=\"%s\"/> <route> %s </route> <config> %s "
		"<export path=\"/\" writeable=\"%s\"/> </config> </start>",
		v->name, v->name, routes, vfs, v->writeable ? "yes" : "no");

	free(routes);
	free(vfs);
	return text;
}

/* ---- beside the component ---- */

static char *policy_text(const struct view *v)
{
	return util_text(" <policy label_prefix=\"%s\" root=\"/\" "
	                 "writeable=\"%s\"/> ",
	                 v->name, v->writeable ? "yes" : "no");
}

/* The owner of the system may see all that is served. */
static struct config_text with_policy(struct config_text t,
                                      const struct view *v,
                                      const struct config_place *p)
{
	const struct node *config = node_first(p->node, "config");
	struct config_text out;
	char *policy;

	if (v->as || !config)
		return t;
	policy = policy_text(v);
	out = config_edit_append(&t, config, policy);
	free(policy);
	free(t.bytes);
	return out;
}

static bool serves_files(const struct config_place *p)
{
	return config_lists(p->start->provides, "File_system");
}

/* Why nobody can look into it; the caller frees it. */
static char *obstacle(const struct view *v, const struct config_place *p)
{
	const struct node *tree = tree_of(p);

	if (authority_inner(p->in, p->start))
		return util_text("\"%s\" is an init and has no files; name a "
		                 "component within it",
		                 p->start->name);
	if (serves_files(p))
		return NULL;
	if (!tree)
		return util_text("\"%s\" has no files: it neither provides "
		                 "\"File_system\" nor has a <vfs> in its "
		                 "<config>",
		                 p->start->name);
	if (node_first(p->node, "host"))
		return util_text("\"%s\" has its files from the host itself, "
		                 "and they can be seen through it only if it "
		                 "provides \"File_system\"",
		                 p->start->name);
	return v->as ? util_text("\"%s\" serves no files, so that there is "
	                         "nobody to look as",
	                         p->start->name) :
	               NULL;
}

static void add_viewer(const struct view *v, const struct config_place *p,
                       struct config_text *out, struct view_found *found)
{
	char *start;

	found->of = serves_files(p)       ? VIEW_OF_SERVER :
	            in_memory(tree_of(p)) ? VIEW_OF_EMPTY_TREE :
	                                    VIEW_OF_TREE;
	found->init = util_text("%s", p->in->label);
	found->label =
		util_text("%s" LABEL_SEPARATOR "%s", p->in->label, v->name);
	start = start_text(v, p, found->of);
	*out = config_edit_splice(&p->a->text, p->node->to, p->node->to, start);
	free(start);
	if (found->of == VIEW_OF_SERVER)
		*out = with_policy(*out, v, p);
}

/* ---- all of it ---- */

static char *compose(const struct authority *a, const struct view *v,
                     struct config_text *out, struct view_found *found)
{
	char near[LABEL_MAX + 1] = "";
	struct config_place p;
	char *why;

	if (!a->inits || !config_place_find(a, v->component, &p, near))
		return util_text("there is no component \"%s\"%s%s%s",
		                 v->component, *near ? "; did you mean \"" : "",
		                 near, *near ? "\"?" : "");
	why = obstacle(v, &p);
	if (!why)
		add_viewer(v, &p, out, found);
	return why;
}

static void text_read(const struct config_text *in, struct authority *a)
{
	struct findings ignored = { 0 };
	struct config_text copy = { util_alloc(in->len + 1), in->len };

	memcpy(copy.bytes, in->bytes, in->len);
	authority_open_text(a, "config", copy, &ignored);
	findings_fini(&ignored);
}

char *view_compose(const struct config_text *in, const struct view *v,
                   struct config_text *out, struct view_found *found)
{
	struct authority a;
	char *why;

	text_read(in, &a);
	why = compose(&a, v, out, found);
	authority_close(&a);
	return why;
}

/* ---- the inits around it ---- */

/* An edit of the text; without bytes: there is nothing to add. */
typedef struct config_text edit(const struct authority *a,
                                const struct authority_init *in);

static void edit_init(struct config_text *t, const char *label, edit *e)
{
	struct config_text out = { 0 };
	struct authority a;

	text_read(t, &a);
	for (const struct authority_init *in = a.inits; in; in = in->next)
		if (!strcmp(in->label, label))
			out = e(&a, in);
	authority_close(&a);
	if (!out.bytes)
		return;
	free(t->bytes);
	*t = out;
}

/* It takes these services for what its parent has. */
static struct config_text add_services(const struct authority *a,
                                       const struct authority_init *in)
{
	static const char *const needed[] = { "ROM", "PD", "CPU",
		                              "LOG", "RM", "Host" };
	const struct node *list = node_first(in->root, "parent-provides");
	char *text = util_text("%s", list ? "" : "<parent-provides> ");
	struct config_text out = { 0 };
	bool any = false;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!config_lists(in->config->parent_provides, needed[i])) {
			append(&text,
			       util_text("<service name=\"%s\"/> ", needed[i]));
			any = true;
		}
	if (!list)
		append(&text, util_text("</parent-provides> "));
	if (any)
		out = config_edit_append(&a->text, list ? list : in->root,
		                         text);
	free(text);
	return out;
}

/* An init in an init: what they ask for goes up. */
static struct config_text add_passage(const struct authority *a,
                                      const struct authority_init *in)
{
	char near[LABEL_MAX + 1];
	struct config_place p;

	if (!config_place_find(a, in->label, &p, near))
		return (struct config_text){ 0 };
	return route_edit_rule(&p, "<any-service label_prefix=\"" VIEW_NAME
	                           "\"> <parent/> </any-service>");
}

void view_prepare(struct config_text *t, const char *init)
{
	char *label = util_text("%s", init);
	char *end = label;

	for (;;) {
		edit_init(t, label, add_services);
		end = strstr(label, LABEL_SEPARATOR);
		if (!end)
			break;
		while (strstr(end + 1, LABEL_SEPARATOR))
			end = strstr(end + 1, LABEL_SEPARATOR);
		edit_init(t, label, add_passage);
		*end = '\0';
	}
	free(label);
}
