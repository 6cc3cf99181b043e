/* SPDX-License-Identifier: MIT */
/* All that can be known of a running system at a moment: its configuration,
 * the components that core knows, and the state report of init. */
#pragma once

#include "authority.h"
#include "listing.h"
#include "report.h"

struct overview {
	struct target target;
	struct authority config; /* inits NULL: there is none for init */
	struct listing running;
	struct report report;
};

/* `system` NULL: the only one. Returns 0, or an exit code after having said
 * why; nothing is to be closed then. */
int overview_open(struct overview *, const char *system);
void overview_close(struct overview *);

/* The full label of a component that is in one of them, which the caller
 * frees; NULL after having said that there is none. */
char *overview_label(const struct overview *, const char *written);

/* One in the list that core has; NULL: it has no process. */
const struct component *overview_component(const struct overview *,
                                           const char *label);
