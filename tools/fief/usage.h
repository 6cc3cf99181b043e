/* SPDX-License-Identifier: MIT */
/* What the components of a running system use, from one look to the next. */
#pragma once

#include <stdbool.h>

#include "listing.h"
#include "target.h"

struct usage_row {
	const struct component *c; /* borrowed: of the sample */
	uint64_t cpu_ms;           /* since its process started */
	double cpu;                /* per cent of a CPU since the last look */
};

struct usage {
	struct listing listing;
	struct usage_row *row; /* owned */
	size_t rows;
	int64_t at; /* ms */
};

enum usage_order { USAGE_CPU, USAGE_RAM, USAGE_CAPS, USAGE_NAME, USAGE_ORDERS };

/* Look; `before` (may be all zero) is what the shares of time are since.
 * Returns 0, or an exit code after having said why; nothing is to be freed
 * then. */
int usage_look(const struct target *t, const struct usage *before,
               struct usage *out);
void usage_sort(struct usage *, enum usage_order);
void usage_fini(struct usage *);

/* A line for a row, or for the head of the table; in `out` of `size` bytes. In
 * few columns it is less, and of a long label the end. */
void usage_line(const struct usage_row *, size_t columns, char *out,
                size_t size);
const char *usage_head(size_t columns);
