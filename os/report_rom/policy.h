/* SPDX-License-Identifier: MIT */
/* Which report a ROM session sees, as the configuration says. */
#pragma once

#include <stdbool.h>

#include <lib/node.h>

/* Name of the report for a session of that label; NULL: none. The most specific
 * policy counts, the first one among equals; the default policy last. */
const char *policy_report(const struct node *config, const char *label);

/* Is that report in any policy? */
bool policy_names(const struct node *config, const char *report);
