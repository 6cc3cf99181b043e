/* SPDX-License-Identifier: MIT */
/* Where the requests of a child lead before and after a change. */

#include <stdlib.h>
#include <string.h>

#include "difference_step.h"
#include "util.h"

struct difference_step difference_step_of(const struct authority_init *in,
                                          const struct config_start *client,
                                          const char *service,
                                          const char *label, bool binary)
{
	const struct authority_ask ask = { in, client, service, label, binary };
	struct difference_step s;

	s.outcome = authority_step(&ask, &s.hop);
	return s;
}

bool difference_leads(const struct difference_step *s)
{
	return s->outcome <= AUTHORITY_LOCAL;
}

const char *difference_server_name(const struct difference_step *s)
{
	if (s->outcome == AUTHORITY_LOCAL)
		return "init";
	return s->hop.route.server ? s->hop.route.server->name : "the parent";
}

bool difference_step_same(const struct difference_step *a,
                          const struct difference_step *b)
{
	return a->outcome == b->outcome &&
	       (!difference_leads(a) ||
	        (!strcmp(difference_server_name(a),
	                 difference_server_name(b)) &&
	         !strcmp(a->hop.label.text, b->hop.label.text)));
}

bool difference_goes(const struct change *c, const char *child)
{
	char *label =
		util_text("%s" LABEL_SEPARATOR "%s", c->after->label, child);
	const bool goes = differences_has(c->out, label, DIFFERENCE_RESTART) ||
	                  differences_has(c->out, label, DIFFERENCE_START) ||
	                  differences_has(c->out, label, DIFFERENCE_END);

	free(label);
	return goes;
}

bool difference_served_anew(const struct difference_pair *p,
                            const struct difference_step *s)
{
	return s->outcome == AUTHORITY_CHILD &&
	       difference_goes(p->c, s->hop.route.server->name);
}
