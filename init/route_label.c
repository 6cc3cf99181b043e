/* SPDX-License-Identifier: MIT */
/* Labels of requests: what selects them, and what a target makes of them. */

#include <lib/mem.h>

#include "route.h"

bool route_rule_selects(const struct config_rule *r, const char *child,
                        const char *label)
{
	const char *rest;

	if (!r->unscoped_label)
		return label_matches(label, &r->selector);
	rest = label_scoped(r->unscoped_label, child);
	return rest && !strcmp(rest, label);
}

/* "prefix" before "resource". */
static enum fief_err resource_make(const char *prefix, const char *resource,
                                   struct label *out)
{
	const size_t len = strlen(prefix), more = strlen(resource);

	if (len + more > LABEL_MAX)
		return FIEF_TOO_LONG;
	memcpy(out->text, prefix, len);
	memcpy(out->text + len, resource, more + 1);
	return FIEF_OK;
}

static enum fief_err parts_make(const struct config_relabel *r,
                                const char *child, const char *sent,
                                struct label *out)
{
	const char *const prefix =
		r->prepend_resource ? r->prepend_resource : "";
	struct label resource, identity;
	enum fief_err e;

	e = resource_make(prefix, r->resource ? r->resource : label_last(sent),
	                  &resource);
	if (!e && r->identity)
		e = label_set(&identity, r->identity);
	else if (!e)
		e = label_identity(&identity, sent);
	if (!e && !r->identity)
		e = label_compose(&identity, child, identity.text);
	return e ? e : label_compose(out, identity.text, resource.text);
}

enum fief_err route_label(const struct config_relabel *r, const char *child,
                          const char *sent, struct label *out)
{
	enum fief_err e = r->label ? label_set(out, r->label) :
	                             parts_make(r, child, sent, out);

	return !e && strlen(out->text) > ROUTE_LABEL_MAX ? FIEF_TOO_LONG : e;
}
