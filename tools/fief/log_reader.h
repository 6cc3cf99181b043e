/* SPDX-License-Identifier: MIT */
/* The log of a system: records "label US text LF" from core, as lines for
 * people or as JSON lines. */
#pragma once

#include <regex.h>
#include <stdbool.h>

#include "output.h"

struct log_style {
	bool quiet;  /* show nothing, but still look for `until` */
	bool json;   /* one object a line instead of "[label] text" */
	bool colour; /* of labels */
};

struct log_reader {
	int fd; /* borrowed: where records come from; does not block */
	struct log_style style;
	struct output *out;   /* borrowed: where lines go */
	const regex_t *until; /* borrowed: tells which line matters; NULL */
	bool matched;         /* `until` was seen */
	char *buf;            /* owned: incomplete record */
	size_t len;
};

void log_reader_init(struct log_reader *r, int fd);
void log_reader_fini(struct log_reader *r);

/* Handle what is there. Returns false at the end of the log. */
bool log_reader_read(struct log_reader *r);
