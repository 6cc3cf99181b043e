/* SPDX-License-Identifier: MIT */
/*
 * What is made of which inputs: the `<output>` of the configuration, with the
 * values that the inputs have now. Pure: nodes in, a document out.
 */
#pragma once

#include <lib/node.h>
#include <lib/node_gen.h>

enum { FILTER_ATTRS_MAX = 32 }; /* of one generated node */

/* Where the tree of a module is; NULL if there is none now. */
typedef const struct node *filter_look(void *ctx, const char *rom);

struct filter {
	const struct node *config; /* borrowed: a checked configuration */
	filter_look *look;
	void *ctx;
};

/* The module that an <input> declaration reads. */
const char *filter_rom(const struct node *input);

/* Is all in order with a configuration? `err` tells what is not, and where.
 * Error: INVALID. */
FIEF_MUST enum fief_err filter_check(const struct node *config,
                                     struct node_error *err);

/* Generate the document, which node_gen_finish ends. */
void filter_generate(const struct filter *f, struct node_gen *g);
