/* SPDX-License-Identifier: MIT */
/* What the parts of the config's parser share. */
#pragma once

#include <lib/mem.h>

#include "config.h"

struct parser {
	struct arena *a;
	struct node_error *err;
	const struct config *beside; /* NULL: it is the whole config */
	struct config *c;
	struct config_warning **warning; /* the end of the list */
	unsigned warnings;               /* in it */
};

/* NULL: `*e` says why. */
static inline void *make(struct parser *p, size_t size, enum fief_err *e)
{
	void *mem = NULL;

	*e = arena_alloc(p->a, size, &mem);
	if (!*e)
		return mem;
	*e = node_error_set(p->err, *e, (struct node_place){ 0 },
	                    "no memory for the config: %s", fief_err_text(*e));
	return NULL;
}

static inline const struct config_start *
start_find_beside(const struct parser *p, const char *name)
{
	const struct config_start *s = NULL;

	if (p->beside)
		s = config_start_find(p->beside, name);
	return s && !s->leaving ? s : NULL;
}

static inline struct node_place attr_place(const struct node *n,
                                           const char *name)
{
	const struct node_attr *a = node_attr_find(n, name);

	return a ? a->at : n->at;
}

/* Of a child or service; the schema has it that there is one. */
static inline const char *name_of(const struct node *n)
{
	return node_attr(n, "name", "");
}

/* config_warning.c: a warning. Not more than so many are kept; the last one
 * says so. */
FIEF_MUST enum fief_err config_warn(struct parser *p, struct node_place at,
                                    const char *format, ...) FIEF_PRINTF(3, 4);

/* Only a warning: the child may come with a later config. `what` leads to it,
 * and `place` names it. */
FIEF_MUST enum fief_err config_child_unknown(struct parser *p, const char *what,
                                             struct node_place place,
                                             const char *name);

/* Is there a child, or an alias, of that name? */
bool config_server_known(const struct parser *p, const char *name);

/* ---- config_report.c, config_heartbeat.c ---- */

/* <report>; NULL: none is wanted. Errors: INVALID, LIMIT. */
FIEF_MUST enum fief_err config_report_read(const struct node *n,
                                           struct node_error *err,
                                           struct config_report *out);
/* <heartbeat> of a child, and of all; NULL: as usual. Errors: INVALID,
 * LIMIT. */
FIEF_MUST enum fief_err config_heartbeat_read(const struct node *n,
                                              struct node_error *err,
                                              struct config_heartbeat *out);
FIEF_MUST enum fief_err config_heartbeat_rate(const struct node *n,
                                              struct node_error *err,
                                              uint64_t *ms);

/* ---- config_resource.c ---- */

/* What a child starts with; what is kept from children. */
FIEF_MUST enum fief_err config_quota_of(struct parser *p,
                                        const struct node *start,
                                        struct config_start *s);
FIEF_MUST enum fief_err config_kept_of(struct parser *p,
                                       const struct node *root,
                                       struct config_kept *kept);

/* ---- config_growth.c: more than it starts with ---- */

FIEF_MUST enum fief_err config_growth_of(struct parser *p,
                                         const struct node *start, uint64_t ram,
                                         uint64_t caps,
                                         struct config_growth *out);

/* ---- config_schedule.c: priorities and CPUs, of all and of a child ---- */

FIEF_MUST enum fief_err config_space_of(struct parser *p,
                                        const struct node *root,
                                        struct config_space *out);
FIEF_MUST enum fief_err config_schedule_of(struct parser *p,
                                           const struct node *start,
                                           struct config_schedule *out);

/* ---- config_vain.c ---- */

FIEF_MUST enum fief_err config_vain_check(struct parser *p,
                                          const struct node *n);

/* ---- config_host.c: <host>, of the whole and of a child; NULL has none ---- */

FIEF_MUST enum fief_err config_grants_of(struct parser *p, const struct node *n,
                                         struct config_grant **out);
const char *config_host_of(const struct node *n);

/* ---- config_supervise.c: <restart>; NULL: as usual ---- */

FIEF_MUST enum fief_err config_supervision_of(struct parser *p,
                                              const struct node *n,
                                              struct config_supervision *s);

/* ---- config_alias.c ---- */

/* Once all children are known. */
FIEF_MUST enum fief_err config_aliases_of(struct parser *p,
                                          const struct node *root);

/* ---- config_offer.c ---- */

/* Once all children are known. */
FIEF_MUST enum fief_err config_offers_of(struct parser *p,
                                         const struct node *root);

/* ---- config_route.c ---- */

/* The rules of <route> or <default-route>; NULL has none. */
FIEF_MUST enum fief_err config_route_of(struct parser *p,
                                        const struct node *route,
                                        const struct config_rule **out);

/* The selectors of a rule or policy, and what a target does to labels. */
struct label_selector config_selector(const struct node *n);
FIEF_MUST enum fief_err config_relabel_of(struct parser *p,
                                          const struct node *n,
                                          struct config_relabel *out);

FIEF_MUST enum fief_err config_target_of(struct parser *p, const struct node *n,
                                         struct config_target **at);

/* Once all children are known: warn of routes that lead to none of them. */
FIEF_MUST enum fief_err config_routes_check(struct parser *p,
                                            const struct node *root);
