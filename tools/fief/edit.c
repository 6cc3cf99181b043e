/* SPDX-License-Identifier: MIT */
/* Changes of a configuration, as text and place. */

#include <stdlib.h>
#include <string.h>

#include "edit.h"
#include "util.h"

/* What is wanted, for the functions below. */
struct wanted {
	const struct authority *a;
	const struct authority_hop *hop;
	const char *service;
	bool selective;
	struct edits *out;
};

/* ---- text ---- */

/* As the value of an attribute; the caller frees it. */
static char *escaped(const char *text)
{
	static const struct {
		char c;
		const char *as;
	} table[] = {
		{ '&', "&amp;" },  { '<', "&lt;" },    { '>', "&gt;" },
		{ '"', "&quot;" }, { '\'', "&apos;" },
	};
	enum { LONGEST = 6 };
	char *out = util_alloc(strlen(text) * LONGEST + 1), *at = out;

	for (; *text; text++) {
		const char *as = NULL;

		for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
			if (table[i].c == *text)
				as = table[i].as;
		if (as)
			at = stpcpy(at, as);
		else
			*at++ = *text;
	}
	return out;
}

static char *service_text(const char *service)
{
	char *name = escaped(service);
	char *text = util_text("<service name=\"%s\"/>", name);

	free(name);
	return text;
}

static char *target_text(const struct config_start *server)
{
	char *name = server ? escaped(server->name) : NULL;
	char *text = server ? util_text("<child name=\"%s\"/>", name) :
	                      util_text("<parent/>");

	free(name);
	return text;
}

static char *rule_text(const struct wanted *w,
                       const struct config_start *server)
{
	char *name = escaped(w->service), *label = escaped(w->hop->sent.text);
	char *target = target_text(server);
	char *text = util_text("<service name=\"%s\"%s%s%s> %s </service>",
	                       name, w->selective ? " label=\"" : "",
	                       w->selective ? label : "",
	                       w->selective ? "\"" : "", target);

	free(name);
	free(label);
	free(target);
	return text;
}

/* ---- place ---- */

/* Of a byte of the source. */
static struct node_place place_of(const struct config_text *t, size_t byte)
{
	struct node_place p = { 1, 1 };

	for (size_t i = 0; i < byte && i < t->len; i++) {
		if (t->bytes[i] == '\n') {
			p.line++;
			p.column = 1;
		} else if (((unsigned char)t->bytes[i] & 0xc0) != 0x80) {
			p.column++;
		}
	}
	return p;
}

/* Takes `text` over. */
static void add(const struct wanted *w, struct node_place at, char *text,
                char *instead)
{
	w->out->list[w->out->count++] = (struct edit){ at, text, instead };
}

/* As the last content of a node; takes `text` over. */
static void add_within(const struct wanted *w, const struct node *n, char *text)
{
	const struct config_text *t = &w->a->text;
	size_t last = n->to - 1;

	if (t->bytes[last - 1] != '/') {
		while (last > n->from && t->bytes[last] != '<')
			last--;
		add(w, place_of(t, last), text, NULL);
		return;
	}
	/* "<route/>" becomes "<route> ... </route>". */
	add(w, n->at,
	    util_text("%.*s> %s </%s>", (int)(last - 1 - n->from),
	              t->bytes + n->from, text, n->name),
	    util_text("%.*s", (int)(n->to - n->from), t->bytes + n->from));
	free(text);
}

/* The same within a child of the node, which is made if need be. */
static void add_within_list(const struct wanted *w, const struct node *n,
                            const char *type, char *text)
{
	const struct node *list = node_first(n, type);
	char *whole;

	if (list) {
		add_within(w, list, text);
		return;
	}
	whole = util_text("<%s> %s </%s>", type, text, type);
	free(text);
	add_within(w, n, whole);
}

static const struct node *start_node(const struct wanted *w,
                                     const struct config_start *s)
{
	return node_find(w->hop->init->root, "start", "name", s->name);
}

static const struct node *rule_node(const struct wanted *w,
                                    const struct config_rule *r)
{
	const struct node *start = start_node(w, w->hop->client);
	const struct node *lists[] = {
		node_first(start, "route"),
		node_first(w->hop->init->root, "default-route"),
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		NODE_FOR_EACH(n, lists[i], NULL)
			if (n->at.line == r->at.line &&
			    n->at.column == r->at.column)
				return n;
	return NULL;
}

/* ---- what to change ---- */

/* The parent could serve it, if it were asked. */
static void add_to_parent(const struct wanted *w)
{
	const struct authority_init *in = w->hop->init;

	w->out->leads_on = true;
	if (!config_lists(in->config->parent_provides, w->service))
		add_within_list(w, in->root, "parent-provides",
		                service_text(w->service));
}

/* No rule leads anywhere: one more, at the end. */
static void add_rule(const struct wanted *w, const struct config_start *server)
{
	const struct node *start = start_node(w, w->hop->client);
	const struct node *root = w->hop->init->root;
	char *rule = rule_text(w, server);

	if (node_first(start, "route") || !node_first(root, "default-route"))
		add_within_list(w, start, "route", rule);
	else
		add_within_list(w, root, "default-route", rule);
}

/* A rule decides against it: it gets one target more. */
static void add_target(const struct wanted *w,
                       const struct config_start *server)
{
	const struct node *rule = rule_node(w, w->hop->route.rule);
	bool there = false;

	for (const struct config_target *t = w->hop->route.rule->targets; t;
	     t = t->next)
		there |= !server && t->kind == CONFIG_TARGET_PARENT;
	if (rule && !there)
		add_within(w, rule, target_text(server));
}

/* A rule before the one that cannot choose. */
static void add_choice(const struct wanted *w,
                       const struct config_start *server)
{
	add(w, w->hop->route.rule->at, rule_text(w, server), NULL);
}

/* Could whoever is above serve it? */
static bool parent_could(const struct authority_init *in, const char *service)
{
	for (in = in->outer; in; in = in->outer)
		if (authority_service_find(in, service))
			return true;
	return authority_core_provides(service);
}

void edit_find(const struct authority *a, const struct authority_hop *hop,
               const char *service, bool selective, struct edits *out)
{
	const struct authority_service *s =
		authority_service_find(hop->init, service);
	const struct config_start *server = s ? s->first : NULL;
	const struct wanted w = { a, hop, service, selective, out };

	*out = (struct edits){ 0 };
	if (!server && !parent_could(hop->init, service))
		return;
	if (!server)
		add_to_parent(&w);
	if (hop->result == ROUTE_NONE)
		add_rule(&w, server);
	else if (hop->result == ROUTE_REFUSED)
		add_target(&w, server);
	else
		add_choice(&w, server);
}

void edits_fini(struct edits *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free(e->list[i].text);
		free(e->list[i].instead);
	}
}
