/* SPDX-License-Identifier: MIT */
/* What core lists, together with what init reports: also of children without a
 * process, which core does not know. */
#pragma once

#include "listing.h"
#include "report.h"

struct listing_report {
	struct listing listing;
	struct report report;
	char **labels; /* owned: of components that only init knows */
	size_t count;
};

/* Understand the answer to "ps", which is taken, and ask for the report. A
 * system that ends meanwhile has none. False if it is no such answer; nothing
 * is to be freed then. */
bool listing_report_fetch(const struct runtime_dir *d, const char *name,
                          char *answer, struct listing_report *out);
void listing_report_fini(struct listing_report *);
