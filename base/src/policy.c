/* SPDX-License-Identifier: MIT */
/* Policies, by label. */

#include <fief/policy.h>

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

const struct node *fief_policy_find(const struct node *config,
                                    const char *label)
{
	const struct node *best = NULL;

	NODE_FOR_EACH(policy, config, "policy") {
		const struct label_selector s = selector_of(policy);
		const struct label_selector b = selector_of(best);

		if (label_matches(label, &s) &&
		    (!best || label_selector_order(&s, &b) > 0))
			best = policy;
	}
	return best ? best : node_first(config, "default-policy");
}
