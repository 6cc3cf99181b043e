/* SPDX-License-Identifier: MIT */
/* What may have been meant by a name that is not known. */

#include <lib/guess.h>

#include <lib/mem.h>

enum { DISTANCE_MAX = 3, WORD_MAX = 32 };

/* One row of Levenshtein's table at a time. Longer names count as far. */
unsigned guess_distance(const char *a, const char *b)
{
	const size_t la = strlen(a), lb = strlen(b);
	unsigned row[WORD_MAX + 1];

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX;
	for (unsigned k = 0; k <= lb; k++)
		row[k] = k;
	for (unsigned i = 1; i <= la; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned k = 1; k <= lb; k++) {
			unsigned best = diagonal + (a[i - 1] != b[k - 1]);

			diagonal = row[k];
			if (best > row[k] + 1)
				best = row[k] + 1;
			if (best > row[k - 1] + 1)
				best = row[k - 1] + 1;
			row[k] = best;
		}
	}
	return row[lb];
}

void guess_try(struct guess *g, const char *found, const char *valid)
{
	const unsigned d = guess_distance(found, valid);

	if (d <= DISTANCE_MAX && d < strlen(valid) &&
	    (!g->name || d < g->distance))
		*g = (struct guess){ valid, d };
}
