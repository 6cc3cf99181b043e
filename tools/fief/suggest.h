/* SPDX-License-Identifier: MIT */
/* What somebody may have meant by a word that is not known. */
#pragma once

#include <stddef.h>

/* Edits (insert, delete, replace, swap of neighbours) from `a` to `b`. Words
 * above SUGGEST_WORD_MAX bytes are far from everything. */
enum { SUGGEST_WORD_MAX = 40 };
unsigned suggest_distance(const char *a, const char *b);

struct suggest {
	const char *word;  /* borrowed: what was written */
	const char *best;  /* nearest candidate so far, or NULL */
	unsigned distance; /* of `best` */
};

/* Start with a word, then offer all candidates. */
void suggest_init(struct suggest *s, const char *word);
void suggest_offer(struct suggest *s, const char *candidate);

/* The candidate to name in a message; NULL if none is near enough. */
const char *suggest_result(const struct suggest *s);
