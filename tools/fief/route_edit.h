/* SPDX-License-Identifier: MIT */
/* A rule that lets a component have a service, put into a configuration and
 * taken out again. */
#pragma once

#include "config_edit.h"

struct route_grant {
	const char *component; /* its label, as users write it */
	const char *service;
	const char *label;  /* only this one; NULL: any */
	const char *server; /* a sibling of the component, or "parent" */
};

/* The text with a rule, as XML, in front of all others of the component. If it
 * has none of its own, it gets the default ones after this one. */
struct config_text route_edit_rule(const struct config_place *p,
                                   const char *rule);

/*
 * The text with the rule in front of all others of the component. `*made`: it
 * had no rules of its own, and got the default ones after this one. Returns
 * NULL, or why it cannot be, which the caller frees.
 */
char *route_edit_add(const struct authority *a, const struct route_grant *g,
                     struct config_text *out, bool *made);

/* The text without the rule, and with `made` without the default ones, if
 * nobody changed them meanwhile. False: the rule is not there. */
bool route_edit_remove(const struct authority *a, const struct route_grant *g,
                       bool made, struct config_text *out);
