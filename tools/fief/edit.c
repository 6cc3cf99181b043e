/* SPDX-License-Identifier: MIT */
/* Changes of a configuration, as text and place. */

#include <stdlib.h>
#include <string.h>

#include "config_edit.h"
#include "edit_write.h"
#include "util.h"

static char *rule_text(const struct wanted *w,
                       const struct config_start *server)
{
	char *name = config_edit_escaped(w->service),
	     *label = config_edit_escaped(w->hop->sent.text);
	char *target = edit_target_text(server);
	char *text = util_text("<service name=\"%s\"%s%s%s> %s </service>",
	                       name, w->selective ? " label=\"" : "",
	                       w->selective ? label : "",
	                       w->selective ? "\"" : "", target);

	free(name);
	free(label);
	free(target);
	return text;
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
		edit_add_within_list(w, in->root, "parent-provides",
		                     edit_service_text(w->service));
}

/* No rule leads anywhere: one more, at the end. */
static void add_rule(const struct wanted *w, const struct config_start *server)
{
	const struct node *start = start_node(w, w->hop->client);
	const struct node *root = w->hop->init->root;
	char *rule = rule_text(w, server);

	if (node_first(start, "route") || !node_first(root, "default-route"))
		edit_add_within_list(w, start, "route", rule);
	else
		edit_add_within_list(w, root, "default-route", rule);
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
		edit_add_within(w, rule, edit_target_text(server));
}

/* A rule before the one that cannot choose. */
static void add_choice(const struct wanted *w,
                       const struct config_start *server)
{
	edit_add(w, w->hop->route.rule->at, rule_text(w, server), NULL);
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
	if (!hop->client) {
		if (server && hop->result == ROUTE_NONE)
			edit_offer(&w, server);
		return;
	}
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
