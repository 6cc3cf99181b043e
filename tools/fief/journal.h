/* SPDX-License-Identifier: MIT */
/* The last records of a running system, numbered from 1: lines of its log, or
 * events. Old ones make room for new ones. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "output.h"

struct journal_entry;

struct journal {
	size_t max, max_bytes; /* at most that much is kept */
	struct journal_entry *first, *last;
	size_t count, bytes;
	uint64_t next; /* number of the next one */
};

void journal_init(struct journal *, size_t max, size_t max_bytes);
void journal_fini(struct journal *);

/* The text has no newline; tabs and the like in the label become '?'. */
void journal_add(struct journal *, const char *label, size_t label_len,
                 const char *text, size_t text_len);

/*
 * Append the records from that number on:
 *
 *   journal NEXT FIRST           the number after the last, the oldest kept
 *   NUMBER TIME LABEL TEXT       in microseconds since 1970, UTC
 *
 * with fields separated by tabs. 0: the oldest that is kept.
 */
void journal_print(const struct journal *, uint64_t from, struct output *out);
