/* SPDX-License-Identifier: MIT */
/* What a change means for the sessions of children; for difference.c. */
#pragma once

#include "difference.h"

struct running;

/* Of one init. */
struct change {
	const struct authority_init *before, *after;
	const struct running *running; /* NULL: all of `before` do */
	struct differences *out;
	const struct node *report; /* of the first init; NULL: there is none */
	bool servers_anew;         /* of difference_routes */
};

/* Does a child of it run? */
bool difference_runs(const struct change *, const char *child);

/* All children that are in both configs and run. */
void difference_routes(struct change *);
