/* SPDX-License-Identifier: MIT */
/* What somebody may have meant by a word that is not known. */

#include <string.h>

#include "suggest.h"

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

unsigned suggest_distance(const char *a, const char *b)
{
	unsigned d[SUGGEST_WORD_MAX + 1][SUGGEST_WORD_MAX + 1];
	size_t m = strlen(a), n = strlen(b);

	if (m > SUGGEST_WORD_MAX || n > SUGGEST_WORD_MAX)
		return SUGGEST_WORD_MAX;
	for (unsigned i = 0; i <= m; i++)
		d[i][0] = i;
	for (unsigned j = 0; j <= n; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= m; i++)
		for (size_t j = 1; j <= n; j++) {
			unsigned other = a[i - 1] != b[j - 1];

			d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1,
			               d[i - 1][j - 1] + other);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && d[i - 2][j - 2] < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	return d[m][n];
}

void suggest_init(struct suggest *s, const char *word)
{
	*s = (struct suggest){ .word = word, .distance = SUGGEST_WORD_MAX };
}

void suggest_offer(struct suggest *s, const char *candidate)
{
	unsigned d = suggest_distance(s->word, candidate);

	/* A beginning is near, whatever is missing: "vers" is "version". */
	if (strlen(s->word) > 1 &&
	    !strncmp(s->word, candidate, strlen(s->word)))
		d = 1;
	if (d < s->distance) {
		s->distance = d;
		s->best = candidate;
	}
}

const char *suggest_result(const struct suggest *s)
{
	size_t far = strlen(s->word) / 2;

	/* Half of a word has to be right, and all of it but three letters. */
	return s->distance <= (far > 3 ? 3 : far) ? s->best : NULL;
}
