/* SPDX-License-Identifier: MIT */
/* A journal of a running system, shown now and, if wanted, as it grows. */
#pragma once

#include "records.h"

struct follow {
	const char *system;    /* NULL: the only one */
	const char *journal;   /* "log" or "events" */
	const char *component; /* only that one, as users write it; NULL: all */
	bool alone;            /* without those below it */
	uint64_t last;         /* only that many of the past; 0: all */
	bool follow;
	bool (*wants)(void *arg, const struct record *); /* NULL: all */
	record_take *take;
	void *arg;
};

/* Until the end of what there is, or with `follow` of the system. Returns an
 * exit code. */
int follow(const struct follow *);
