/* SPDX-License-Identifier: MIT */
/* Which report a reader gets, and whether anybody wants one. */

#include "policy.h"

#include <fief/policy.h>

const char *policy_report(const struct node *config, const char *label)
{
	return node_attr(fief_policy_find(config, label), "report", NULL);
}

bool policy_names(const struct node *config, const char *report)
{
	return node_find(config, "policy", "report", report) ||
	       node_find(config, "default-policy", "report", report);
}
