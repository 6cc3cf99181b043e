/* SPDX-License-Identifier: MIT */
/* Labels that are worth a try, to find out what a component can reach. */
#pragma once

#include "authority.h"

struct reach_labels {
	char **text; /* owned, also the texts */
	size_t count, room;
};

/* Those of requests of a child for a service that rules on their way name, and
 * for each selector one that nobody names. */
void reach_labels_collect(struct reach_labels *l,
                          const struct authority_init *in,
                          const struct config_start *client,
                          const char *service);
void reach_labels_fini(struct reach_labels *l);
