/* SPDX-License-Identifier: MIT */
/* Do two configs say the same of a child? */

#include <lib/mem.h>

#include "config_host.h"

static bool text_same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool services_same(const struct config_service *a,
                          const struct config_service *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (strcmp(a->name, b->name) != 0 || a->handover != b->handover)
			return false;
	return a == b;
}

bool config_selector_same(const struct label_selector *a,
                          const struct label_selector *b)
{
	return text_same(a->label, b->label) &&
	       text_same(a->prefix, b->prefix) &&
	       text_same(a->suffix, b->suffix) && text_same(a->last, b->last);
}

static bool relabel_same(const struct config_relabel *a,
                         const struct config_relabel *b)
{
	return text_same(a->label, b->label) &&
	       text_same(a->identity, b->identity) &&
	       text_same(a->resource, b->resource) &&
	       text_same(a->prepend_resource, b->prepend_resource);
}

static bool targets_same(const struct config_target *a,
                         const struct config_target *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (a->kind != b->kind || !text_same(a->child, b->child) ||
		    !relabel_same(&a->relabel, &b->relabel))
			return false;
	return a == b;
}

bool config_rules_same(const struct config_rule *a, const struct config_rule *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (!text_same(a->service, b->service) ||
		    !config_selector_same(&a->selector, &b->selector) ||
		    !text_same(a->unscoped_label, b->unscoped_label) ||
		    !targets_same(a->targets, b->targets))
			return false;
	return a == b;
}

static bool aliases_same(const struct config_alias *a,
                         const struct config_alias *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (strcmp(a->name, b->name) != 0 ||
		    strcmp(a->child, b->child) != 0)
			return false;
	return a == b;
}

static bool policies_same(const struct config_policy *a,
                          const struct config_policy *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (!config_selector_same(&a->selector, &b->selector) ||
		    !targets_same(a->target, b->target))
			return false;
	return a == b;
}

static bool offers_same(const struct config_offer *a,
                        const struct config_offer *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (strcmp(a->name, b->name) != 0 ||
		    !policies_same(a->policies, b->policies))
			return false;
	return a == b;
}

static bool space_same(const struct config_space *a,
                       const struct config_space *b)
{
	return a->prio_levels == b->prio_levels && a->width == b->width &&
	       a->height == b->height;
}

static bool grants_same(const struct config_grant *a,
                        const struct config_grant *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (strcmp(a->name, b->name) != 0 ||
		    strcmp(a->kind, b->kind) != 0 ||
		    strcmp(a->path, b->path) != 0 ||
		    a->writeable != b->writeable)
			return false;
	return a == b;
}

bool config_head_same(const struct config *a, const struct config *b)
{
	return a->verbose == b->verbose && text_same(a->version, b->version) &&
	       config_report_same(&a->report, &b->report) &&
	       a->heartbeat_ms == b->heartbeat_ms &&
	       a->default_ram == b->default_ram &&
	       a->default_caps == b->default_caps &&
	       a->kept.ram == b->kept.ram && a->kept.caps == b->kept.caps &&
	       space_same(&a->space, &b->space) &&
	       grants_same(a->grants, b->grants) &&
	       services_same(a->parent_provides, b->parent_provides) &&
	       aliases_same(a->aliases, b->aliases) &&
	       offers_same(a->offers, b->offers) &&
	       config_rules_same(a->default_route, b->default_route);
}

static bool attrs_same(const struct node_attr *a, const struct node_attr *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (strcmp(a->name, b->name) != 0 ||
		    strcmp(a->value, b->value) != 0)
			return false;
	return a == b;
}

static bool node_same(const struct node *a, const struct node *b)
{
	if (!text_same(a->name, b->name))
		return false;
	if (!a->name)
		return a->text_len == b->text_len &&
		       !memcmp(a->text, b->text, a->text_len);
	return attrs_same(a->attrs, b->attrs);
}

/* The node after `n` in the order of the source, within `root`. */
static const struct node *node_after(const struct node *n,
                                     const struct node *root)
{
	if (n->first)
		return n->first;
	while (n != root && !n->next)
		n = n->parent;
	return n == root ? NULL : n->next;
}

/* As deep as the source, so not recursive. Equal in each step and of equal
 * depth at its end: the trees have the same shape. */
static bool trees_same(const struct node *a, const struct node *b)
{
	const struct node *const top_a = a, *const top_b = b;

	while (a && b) {
		if (!node_same(a, b) || !a->first != !b->first ||
		    (a != top_a && !a->next != !b->next))
			return false;
		a = node_after(a, top_a);
		b = node_after(b, top_b);
	}
	return a == b;
}

bool config_provides_same(const struct config_start *a,
                          const struct config_start *b)
{
	return services_same(a->provides, b->provides);
}

bool config_content_same(const struct config_start *a,
                         const struct config_start *b)
{
	return trees_same(a->config, b->config);
}

static bool supervision_same(const struct config_supervision *a,
                             const struct config_supervision *b)
{
	return a->restart == b->restart && a->delay_ms == b->delay_ms &&
	       a->max_delay_ms == b->max_delay_ms && a->limit == b->limit &&
	       a->within_s == b->within_s;
}

static bool growth_same(const struct config_growth *a,
                        const struct config_growth *b)
{
	return a->managed == b->managed && a->max_ram == b->max_ram &&
	       a->max_caps == b->max_caps;
}

static bool schedule_same(const struct config_schedule *a,
                          const struct config_schedule *b)
{
	return a->below == b->below && a->xpos == b->xpos &&
	       a->ypos == b->ypos && a->width == b->width &&
	       a->height == b->height;
}

bool config_start_same(const struct config_start *a,
                       const struct config_start *b)
{
	return !strcmp(a->name, b->name) && !strcmp(a->binary, b->binary) &&
	       text_same(a->host, b->host) && !strcmp(a->version, b->version) &&
	       a->ram == b->ram && a->caps == b->caps &&
	       a->exit_propagate == b->exit_propagate &&
	       growth_same(&a->growth, &b->growth) &&
	       schedule_same(&a->schedule, &b->schedule) &&
	       supervision_same(&a->supervision, &b->supervision) &&
	       a->heartbeat.wanted == b->heartbeat.wanted &&
	       a->heartbeat.restart_after_skipped ==
	               b->heartbeat.restart_after_skipped &&
	       services_same(a->provides, b->provides) &&
	       config_rules_same(a->route, b->route) &&
	       trees_same(a->config, b->config);
}
