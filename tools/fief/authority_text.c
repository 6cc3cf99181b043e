/* SPDX-License-Identifier: MIT */
/* What decides about a request, in words. */

#include <stdlib.h>

#include "authority.h"
#include "check.h"
#include "util.h"

static char *selector_text(const char *name, const char *value)
{
	return value ? util_text(" %s=\"%s\"", name, value) :
	               util_text("%s", "");
}

/* An element as it stands in the source. */
static char *element_text(const char *type, const char *service,
                          const struct label_selector *s,
                          const char *unscoped_label)
{
	char *name = selector_text("name", service);
	char *label = selector_text("label", s->label);
	char *prefix = selector_text("label_prefix", s->prefix);
	char *suffix = selector_text("label_suffix", s->suffix);
	char *last = selector_text("label_last", s->last);
	char *whole = selector_text("unscoped_label", unscoped_label);
	char *text = util_text("<%s%s%s%s%s%s%s>", type, name, label, prefix,
	                       suffix, last, whole);

	free(name);
	free(label);
	free(prefix);
	free(suffix);
	free(last);
	free(whole);
	return text;
}

static bool default_policy(const struct config_policy *p)
{
	static const struct label_selector none;

	return config_selector_same(&p->selector, &none);
}

char *authority_rule(const struct authority_hop *h, struct node_place *at)
{
	const struct config_rule *r = h->route.rule;

	if (h->policy) {
		*at = h->policy->at;
		return element_text(
			default_policy(h->policy) ? "default-policy" : "policy",
			NULL, &h->policy->selector, NULL);
	}
	if (!r)
		return NULL;
	*at = r->at;
	return element_text(r->service ? "service" : "any-service", r->service,
	                    &r->selector, r->unscoped_label);
}

static char *denial_below(const struct authority_way *way)
{
	const struct authority_hop *h = &way->hop[way->hops - 1];

	if (h->result == ROUTE_REFUSED)
		return util_text("in %s, the policy for service \"%s\" (label "
		                 "\"%s\") leads to \"%s\", which does not "
		                 "provide it: the request waits",
		                 h->init->label, way->service, h->sent.text,
		                 h->policy->target->child);
	return util_text("in %s, no policy lets its parent have service \"%s\" "
	                 "(label \"%s\")",
	                 h->init->label, way->service, h->sent.text);
}

char *authority_denial(const struct authority_way *way)
{
	const struct authority_hop *h = &way->hop[way->hops - 1];

	if (way->outcome == AUTHORITY_UNKNOWN)
		return util_text("core has no service \"%s\"", way->service);
	if (way->outcome == AUTHORITY_DENIED && !h->client)
		return denial_below(way);
	if (way->outcome == AUTHORITY_DENIED)
		return util_text("in %s, \"%s\" %s service \"%s\" (label "
		                 "\"%s\")",
		                 h->init->label, h->client->name,
		                 check_why(h->result), way->service,
		                 h->sent.text);
	return util_text("with the name of \"%s\", label \"%s\" is longer than "
	                 "%d bytes",
	                 h->client ? h->client->name : h->init->label,
	                 h->sent.text, AUTHORITY_LABEL_MAX);
}
