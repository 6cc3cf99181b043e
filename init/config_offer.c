/* SPDX-License-Identifier: MIT */
/* From <service> to what is offered to our parent, and to whom it leads. */

#include "config_parse.h"

static bool selector_empty(const struct label_selector *s)
{
	return !s->label && !s->prefix && !s->suffix && !s->last;
}

/* Of those before, one with the same selectors. */
static bool repeated(const struct config_offer *o,
                     const struct config_policy *one)
{
	for (const struct config_policy *p = o->policies; p; p = p->next)
		if (p != one &&
		    config_selector_same(&p->selector, &one->selector))
			return true;
	return false;
}

static enum fief_err target_check(struct parser *p, const struct node *n,
                                  const struct config_target *t)
{
	return config_server_known(p, t->child) ?
	               FIEF_OK :
	               config_child_unknown(p, "policy for",
	                                    attr_place(n, "name"), t->child);
}

static enum fief_err policy_of(struct parser *p, const struct node *n,
                               struct config_offer *o,
                               struct config_policy **at)
{
	const struct node *child = node_first(n, "child");
	struct config_target *t = NULL;
	enum fief_err e;
	struct config_policy *policy = *at = make(p, sizeof(*policy), &e);

	if (!policy)
		return e;
	policy->at = n->at;
	policy->selector = config_selector(n);
	if (node_has_type(n, "policy") && selector_empty(&policy->selector))
		return node_error_set(p->err, FIEF_INVALID, n->at,
		                      "<policy> without a label, expected "
		                      "one, or <default-policy>");
	if (repeated(o, policy))
		return node_error_set(p->err, FIEF_INVALID, n->at,
		                      "second <%s> for the same labels of "
		                      "service \"%s\"",
		                      n->name, o->name);
	if (!child)
		return FIEF_OK;
	e = config_target_of(p, child, &t);
	policy->target = t;
	return e ? e : target_check(p, child, t);
}

static enum fief_err offer_of(struct parser *p, const struct node *n,
                              struct config_offer **at)
{
	struct config_policy **policy;
	enum fief_err e;
	struct config_offer *o = *at = make(p, sizeof(*o), &e);

	if (!o)
		return e;
	o->at = n->at;
	o->name = name_of(n);
	for (const struct config_offer *q = p->c->offers; q != o && !e;
	     q = q->next)
		if (config_service_same(q->name, o->name))
			e = node_error_set(
				p->err, FIEF_INVALID, attr_place(n, "name"),
				"service \"%s\" is offered twice", o->name);
	policy = &o->policies;
	for (const struct node *c = node_first(n, NULL); c && !e;
	     c = node_next(c, NULL)) {
		e = policy_of(p, c, o, policy);
		if (*policy)
			policy = &(*policy)->next;
	}
	return e;
}

enum fief_err config_offers_of(struct parser *p, const struct node *root)
{
	struct config_offer **at = &p->c->offers;
	enum fief_err e = FIEF_OK;

	for (const struct node *n = node_first(root, "service"); n && !e;
	     n = node_next(n, "service")) {
		e = offer_of(p, n, at);
		if (*at)
			at = &(*at)->next;
	}
	return e;
}
