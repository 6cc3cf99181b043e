/* SPDX-License-Identifier: MIT */
/* Host grants that a system will miss. */

#include <stdlib.h>
#include <string.h>

#include <init/config_host.h>
#include <session/host.h>

#include "check.h"
#include "suggest.h"
#include "util.h"

/* All that the system is given, one after the other. */
typedef void grant_name(void *arg, const char *name);

static void for_each(const struct config *outermost,
                     const struct core_params *p, grant_name *use, void *arg)
{
	for (const struct config_grant *g = outermost->grants; g; g = g->next)
		use(arg, g->name);
	for (size_t i = 0; i < p->grants; i++) {
		char *name = util_text("%.*s", (int)strcspn(p->grant[i], "="),
		                       p->grant[i]);

		use(arg, name);
		free(name);
	}
}

struct search {
	const char *name;
	struct suggest near;
	char *nearest; /* owned; or NULL */
	bool found;
};

static void look(void *arg, const char *name)
{
	struct search *s = arg;
	const unsigned before = s->near.best ? s->near.distance : ~0u;

	s->found |= !strcmp(name, s->name);
	suggest_offer(&s->near, name);
	if (!s->near.best || s->near.distance >= before)
		return;
	free(s->nearest);
	s->nearest = util_text("%s", name);
	s->near.best = s->nearest;
}

static void missing(const struct config_start *start, struct search *s,
                    struct findings *f)
{
	const char *near = suggest_result(&s->near);

	findings_add(f, FINDING_WARNING, "grant", start->at,
	             "\"%s\" starts with host grant \"%s\", which this system "
	             "is not given%s%s%s",
	             start->name, s->name, near ? "; did you mean \"" : "",
	             near ? near : "", near ? "\"?" : "");
}

static void check_one(const struct authority *a,
                      const struct authority_init *in,
                      const struct config_start *start,
                      const struct core_params *p, struct findings *f)
{
	const struct authority_ask ask = { .init = in,
		                           .client = start,
		                           .service = HOST_SERVICE,
		                           .label = start->host };
	struct authority_way way;
	struct search s = { .found = false };

	authority_walk(&ask, &way);
	if (way.outcome != AUTHORITY_CORE)
		return; /* check_start tells */
	s.name = label_last(way.core.text);
	suggest_init(&s.near, s.name);
	for_each(a->inits->config, p, look, &s);
	if (!s.found)
		missing(start, &s, f);
	free(s.nearest);
}

void check_grants(const struct authority *a, const struct core_params *p,
                  struct findings *f)
{
	for (const struct authority_init *in = a->inits; in; in = in->next)
		for (const struct config_start *s = in->config->starts; s;
		     s = s->next)
			if (s->host)
				check_one(a, in, s, p, f);
}
