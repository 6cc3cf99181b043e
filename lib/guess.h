/* SPDX-License-Identifier: MIT */
/* What may have been meant by a name that is not known. */
#pragma once

/* Number of single-character edits between two names. */
unsigned guess_distance(const char *a, const char *b);

/* The best match so far for a name that is unknown; NULL: nothing is near. */
struct guess {
	const char *name; /* borrowed */
	unsigned distance;
};
void guess_try(struct guess *g, const char *found, const char *valid);
