/* SPDX-License-Identifier: MIT */
/* What would let the parent of an init have a service of one of its children. */

#include <stdlib.h>

#include "config_edit.h"
#include "edit_write.h"
#include "util.h"

static char *policy_text(const struct wanted *w,
                         const struct config_start *server)
{
	char *label = config_edit_escaped(w->hop->sent.text);
	char *target = edit_target_text(server);
	char *text = w->selective ?
	                     util_text("<policy label=\"%s\"> %s </policy>",
	                               label, target) :
	                     util_text("<default-policy> %s </default-policy>",
	                               target);

	free(label);
	free(target);
	return text;
}

static const struct node *offer_node(const struct wanted *w)
{
	NODE_FOR_EACH(n, w->hop->init->root, "service")
		if (config_service_same(node_attr(n, "name", ""), w->service))
			return n;
	return NULL;
}

/* The policy that decides, which has no target. */
static const struct node *policy_node(const struct node *offer,
                                      const struct config_policy *p)
{
	NODE_FOR_EACH(n, offer, NULL)
		if (n->at.line == p->at.line && n->at.column == p->at.column)
			return n;
	return NULL;
}

void edit_offer(const struct wanted *w, const struct config_start *server)
{
	const struct node *offer = offer_node(w);
	char *name, *policy;

	if (offer && w->hop->policy) {
		edit_add_within(w, policy_node(offer, w->hop->policy),
		                edit_target_text(server));
		return;
	}
	policy = policy_text(w, server);
	if (offer) {
		edit_add_within(w, offer, policy);
		return;
	}
	name = config_edit_escaped(w->service);
	edit_add_within(
		w, w->hop->init->root,
		util_text("<service name=\"%s\"> %s </service>", name, policy));
	free(name);
	free(policy);
}
