/* SPDX-License-Identifier: MIT */
/* The log of a system: records "label US text LF" from core, as lines for
 * people or as JSON lines; and records "RS what US label US code LF" of events
 * between them. */
#pragma once

#include <regex.h>
#include <stdbool.h>

#include "output.h"

struct log_style {
	bool quiet;  /* show nothing, but still look for `until` */
	bool json;   /* one object a line instead of "[label] text" */
	bool colour; /* of labels */
};

/* Who wants to know what was read, beside the output. */
struct log_listener {
	void (*line)(void *ctx, const char *label, size_t label_len,
	             const char *text, size_t text_len);
	/* Of a component: "start", "exit" with its code, ... see core. */
	void (*event)(void *ctx, const char *what, const char *label, int code);
	void *ctx;
};

struct log_reader {
	int fd; /* borrowed: where records come from; does not block */
	struct log_style style;
	struct output *out;   /* borrowed: where lines go */
	const regex_t *until; /* borrowed: tells which line matters; NULL */
	bool matched;         /* `until` was seen */
	const struct log_listener *listener; /* borrowed; NULL: nobody */
	char *buf;                           /* owned: incomplete record */
	size_t len;
};

void log_reader_init(struct log_reader *r, int fd);
void log_reader_fini(struct log_reader *r);

/* Handle what is there. Returns false at the end of the log. */
bool log_reader_read(struct log_reader *r);
