/* SPDX-License-Identifier: MIT */
/* What the selectors of rules have in common. */

#include <string.h>

#include "check.h"

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/* Does each label that `inner` selects match `outer`? */
static bool covers(const struct label_selector *outer,
                   const struct label_selector *inner)
{
	if (inner->label)
		return label_matches(inner->label, outer);
	if (outer->label)
		return false;
	if (outer->prefix && *outer->prefix &&
	    !(inner->prefix && label_has_prefix(inner->prefix, outer->prefix)))
		return false;
	if (outer->suffix && *outer->suffix &&
	    !(inner->suffix &&
	      label_has_suffix(inner->suffix, outer->suffix)) &&
	    !(inner->last && label_has_suffix(inner->last, outer->suffix)))
		return false;
	return !outer->last || same(outer->last, inner->last);
}

/* The label that a rule with `unscoped_label` selects, as the child sends it;
 * NULL: that depends on the child, or is none. */
static const char *scoped(const struct config_rule *r,
                          const struct config_start *client)
{
	return client ? label_scoped(r->unscoped_label, client->name) : NULL;
}

bool check_selects_all(const struct config_rule *outer,
                       const struct config_rule *inner,
                       const struct config_start *client)
{
	struct label_selector in = inner->selector;

	if (same(outer->unscoped_label, inner->unscoped_label))
		return true;
	if (inner->unscoped_label)
		in.label = scoped(inner, client);
	if (outer->unscoped_label)
		return client && in.label &&
		       route_rule_selects(outer, client->name, in.label);
	return covers(&outer->selector, &in);
}

/* Does one of the children with the default route have such labels? */
static bool some_child(const struct config_rule *r, const struct config *c)
{
	for (const struct config_start *s = c->starts; s; s = s->next)
		if (s->route == c->default_route &&
		    label_scoped(r->unscoped_label, s->name))
			return true;
	return false;
}

bool check_selects_none(const struct config_rule *r,
                        const struct config_start *client,
                        const struct config *c)
{
	if (r->unscoped_label)
		return client ? !scoped(r, client) : !some_child(r, c);
	return r->selector.label &&
	       !label_matches(r->selector.label, &r->selector);
}
