/* SPDX-License-Identifier: MIT */
/* The smallest change of a configuration that allows what one step denies. */
#pragma once

#include "authority.h"

struct edit {
	struct node_place at; /* insert there */
	char *text;           /* owned: XML */
	char *instead;        /* owned: what stands there and goes; or NULL */
};

/* At most two: a service that a list lacks, and a rule. */
enum { EDITS_MAX = 2 };

struct edits {
	struct edit list[EDITS_MAX];
	size_t count;
	bool leads_on; /* the request then goes to the parent of this init */
};

/* What has to be edited at a hop that ended with DENIED. `selective`: allow
 * only the label that was asked for. None: nobody could serve it. */
void edit_find(const struct authority *a, const struct authority_hop *hop,
               const char *service, bool selective, struct edits *out);
void edits_fini(struct edits *);
