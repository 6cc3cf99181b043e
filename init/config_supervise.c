/* SPDX-License-Identifier: MIT */
/* <restart>: when a child that ended by itself starts again. */

#include "config_parse.h"

enum { MS_MAX = 1000000000 }; /* 11 days */

static enum fief_err policy_of(struct parser *p, const struct node *n,
                               enum config_restart *out)
{
	static const char *const name[] = {
		[CONFIG_RESTART_NEVER] = "never",
		[CONFIG_RESTART_ON_FAILURE] = "on-failure",
		[CONFIG_RESTART_ALWAYS] = "always",
	};
	const char *found = node_attr(n, "policy", "on-failure");

	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		if (!strcmp(name[i], found)) {
			*out = (enum config_restart)i;
			return FIEF_OK;
		}
	return node_error_set(p->err, FIEF_INVALID, attr_place(n, "policy"),
	                      "restart policy \"%s\", expected \"never\", "
	                      "\"on-failure\" or \"always\"",
	                      found);
}

enum fief_err config_supervision_of(struct parser *p, const struct node *n,
                                    struct config_supervision *s)
{
	static const struct config_supervision usual = { .delay_ms = 100,
		                                         .max_delay_ms = 30000,
		                                         .limit = 5,
		                                         .within_s = 60 };
	enum fief_err e;

	*s = usual;
	if (!n)
		return FIEF_OK;
	e = policy_of(p, n, &s->restart);
	if (!e)
		e = config_number(n, "delay_ms", MS_MAX, p->err, &s->delay_ms);
	if (!e)
		e = config_number(n, "max_delay_ms", MS_MAX, p->err,
		                  &s->max_delay_ms);
	if (!e)
		e = config_number(n, "limit", MS_MAX, p->err, &s->limit);
	if (!e)
		e = config_number(n, "within_s", MS_MAX / 1000, p->err,
		                  &s->within_s);
	return e;
}
