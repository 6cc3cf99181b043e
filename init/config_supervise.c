/* SPDX-License-Identifier: MIT */
/* <restart>: when a child that ended by itself starts again. */

#include "config_parse.h"

/* The schema has only these. */
static enum config_restart policy_of(const struct node *n)
{
	static const char *const name[] = {
		[CONFIG_RESTART_NEVER] = "never",
		[CONFIG_RESTART_ON_FAILURE] = "on-failure",
		[CONFIG_RESTART_ALWAYS] = "always",
	};
	const char *const found = node_attr(n, "policy", "on-failure");
	unsigned i = CONFIG_RESTART_ALWAYS;

	while (i && strcmp(name[i], found) != 0)
		i--;
	return (enum config_restart)i;
}

enum fief_err config_supervision_of(struct parser *p, const struct node *n,
                                    struct config_supervision *s)
{
	enum fief_err e =
		node_attr_u64(n, "delay_ms", 100, p->err, &s->delay_ms);

	if (!e)
		e = node_attr_u64(n, "max_delay_ms", 30000, p->err,
		                  &s->max_delay_ms);
	if (!e)
		e = node_attr_u64(n, "limit", 5, p->err, &s->limit);
	if (!e)
		e = node_attr_u64(n, "within_s", 60, p->err, &s->within_s);
	s->restart = n ? policy_of(n) : CONFIG_RESTART_NEVER;
	return e;
}
