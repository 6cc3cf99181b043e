/* SPDX-License-Identifier: MIT */
/* Policies, by label. */

#include "policy.h"

#include <lib/label.h>

static struct label_selector selector_of(const struct node *policy)
{
	return (struct label_selector){
		.label = node_attr(policy, "label", NULL),
		.prefix = node_attr(policy, "label_prefix", NULL),
		.suffix = node_attr(policy, "label_suffix", NULL),
		.last = node_attr(policy, "label_last", NULL),
	};
}

const char *policy_report(const struct node *config, const char *label)
{
	const struct node *best = NULL;

	NODE_FOR_EACH(policy, config, "policy") {
		const struct label_selector s = selector_of(policy);
		const struct label_selector b = selector_of(best);

		if (label_matches(label, &s) &&
		    (!best || label_selector_order(&s, &b) > 0))
			best = policy;
	}
	if (!best)
		best = node_first(config, "default-policy");
	return node_attr(best, "report", NULL);
}

bool policy_names(const struct node *config, const char *report)
{
	return node_find(config, "policy", "report", report) ||
	       node_find(config, "default-policy", "report", report);
}
