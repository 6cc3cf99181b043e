/* SPDX-License-Identifier: MIT */
/* What may have been meant by a name that is not known. */
#pragma once

/* Number of single-character edits between two names. */
unsigned config_distance(const char *a, const char *b);

/* The best match so far for a name that is unknown; NULL: nothing is near. */
struct config_guess {
	const char *name; /* borrowed */
	unsigned distance;
};
void config_guess_try(struct config_guess *g, const char *found,
                      const char *valid);
