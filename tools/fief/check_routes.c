/* SPDX-License-Identifier: MIT */
/* Rules of a config, one by one. */

#include <string.h>

#include "check.h"
#include "reach.h"

/* A list of rules that is looked at. */
struct list {
	const struct authority_init *in;
	const struct config_rule *rules;
	const struct config_start *client; /* NULL: the default route */
	struct findings *findings;
};

/* ---- what targets give ---- */

static bool target_gives(const struct authority_init *in,
                         const struct config_target *t, const char *service)
{
	const struct config_start *s;

	if (t->kind == CONFIG_TARGET_PARENT)
		return config_lists(in->config->parent_provides, service);
	if (t->kind == CONFIG_TARGET_ANY_CHILD)
		return authority_service_find(in, service) != NULL;
	if (t->kind == CONFIG_TARGET_LOCAL)
		return false; /* init has no services of its own */
	s = config_server_find(in->config, t->child);
	return s && config_lists(s->provides, service);
}

/* The first target that gives the service. */
static const struct config_target *giver(const struct authority_init *in,
                                         const struct config_rule *r,
                                         const char *service)
{
	for (const struct config_target *t = r->targets; t; t = t->next)
		if (target_gives(in, t, service))
			return t;
	return NULL;
}

/* A service that any-child finds twice, at this rule. */
static const struct authority_service *
ambiguous(const struct authority_init *in, const struct config_rule *r,
          const char *service)
{
	const struct config_target *t = giver(in, r, service);
	const struct authority_service *s = authority_service_find(in, service);

	return t && t->kind == CONFIG_TARGET_ANY_CHILD && s && s->second ? s :
	                                                                   NULL;
}

/* ---- what an earlier rule takes ---- */

/* Requests for the service that `r` selects: does a rule before it decide all
 * of them? */
static const struct config_rule *
taken(const struct list *l, const struct config_rule *r, const char *service)
{
	for (const struct config_rule *e = l->rules; e != r; e = e->next) {
		if (e->service && !config_service_same(e->service, service))
			continue;
		if (!check_selects_all(e, r, l->client))
			continue;
		if (e->service || giver(l->in, e, service))
			return e;
	}
	return NULL;
}

/* ---- the services of a rule ---- */

/* Called for each; false ends it. */
typedef bool visit_service(void *arg, const char *service);

static bool visit_list(const struct config_service *s, visit_service *visit,
                       void *arg)
{
	for (; s; s = s->next)
		if (!visit(arg, s->name))
			return false;
	return true;
}

static bool visit_target(const struct authority_init *in,
                         const struct config_target *t, visit_service *visit,
                         void *arg)
{
	const struct config_start *s;

	if (t->kind == CONFIG_TARGET_PARENT)
		return visit_list(in->config->parent_provides, visit, arg);
	if (t->kind == CONFIG_TARGET_CHILD) {
		s = config_server_find(in->config, t->child);
		return visit_list(s ? s->provides : NULL, visit, arg);
	}
	if (t->kind == CONFIG_TARGET_LOCAL)
		return true;
	for (const struct authority_service *a = in->service_list; a;
	     a = a->next)
		if (!visit(arg, a->name))
			return false;
	return true;
}

/* That which it names, or all that its targets can give. */
static bool visit_rule(const struct authority_init *in,
                       const struct config_rule *r, visit_service *visit,
                       void *arg)
{
	if (r->service)
		return visit(arg, r->service);
	for (const struct config_target *t = r->targets; t; t = t->next)
		if (!visit_target(in, t, visit, arg))
			return false;
	return true;
}

/* ---- findings ---- */

struct dead {
	const struct list *l;
	const struct config_rule *r;
	const struct config_rule *by; /* the earlier rule, of the last one */
};

/* False: this one reaches the rule. */
static bool service_is_taken(void *arg, const char *service)
{
	struct dead *d = arg;
	const struct config_rule *by = taken(d->l, d->r, service);

	if (by)
		d->by = by;
	return by != NULL;
}

static bool find_dead(const struct list *l, const struct config_rule *r)
{
	struct dead d = { .l = l, .r = r };

	if (check_selects_none(r, l->client, l->in->config)) {
		findings_add(l->findings, FINDING_WARNING, "dead", r->at,
		             "the rule is never reached: no label matches all "
		             "of its selectors");
		return true;
	}
	if (!visit_rule(l->in, r, service_is_taken, &d))
		return false;
	if (d.by)
		findings_add(
			l->findings, FINDING_WARNING, "dead", r->at,
			"the rule is never reached: the one at %u:%u takes "
			"all that it would match",
			d.by->at.line, d.by->at.column);
	else
		findings_add(l->findings, FINDING_WARNING, "dead", r->at,
		             "the rule gives nothing: no target of it provides "
		             "any service");
	return true;
}

static bool unknown_target(const struct list *l, const struct config_rule *r)
{
	for (const struct config_target *t = r->targets; t; t = t->next)
		if (t->kind == CONFIG_TARGET_CHILD &&
		    !config_server_find(l->in->config, t->child))
			return true;
	return false;
}

/* A rule without targets is there to deny. */
static void find_unsatisfied(const struct list *l, const struct config_rule *r)
{
	const struct authority_service *other;

	if (!r->service || !r->targets || giver(l->in, r, r->service) ||
	    unknown_target(l, r))
		return;
	other = authority_service_find(l->in, r->service);
	findings_add(l->findings, FINDING_ERROR, "route", r->at,
	             "route to service \"%s\", but no target of the rule "
	             "provides it%s%s%s",
	             r->service, other ? "; \"" : "",
	             other ? other->first->name : "", other ? "\" does" : "");
}

/* Does any-child find it twice, where no rule before decides? */
static bool find_ambiguous_service(const struct list *l,
                                   const struct config_rule *r,
                                   const char *service)
{
	const struct authority_service *s = ambiguous(l->in, r, service);

	if (!s || taken(l, r, service))
		return false;
	findings_add(l->findings, r->service ? FINDING_ERROR : FINDING_WARNING,
	             "ambiguous", r->at,
	             "<any-child/> is ambiguous for service \"%s\": \"%s\" and "
	             "\"%s\" provide it",
	             service, s->first->name, s->second->name);
	return true;
}

/* One service is enough to tell. */
static void find_ambiguous(const struct list *l, const struct config_rule *r)
{
	const struct authority_service *s = l->in->twice;

	if (r->service) {
		find_ambiguous_service(l, r, r->service);
		return;
	}
	while (s && !find_ambiguous_service(l, r, s->name))
		s = s->next_twice;
}

static void check_list(const struct list *l)
{
	for (const struct config_rule *r = l->rules; r; r = r->next) {
		if (find_dead(l, r))
			continue;
		find_unsatisfied(l, r);
		find_ambiguous(l, r);
	}
}

/* What the config lists of its parent, but the parent will not give. */
static void check_parent(const struct authority_init *in, struct findings *f)
{
	const struct node *list = node_first(in->root, "parent-provides");

	NODE_FOR_EACH(n, list, "service") {
		const char *service = node_attr(n, "name", "");

		if (!in->outer && !authority_core_provides(service))
			findings_add(f, FINDING_WARNING, "parent", n->at,
			             "core, the parent, does not provide "
			             "service \"%s\"",
			             service);
		if (in->outer && !reach_any(in->outer, in->start, service))
			findings_add(f, FINDING_WARNING, "parent", n->at,
			             "the parent has no route to service "
			             "\"%s\" for \"%s\"",
			             service, in->label);
	}
}

void check_routes(const struct authority_init *in, struct findings *f)
{
	struct list l = { in, in->config->default_route, NULL, f };

	check_parent(in, f);
	check_list(&l);
	for (const struct config_start *s = in->config->starts; s;
	     s = s->next) {
		l.rules = s->route;
		l.client = s;
		if (s->route != in->config->default_route)
			check_list(&l);
	}
}
