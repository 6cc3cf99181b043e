/* SPDX-License-Identifier: MIT */
/* The configurations that a running system had, numbered from 1. The oldest
 * make room for new ones; the last is the one in force. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output.h"

enum { HISTORY_MAX = 64, HISTORY_BYTES = 32 << 20, HISTORY_ORIGIN_MAX = 200 };

struct history_entry {
	uint64_t number, same_as; /* of an earlier one; or its own number */
	int64_t time_us;          /* since 1970, UTC */
	char *origin;             /* owned: what made it, one line */
	char *text;               /* owned, terminated */
	size_t len;
};

/* Valid when all zero. */
struct history {
	struct history_entry entry[HISTORY_MAX];
	size_t count, bytes;
	uint64_t made;
};

/* Copies the texts. `same_as`: 0 for a new one. */
void history_add(struct history *, const char *origin, const char *text,
                 size_t len, uint64_t same_as);
void history_fini(struct history *);

/* NULL: there was none, or it is not kept. */
const struct history_entry *history_find(const struct history *,
                                         uint64_t number);
/* The one in force. */
const struct history_entry *history_last(const struct history *);

/* Append lines "NUMBER SAME-AS TIME BYTES ORIGIN", separated by tabs. */
void history_print(const struct history *, struct output *out);
