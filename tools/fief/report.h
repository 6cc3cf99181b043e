/* SPDX-License-Identifier: MIT */
/* The state report of the first init of a running system: core has the newest,
 * and its children's states, reasons and sessions are in it. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "config_text.h"
#include "target.h"

enum report_there {
	REPORT_THERE,
	REPORT_NONE,     /* none has come yet */
	REPORT_UNWANTED, /* the configuration in force has no <report> */
};

struct report {
	enum report_there there;
	uint64_t number, age_ms;
	struct config_text text; /* owned */
	const struct node *root; /* of it; NULL: it is no XML, see `mistake` */
	struct node_error mistake;
	struct arena_source source;
	struct arena arena;
};

/* Returns 0, or an exit code after having said why; nothing is to be freed
 * then. */
int report_fetch(const struct target *t, struct report *out);
/* Understand the answer to "report", which is taken; false if it is none. */
bool report_parse(char *answer, struct report *out);
void report_fini(struct report *);

/* What it says of a child of the first init, by its label with "init -> " in
 * front; NULL: nothing. */
const struct node *report_child(const struct report *, const char *label);

/* A node as {"element", "attributes", "content"}; texts are strings. */
json_t *report_json(const struct node *n);

/* A node as XML, or all of it as it came, on standard output. */
void report_print(const struct node *n);
void report_print_all(const struct report *);
