/* SPDX-License-Identifier: MIT */
/* Resolution of routes. */

#include "route.h"

/* Count children that provide the service; remember the first. */
static enum route_result any_child(const struct route_request *q,
                                   struct route *out)
{
	const struct config_start *found = NULL;

	for (const struct config_start *s = q->config->starts; s; s = s->next) {
		if (!config_lists(s->provides, q->service))
			continue;
		if (found)
			return ROUTE_AMBIGUOUS;
		found = s;
	}
	out->server = found;
	return found ? ROUTE_FOUND : ROUTE_REFUSED;
}

static enum route_result target_try(const struct route_request *q,
                                    const struct config_target *t,
                                    struct route *out)
{
	out->server = NULL;
	out->target = t;
	if (t->kind == CONFIG_TARGET_ANY_CHILD)
		return any_child(q, out);
	if (t->kind == CONFIG_TARGET_PARENT)
		return config_lists(q->config->parent_provides, q->service) ?
		               ROUTE_FOUND :
		               ROUTE_REFUSED;
	if (t->kind == CONFIG_TARGET_LOCAL)
		return config_lists(q->local, q->service) ? ROUTE_FOUND :
		                                            ROUTE_REFUSED;
	out->server = config_server_find(q->config, t->child);
	return out->server && config_lists(out->server->provides, q->service) ?
	               ROUTE_FOUND :
	               ROUTE_REFUSED;
}

static enum route_result rule_try(const struct route_request *q,
                                  const struct config_rule *r,
                                  struct route *out)
{
	for (const struct config_target *t = r->targets; t; t = t->next) {
		enum route_result result = target_try(q, t, out);

		if (result != ROUTE_REFUSED)
			return result;
	}
	return r->service ? ROUTE_REFUSED : ROUTE_NONE;
}

static bool rule_matches(const struct route_request *q,
                         const struct config_rule *r)
{
	return (!r->service || config_service_same(r->service, q->service)) &&
	       route_rule_selects(r, q->client->name, q->label);
}

enum route_result route_find(const struct route_request *q, struct route *out)
{
	const struct config_rule *r;

	for (r = q->client->route; r; r = r->next) {
		struct route found = { .rule = r };
		enum route_result result;

		if (!rule_matches(q, r))
			continue;
		result = rule_try(q, r, &found);
		if (result == ROUTE_NONE)
			continue;
		if (result != ROUTE_FOUND)
			found.server = NULL;
		if (result == ROUTE_REFUSED)
			found.target = NULL;
		*out = found;
		return result;
	}
	*out = (struct route){ 0 };
	return ROUTE_NONE;
}

static const struct config_policy *
policy_find(const struct config *c, const char *service, const char *label)
{
	const struct config_policy *best = NULL, *p;
	const struct config_offer *o = c->offers;

	while (o && !config_service_same(o->name, service))
		o = o->next;
	for (p = o ? o->policies : NULL; p; p = p->next)
		if (label_matches(label, &p->selector) &&
		    (!best ||
		     label_selector_order(&p->selector, &best->selector) > 0))
			best = p;
	return best;
}

enum route_result route_offer(const struct config *c, const char *service,
                              const char *label,
                              const struct config_policy **policy,
                              const struct config_start **server)
{
	const struct config_policy *p = policy_find(c, service, label);

	*policy = p;
	*server = NULL;
	if (!p || !p->target)
		return ROUTE_NONE;
	*server = config_server_find(c, p->target->child);
	return *server && config_lists((*server)->provides, service) ?
	               ROUTE_FOUND :
	               ROUTE_REFUSED;
}
