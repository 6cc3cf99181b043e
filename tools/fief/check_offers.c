/* SPDX-License-Identifier: MIT */
/* What inits offer to their parents: both sides have to know of it. */

#include "check.h"

static const struct config_offer *offer_of(const struct config *c,
                                           const char *service)
{
	const struct config_offer *o = c->offers;

	while (o && !config_service_same(o->name, service))
		o = o->next;
	return o;
}

/* A child that is not there was told of already. */
static void check_policy(const struct authority_init *in,
                         const struct config_offer *o,
                         const struct config_policy *p, struct findings *f)
{
	const struct config_start *s =
		p->target ? config_server_find(in->config, p->target->child) :
			    NULL;

	if (s && !config_lists(s->provides, o->name))
		findings_add(f, FINDING_ERROR, "offer", p->at,
		             "the policy leads to \"%s\", which does not "
		             "provide service \"%s\"",
		             s->name, o->name);
}

static void check_offer(const struct authority_init *in,
                        const struct config_offer *o, struct findings *f)
{
	if (!in->outer)
		findings_add(f, FINDING_WARNING, "offer", o->at,
		             "service \"%s\" is offered to core, the parent, "
		             "which asks for none",
		             o->name);
	else if (!config_lists(in->start->provides, o->name))
		findings_add(f, FINDING_ERROR, "offer", o->at,
		             "service \"%s\" is offered, but the <provides> "
		             "of \"%s\" does not list it",
		             o->name, in->label);
	for (const struct config_policy *p = o->policies; p; p = p->next)
		check_policy(in, o, p, f);
}

void check_offers(const struct authority_init *in, struct findings *f)
{
	const struct config_service *p = in->outer ? in->start->provides : NULL;

	for (const struct config_offer *o = in->config->offers; o; o = o->next)
		check_offer(in, o, f);
	for (; p; p = p->next)
		if (!offer_of(in->config, p->name))
			findings_add(f, FINDING_ERROR, "offer", in->start->at,
			             "\"%s\" is to provide service \"%s\", but "
			             "its config does not offer it",
			             in->label, p->name);
}
