/* SPDX-License-Identifier: MIT */
/* Where the requests of a child lead before and after a change; for
 * difference_routes.c and difference_sessions.c. */
#pragma once

#include "difference_routes.h"

/* A child in both configs. */
struct difference_pair {
	const struct change *c;
	const struct config_start *was, *now;
};

struct difference_step {
	enum authority_outcome outcome;
	struct authority_hop hop;
};

struct difference_step difference_step_of(const struct authority_init *in,
                                          const struct config_start *client,
                                          const char *service,
                                          const char *label, bool binary);

/* Is there a server? */
bool difference_leads(const struct difference_step *);
const char *difference_server_name(const struct difference_step *);
bool difference_step_same(const struct difference_step *,
                          const struct difference_step *);

/* Is its server about to be another instance, or to end? */
bool difference_served_anew(const struct difference_pair *,
                            const struct difference_step *);

/* Is the child itself? */
bool difference_goes(const struct change *, const char *child);
