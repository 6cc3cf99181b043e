/* SPDX-License-Identifier: MIT */
/* Edits of the text of a configuration, which else stays as its author wrote
 * it: comments, layout and all. */
#pragma once

#include "authority.h"

/* A component in a configuration. */
struct config_place {
	const struct authority *a;
	const struct authority_init *in;
	const struct config_start *start;
	const struct node *node; /* of its <start> */
};

/* By its label, as authority_find. Without a word if there is none; `near` as authority_find. */
bool config_place_find(const struct authority *a, const char *label,
                       struct config_place *out, char *near);

/* The text with the bytes from `from` to before `to` replaced. The caller
 * frees all these results. */
struct config_text config_edit_splice(const struct config_text *t, size_t from,
                                      size_t to, const char *with);

/* With more at the end of what is within a node. */
struct config_text config_edit_append(const struct config_text *t,
                                      const struct node *n, const char *more);

/* With an attribute of that node set. */
struct config_text config_edit_attr(const struct config_text *t,
                                    const struct node *n, const char *name,
                                    const char *value);

/* Without a node, and the line that it stands on if nothing else is there. */
struct config_text config_edit_remove(const struct config_text *t,
                                      const struct node *n);

/* Text as the value of an attribute. */
char *config_edit_escaped(const char *text);
