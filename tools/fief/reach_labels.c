/* SPDX-License-Identifier: MIT */
/* Labels to try. */

#include <stdlib.h>
#include <string.h>

#include "reach_labels.h"
#include "util.h"

#define ANY "*"

void reach_labels_fini(struct reach_labels *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->text[i]);
	free(l->text);
}

/* Takes the text over. */
static void add(struct reach_labels *l, char *text)
{
	bool known = strlen(text) > AUTHORITY_LABEL_MAX;

	for (size_t i = 0; i < l->count && !known; i++)
		known = !strcmp(l->text[i], text);
	if (known) {
		free(text);
		return;
	}
	if (l->count == l->room) {
		l->room = l->room ? 2 * l->room : 8;
		l->text = util_grow(l->text, l->room * sizeof(*l->text));
	}
	l->text[l->count++] = text;
}

static const char *some(const char *text)
{
	return text ? text : "";
}

static bool any(const char *text)
{
	return label_has_prefix(text, ANY);
}

/* With `middle`, the label that a selector names; with ANY, one of those that
 * it selects and nobody else names. */
static void add_selected(struct reach_labels *l, const struct label_selector *s,
                         const char *middle)
{
	const char *before =
		s->last && (*some(s->prefix) || *middle) ? LABEL_SEPARATOR : "";

	if (s->label)
		add(l, util_text("%s", s->label));
	else if (s->last)
		add(l, util_text("%s%s%s%s", some(s->prefix), middle, before,
		                 s->last));
	else
		add(l, util_text("%s%s%s", some(s->prefix), middle,
		                 some(s->suffix)));
}

static void add_rule(struct reach_labels *l, const struct config_rule *r,
                     const struct config_start *client)
{
	const char *own;

	if (r->unscoped_label) {
		own = label_scoped(r->unscoped_label, client->name);
		if (own)
			add(l, util_text("%s", own));
		return;
	}
	add_selected(l, &r->selector, ANY);
	add_selected(l, &r->selector, "");
}

/* ---- what a target makes of labels, backwards ---- */

/* The last element, as it was sent; NULL: none becomes that one. */
static const char *resource_before(const struct config_relabel *r,
                                   const char *resource)
{
	const char *prefix = some(r->prepend_resource);

	if (r->resource)
		return any(resource) || !strcmp(resource, r->resource) ? ANY :
		                                                         NULL;
	if (any(resource))
		return resource;
	return label_has_prefix(resource, prefix) ? resource + strlen(prefix) :
	                                            NULL;
}

/* One that the child, or whoever is outside if it is empty, sends and the target
 * turns into `made`, if there is one. */
static void add_before(struct reach_labels *l, const struct config_relabel *r,
                       const char *child, const char *made)
{
	const char *resource = resource_before(r, label_last(made)), *own;
	struct label identity, sent;

	if (r->label || !resource || label_identity(&identity, made))
		return;
	if (r->identity) {
		if (any(identity.text) || !strcmp(identity.text, r->identity))
			add(l, util_text("%s", resource));
		return;
	}
	if (label_compose(&sent, identity.text, resource))
		return;
	own = *child ? label_scoped(sent.text, child) : sent.text;
	if (own)
		add(l, util_text("%s", own));
	else if (any(sent.text))
		add(l, util_text("%s", sent.text));
}

static void add_all_before(struct reach_labels *l,
                           const struct config_relabel *r, const char *child,
                           const struct reach_labels *made)
{
	for (size_t i = 0; i < made->count; i++)
		add_before(l, r, child, made->text[i]);
}

/* ---- the way ---- */

static bool relabels(const struct config_relabel *r)
{
	return r->identity || r->resource || r->prepend_resource;
}

static void collect_target(struct reach_labels *l,
                           const struct authority_init *in, const char *child,
                           const struct config_target *t, const char *service);

static bool for_service(const struct config_rule *r, const char *service)
{
	return !r->service || config_service_same(r->service, service);
}

/* What the rules of the init above name. */
static void collect_above(struct reach_labels *l,
                          const struct authority_init *in,
                          const struct config_start *client,
                          const char *service)
{
	static const struct config_relabel none;
	struct reach_labels above = { 0 };

	reach_labels_collect(&above, in->outer, in->start, service);
	add_all_before(l, &none, client->name, &above);
	for (const struct config_rule *r = client->route; r; r = r->next)
		for (const struct config_target *t = r->targets; t; t = t->next)
			if (t->kind == CONFIG_TARGET_PARENT &&
			    relabels(&t->relabel) && for_service(r, service))
				add_all_before(l, &t->relabel, client->name,
				               &above);
	reach_labels_fini(&above);
}

/* What the policies of an init name, and those of inits that they lead to. As
 * deep as inits are in each other. */
static void collect_offer(struct reach_labels *l,
                          const struct authority_init *in, const char *service)
{
	const struct config_offer *o = in->config->offers;
	const struct config_policy *p;

	while (o && !config_service_same(o->name, service))
		o = o->next;
	for (p = o ? o->policies : NULL; p; p = p->next) {
		add_selected(l, &p->selector, ANY);
		add_selected(l, &p->selector, "");
		if (p->target)
			collect_target(l, in, "", p->target, service);
	}
}

/* Those of an init that a target leads to. */
static void collect_inner(struct reach_labels *l,
                          const struct authority_init *in, const char *child,
                          const struct config_target *t,
                          const struct config_start *server,
                          const char *service)
{
	const struct authority_init *inner =
		server ? authority_inner(in, server) : NULL;
	struct reach_labels below = { 0 };

	if (!inner)
		return;
	collect_offer(&below, inner, service);
	add_all_before(l, &t->relabel, child, &below);
	reach_labels_fini(&below);
}

static void collect_target(struct reach_labels *l,
                           const struct authority_init *in, const char *child,
                           const struct config_target *t, const char *service)
{
	const struct authority_service *s;

	if (t->kind == CONFIG_TARGET_CHILD) {
		collect_inner(l, in, child, t,
		              config_server_find(in->config, t->child),
		              service);
	} else if (t->kind == CONFIG_TARGET_ANY_CHILD) {
		s = authority_service_find(in, service);
		collect_inner(l, in, child, t, s ? s->first : NULL, service);
	}
}

static void collect_below(struct reach_labels *l,
                          const struct authority_init *in,
                          const struct config_start *client,
                          const char *service)
{
	for (const struct config_rule *r = client->route; r; r = r->next)
		for (const struct config_target *t = r->targets; t; t = t->next)
			if (for_service(r, service))
				collect_target(l, in, client->name, t, service);
}

void reach_labels_collect(struct reach_labels *l,
                          const struct authority_init *in,
                          const struct config_start *client,
                          const char *service)
{
	for (const struct config_rule *r = client->route; r; r = r->next)
		if (for_service(r, service))
			add_rule(l, r, client);
	collect_below(l, in, client, service);
	if (in->outer)
		collect_above(l, in, client, service);
}
