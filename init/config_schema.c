/* SPDX-License-Identifier: MIT */
/* Which elements and attributes a config may have, and what was meant. */

#include "config_schema.h"
#include "config.h"

#include <lib/mem.h>

enum { NAMES_MAX = 12, DISTANCE_MAX = 3, WORD_MAX = 32 };

struct element {
	const char *name;
	const char *attrs[NAMES_MAX];
	const struct element *children[NAMES_MAX];
	bool once; /* at most one beside each other */
	bool any;  /* content is not for us */
};

#define SELECTORS "label", "label_prefix", "label_suffix", "label_last"

#define RELABELS "label", "identity", "resource", "prepend_resource"

static const struct element parent = { "parent", { RELABELS } };
static const struct element child = { "child", { "name", RELABELS } };
static const struct element any_child = { "any-child", { RELABELS } };
static const struct element local = { "local", { RELABELS } };
static const struct element rule_service = {
	"service",
	{ "name", SELECTORS, "unscoped_label" },
	{ &parent, &child, &any_child, &local }
};
static const struct element rule_any = { "any-service",
	                                 { SELECTORS, "unscoped_label" },
	                                 { &parent, &child, &any_child,
	                                   &local } };
static const struct element service = { "service", { "name" } };
static const struct element parent_provides = {
	"parent-provides", { 0 }, { &service }, .once = true
};
static const struct element default_route = {
	"default-route", { 0 }, { &rule_service, &rule_any }, .once = true
};
static const struct element defaults = { "default",
	                                 { "ram", "caps" },
	                                 .once = true };
static const struct element resource = { "resource", { "name", "quantum" } };
static const struct element kept = { "resource", { "name", "preserve" } };
static const struct element affinity = { "affinity",
	                                 { "xpos", "ypos", "width", "height" },
	                                 .once = true };
static const struct element affinity_space = { "affinity-space",
	                                       { "width", "height" },
	                                       .once = true };
static const struct element binary = { "binary", { "name" }, .once = true };
static const struct element on_exit = { "exit", { "propagate" }, .once = true };
static const struct element restart = { "restart",
	                                { "policy", "delay_ms", "max_delay_ms",
	                                  "limit", "within_s" },
	                                .once = true };
static const struct element provided = { "service", { "name", "handover" } };
static const struct element heartbeat = { "heartbeat",
	                                  { "restart_after_skipped" },
	                                  .once = true };
static const struct element heartbeat_rate = { "heartbeat",
	                                       { "rate_ms" },
	                                       .once = true };
static const struct element provides = {
	"provides", { 0 }, { &provided }, .once = true
};
static const struct element route = {
	"route", { 0 }, { &rule_service, &rule_any }, .once = true
};
static const struct element inner_config = { "config", .once = true,
	                                     .any = true };
static const struct element start = {
	"start",
	{ "name", "ram", "caps", "version", "managed", "max_ram", "max_caps",
	  "priority", "ld", "managing_system" },
	{ &resource, &binary, &on_exit, &restart, &heartbeat, &affinity,
	  &provides, &route, &inner_config },
};
static const struct element alias = { "alias", { "name", "child" } };
static const struct element policy_child = { "child",
	                                     { "name", RELABELS },
	                                     .once = true };
static const struct element policy = { "policy",
	                               { SELECTORS },
	                               { &policy_child } };
static const struct element default_policy = {
	"default-policy", { 0 }, { &policy_child }, .once = true
};
static const struct element offer = { "service",
	                              { "name" },
	                              { &policy, &default_policy } };
static const struct element report = {
	"report",
	{ "ids", "requested", "provided", "session_args", "child_ram",
	  "child_caps", "init_ram", "init_caps", "delay_ms", "buffer" },
	.once = true
};
static const struct element root_element = {
	"config",
	{ "verbose", "version", "prio_levels", "ld_verbose", "generate_xml" },
	{ &parent_provides, &default_route, &defaults, &report, &heartbeat_rate,
	  &kept, &affinity_space, &alias, &offer, &start },
};

/* One row of Levenshtein's table at a time. Longer names count as far. */
unsigned config_distance(const char *a, const char *b)
{
	const size_t la = strlen(a), lb = strlen(b);
	unsigned row[WORD_MAX + 1];

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX;
	for (unsigned k = 0; k <= lb; k++)
		row[k] = k;
	for (unsigned i = 1; i <= la; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned k = 1; k <= lb; k++) {
			unsigned best = diagonal + (a[i - 1] != b[k - 1]);

			diagonal = row[k];
			if (best > row[k] + 1)
				best = row[k] + 1;
			if (best > row[k - 1] + 1)
				best = row[k - 1] + 1;
			row[k] = best;
		}
	}
	return row[lb];
}

void config_guess_try(struct config_guess *g, const char *found,
                      const char *valid)
{
	const unsigned d = config_distance(found, valid);

	if (d <= DISTANCE_MAX && d < strlen(valid) &&
	    (!g->name || d < g->distance))
		*g = (struct config_guess){ valid, d };
}

static enum fief_err attr_unknown(const struct node *n,
                                  const struct node_attr *a,
                                  const struct element *e,
                                  struct node_error *err)
{
	struct config_guess g = { 0 };

	for (unsigned i = 0; i < NAMES_MAX && e->attrs[i]; i++)
		config_guess_try(&g, a->name, e->attrs[i]);
	if (!g.name)
		return node_error_set(err, FIEF_INVALID, a->at,
		                      "unknown attribute \"%s\" of <%s>",
		                      a->name, n->name);
	return node_error_set(err, FIEF_INVALID, a->at,
	                      "unknown attribute \"%s\" of <%s>, did you mean "
	                      "\"%s\"?",
	                      a->name, n->name, g.name);
}

static enum fief_err child_unknown(const struct node *n,
                                   const struct element *e,
                                   struct node_error *err)
{
	struct config_guess g = { 0 };

	for (unsigned i = 0; i < NAMES_MAX && e->children[i]; i++)
		config_guess_try(&g, n->name, e->children[i]->name);
	if (!g.name)
		return node_error_set(err, FIEF_INVALID, n->at,
		                      "unknown element <%s> in <%s>", n->name,
		                      e->name);
	return node_error_set(err, FIEF_INVALID, n->at,
	                      "unknown element <%s> in <%s>, did you mean "
	                      "<%s>?",
	                      n->name, e->name, g.name);
}

static bool blank(const struct node *text)
{
	for (size_t i = 0; i < text->text_len; i++)
		if (!strchr(" \t\r\n", text->text[i]))
			return false;
	return true;
}

static enum fief_err attrs_check(const struct node *n, const struct element *e,
                                 struct node_error *err)
{
	NODE_FOR_EACH_ATTR(a, n) {
		bool known = false;

		for (unsigned i = 0; i < NAMES_MAX && e->attrs[i]; i++)
			known |= !strcmp(e->attrs[i], a->name);
		if (!known)
			return attr_unknown(n, a, e, err);
	}
	return FIEF_OK;
}

static const struct element *element_of(const struct element *e,
                                        const char *name)
{
	for (unsigned i = 0; i < NAMES_MAX && e->children[i]; i++)
		if (!strcmp(e->children[i]->name, name))
			return e->children[i];
	return NULL;
}

static enum fief_err element_check(const struct node *n,
                                   const struct element *e,
                                   struct node_error *err);

static enum fief_err child_check(const struct node *n, const struct element *in,
                                 struct node_error *err)
{
	const struct element *e;

	if (!n->name && blank(n))
		return FIEF_OK;
	if (!n->name)
		return node_error_set(err, FIEF_INVALID, n->at,
		                      "unexpected text in <%s>", in->name);
	e = element_of(in, n->name);
	if (!e)
		return child_unknown(n, in, err);
	if (e->once && node_first(n->parent, n->name) != n)
		return node_error_set(err, FIEF_INVALID, n->at,
		                      "second <%s> in <%s>, only one is "
		                      "possible",
		                      n->name, in->name);
	return element_check(n, e, err);
}

/* As deep as the tables above. */
static enum fief_err element_check(const struct node *n,
                                   const struct element *e,
                                   struct node_error *err)
{
	enum fief_err r;

	if (e->any)
		return FIEF_OK;
	r = attrs_check(n, e, err);
	for (const struct node *c = n->first; c && !r; c = c->next)
		r = child_check(c, e, err);
	return r;
}

enum fief_err config_schema_check(const struct node *root,
                                  struct node_error *err)
{
	if (!node_has_type(root, root_element.name))
		return node_error_set(err, FIEF_INVALID, root->at,
		                      "found <%s>, expected <config>",
		                      root->name);
	return element_check(root, &root_element, err);
}
