/* SPDX-License-Identifier: MIT */
/* Does a part of a config that was parsed alone mean what it means in all? */

#include "config_part.h"

static bool stays(const struct config_live *l, const struct config_change *c,
                  const char *name)
{
	const struct config_start *s = config_start_find(&l->config, name);

	return (s && !s->leaving) || config_start_find(c->next, name);
}

/* Aliases are looked at by themselves. */
static bool target_nowhere(const struct config_live *l,
                           const struct config_change *c,
                           const struct config_target *t)
{
	return t->kind == CONFIG_TARGET_CHILD &&
	       !config_alias_find(c->next, t->child) && !stays(l, c, t->child);
}

static bool leads_nowhere(const struct config_live *l,
                          const struct config_change *c,
                          const struct config_rule *rules)
{
	for (const struct config_rule *r = rules; r; r = r->next)
		for (const struct config_target *t = r->targets; t; t = t->next)
			if (target_nowhere(l, c, t))
				return true;
	return false;
}

static bool offer_nowhere(const struct config_live *l,
                          const struct config_change *c)
{
	const struct config_policy *p;

	for (const struct config_offer *o = c->next->offers; o; o = o->next)
		for (p = o->policies; p; p = p->next)
			if (p->target && target_nowhere(l, c, p->target))
				return true;
	return false;
}

static bool alias_nowhere(const struct config_live *l,
                          const struct config_change *c)
{
	for (const struct config_alias *a = c->next->aliases; a; a = a->next)
		if (!stays(l, c, a->child))
			return true;
	return false;
}

static bool all_stay(const struct config_live *l, const struct config_change *c)
{
	for (size_t i = c->first; i < c->end; i++)
		if (!config_start_find(c->next, l->now.part[i].start->name))
			return false;
	return true;
}

/* Would a route of those that stay lead to one that is no more? */
static bool dangling(const struct config_live *l, const struct config_change *c)
{
	if (all_stay(l, c))
		return false;
	if (alias_nowhere(l, c) || offer_nowhere(l, c))
		return true;
	for (size_t i = 0; i < l->now.nparts; i++) {
		const struct config_start *s = l->now.part[i].start;

		if (!s->leaving && s->route != l->config.default_route &&
		    leads_nowhere(l, c, s->route))
			return true;
	}
	return false;
}

/* Might there be too many nodes in all? The head counts twice. */
static bool too_many(const struct config_live *l, const struct config_change *c)
{
	size_t nodes = l->config.nodes + c->next->nodes;

	for (size_t i = c->first; i < c->end; i++)
		nodes -= l->now.part[i].start->nodes;
	return nodes > NODE_XML_NODES_MAX;
}

/* Was everything found where the cut has it? */
static bool in_place(const struct config_change *c,
                     const struct config_cut *cut)
{
	const size_t end = cut->middle_doc + (cut->middle_end - cut->middle);
	const struct config_start *last = NULL;

	for (const struct config_start *s = c->next->starts; s; s = s->next) {
		if (s->from < cut->middle_doc || s->to > end)
			return false;
		last = s;
	}
	return !cut->guarded || (last && last->from == cut->guard);
}

bool config_part_valid(const struct config_live *l,
                       const struct config_change *c,
                       const struct config_cut *cut)
{
	return in_place(c, cut) && config_head_same(&l->config, c->next) &&
	       !too_many(l, c) && !dangling(l, c) && !c->next->warnings;
}
