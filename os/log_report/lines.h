/* SPDX-License-Identifier: MIT */
/*
 * The last lines of one writer, in a bounded place: when it is full, the
 * oldest go, and are counted. All zero is empty.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	LINES_BYTES = 7168, /* of text, and LINE_COST for each line */
	LINE_MAX = 500,     /* bytes of a line; the rest is cut */
	LINE_COST = 10,
};

struct lines {
	uint64_t dropped; /* lines that are not there any more */
	uint32_t used;
	unsigned char bytes[LINES_BYTES];
};

/* One of them; the text is borrowed from the lines. */
struct line {
	uint64_t number;
	const char *text;
	size_t len;
};

/* Add a line of that number. */
void lines_add(struct lines *l, uint64_t number, const char *text, size_t len);

/* Visit them, oldest first: start at 0, pass what was returned; 0: there is
 * no further one. */
size_t lines_next(const struct lines *l, size_t at, struct line *out);
