/* SPDX-License-Identifier: MIT */
/* From the text of a config to its model. */

#include "config.h"
#include "config_schema.h"

#include <lib/mem.h>
#include <lib/number.h>

#include "config_parse.h"
#include "sandbox.h"

bool config_service_same(const char *a, const char *b)
{
	/* The RAM service of old configs became part of PD. */
	if (!strcmp(a, "RAM"))
		a = "PD";
	if (!strcmp(b, "RAM"))
		b = "PD";
	return !strcmp(a, b);
}

bool config_lists(const struct config_service *list, const char *service)
{
	for (; list; list = list->next)
		if (config_service_same(list->name, service))
			return true;
	return false;
}

const struct config_start *config_start_find(const struct config *c,
                                             const char *name)
{
	return DICT_OBJECT(dict_find(&c->names, name), struct config_start,
	                   by_name);
}

/* ---- services ---- */

static enum fief_err services_of(struct parser *p, const struct node *list,
                                 struct config_service **out)
{
	struct config_service **at = out;
	enum fief_err e = FIEF_OK;

	for (const struct node *n = node_first(list, "service"); n && !e;
	     n = node_next(n, "service")) {
		*at = make(p, sizeof(**at), &e);
		if (!*at)
			return e;
		(*at)->name = name_of(n);
		e = node_attr_bool(n, "handover", false, p->err,
		                   &(*at)->handover);
		at = &(*at)->next;
	}
	return e;
}

/* ---- children ---- */

/* As deep as the source, so not recursive. */
static size_t nodes_of(const struct node *top)
{
	const struct node *n = top;
	size_t count = 0;

	while (n) {
		count++;
		NODE_FOR_EACH_ATTR(a, n)
			count++;
		if (n->first) {
			n = n->first;
			continue;
		}
		while (n != top && !n->next)
			n = n->parent;
		n = n == top ? NULL : n->next;
	}
	return count;
}

static enum fief_err start_parts(struct parser *p, const struct node *n,
                                 struct config_start *s)
{
	const struct node *binary = node_first(n, "binary");
	const struct node *route = node_first(n, "route");
	enum fief_err e = config_quota_of(p, n, s);

	s->at = n->at;
	s->from = n->from;
	s->to = n->to;
	s->nodes = nodes_of(n);
	s->binary = s->name;
	s->version = node_attr(n, "version", "");
	s->config = node_first(n, "config");
	s->route = p->c->default_route;
	if (binary)
		s->binary = name_of(binary);
	s->host = config_host_of(node_first(n, "host"));
	if (!e)
		e = services_of(p, node_first(n, "provides"), &s->provides);
	if (!e && route)
		e = config_route_of(p, route, &s->route);
	if (!e)
		e = node_attr_bool(node_first(n, "exit"), "propagate", false,
		                   p->err, &s->exit_propagate);
	if (!e)
		e = config_growth_of(p, n, s->ram, s->caps, &s->growth);
	if (!e)
		e = config_schedule_of(p, n, &s->schedule);
	if (!e)
		e = config_vain_check(p, n);
	if (!e)
		e = config_supervision_of(p, node_first(n, "restart"),
		                          &s->supervision);
	if (!e)
		e = config_heartbeat_read(node_first(n, "heartbeat"), p->err,
		                          &s->heartbeat);
	return e;
}

static enum fief_err start_of(struct parser *p, const struct node *n,
                              struct config_start **at)
{
	struct config_start *s;
	const char *const name = name_of(n);
	enum fief_err e;

	s = make(p, sizeof(*s), &e);
	if (!s)
		return e;
	s->name = name;
	p->c->nstarts++;
	if (start_find_beside(p, name) ||
	    dict_insert(&p->c->names, &s->by_name, name))
		return node_error_set(
			p->err, FIEF_INVALID, attr_place(n, "name"),
			"second child with the name \"%s\"", name);
	e = start_parts(p, n, s);
	if (!e)
		*at = s;
	return e;
}

static enum fief_err starts_of(struct parser *p, const struct node *root)
{
	struct config_start **at = &p->c->starts;
	enum fief_err e = FIEF_OK;

	for (const struct node *n = node_first(root, "start"); n && !e;
	     n = node_next(n, "start")) {
		e = start_of(p, n, at);
		if (!e)
			at = &(*at)->next;
	}
	return e;
}

/* ---- the whole ---- */

static enum fief_err build(struct parser *p, const struct node *root)
{
	const struct node *defaults = node_first(root, "default");
	struct config *c = p->c;
	enum fief_err e;

	p->warning = &c->warnings;
	c->default_ram = SANDBOX_RAM_DEFAULT;
	c->default_caps = SANDBOX_CAPS_DEFAULT;
	c->nodes = nodes_of(root);
	c->version = node_attr(root, "version", "");
	e = node_attr_bool(root, "verbose", false, p->err, &c->verbose);
	if (!e)
		e = config_report_read(node_first(root, "report"), p->err,
		                       &c->report);
	if (!e)
		e = config_heartbeat_rate(node_first(root, "heartbeat"), p->err,
		                          &c->heartbeat_ms);
	if (!e)
		e = node_attr_u64(defaults, "ram", c->default_ram, p->err,
		                  &c->default_ram);
	if (!e)
		e = node_attr_u64(defaults, "caps", c->default_caps, p->err,
		                  &c->default_caps);
	if (!e)
		e = config_vain_check(p, root);
	if (!e)
		e = config_grants_of(p, node_first(root, "host"), &c->grants);
	if (!e)
		e = config_kept_of(p, root, &c->kept);
	if (!e)
		e = config_space_of(p, root, &c->space);
	if (!e)
		e = services_of(p, node_first(root, "parent-provides"),
		                &c->parent_provides);
	if (!e)
		e = config_route_of(p, node_first(root, "default-route"),
		                    &c->default_route);
	if (!e)
		e = starts_of(p, root);
	if (!e)
		e = config_aliases_of(p, root);
	if (!e)
		e = config_offers_of(p, root);
	return e ? e : config_routes_check(p, root);
}

static enum fief_err parse_root(struct parser *p, const struct node *root,
                                struct config **out)
{
	enum fief_err e = config_schema_check(root, p->err);

	if (!e)
		p->c = make(p, sizeof(*p->c), &e);
	if (!e && p->c)
		e = build(p, root);
	if (!e)
		*out = p->c;
	return e;
}

enum fief_err config_parse_beside(const struct node_xml_input *in,
                                  const struct config *beside, struct arena *a,
                                  struct node_error *err, struct config **out)
{
	struct parser p = { .a = a, .err = err, .beside = beside };
	struct node *root;
	enum fief_err e = node_xml_parse(in, a, err, &root);

	return e ? e : parse_root(&p, root, out);
}

enum fief_err config_parse_node(const struct node *root, struct arena *a,
                                struct node_error *err,
                                const struct config **out)
{
	struct parser p = { .a = a, .err = err };
	struct config *c;
	enum fief_err e = parse_root(&p, root, &c);

	if (!e)
		*out = c;
	return e;
}

enum fief_err config_parse(const struct node_xml_input *in, struct arena *a,
                           struct node_error *err, const struct config **out)
{
	struct config *c;
	enum fief_err e = config_parse_beside(in, NULL, a, err, &c);

	if (!e)
		*out = c;
	return e;
}
