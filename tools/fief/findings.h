/* SPDX-License-Identifier: MIT */
/* What is to be said of a configuration: collected, then printed in the order
 * of the source. */
#pragma once

#include <stdio.h>

#include <lib/node.h>

enum finding_level {
	FINDING_ERROR,   /* it cannot work as it is written */
	FINDING_WARNING, /* it can, but is hardly meant */
};

struct finding {
	struct node_place at;
	enum finding_level level;
	const char *kind; /* borrowed: for programs */
	char *text;       /* owned */
};

/* Valid when all zero. */
struct findings {
	struct finding *list; /* owned */
	size_t count, room;
	size_t errors;
};

void findings_add(struct findings *, enum finding_level, const char *kind,
                  struct node_place at, const char *format, ...)
	FIEF_PRINTF(5, 6);

/* On standard output, a line or a JSON object each. */
void findings_print(struct findings *, const char *file);
/* On standard error, at most that many, errors first, for commands whose answer
 * is another. */
enum { FINDINGS_TOLD = 20 };
void findings_tell(struct findings *, const char *file);
void findings_print_json(struct findings *, const char *file);
void findings_fini(struct findings *);
