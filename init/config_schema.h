/* SPDX-License-Identifier: MIT */
/* What may be in a configuration, and what may have been meant. */
#pragma once

#include <lib/node_xml.h>

/* Are only known elements and attributes in the tree, and texts only where
 * they may be? Error: INVALID. */
FIEF_MUST enum fief_err config_schema_check(const struct node *root,
                                            struct node_error *err);

/* Number of single-character edits between two names. */
unsigned config_distance(const char *a, const char *b);

/* The best match so far for a name that is unknown; NULL: nothing is near. */
struct config_guess {
	const char *name; /* borrowed */
	unsigned distance;
};
void config_guess_try(struct config_guess *g, const char *found,
                      const char *valid);
