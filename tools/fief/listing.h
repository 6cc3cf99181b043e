/* SPDX-License-Identifier: MIT */
/* What an instance tells about itself and its components. */
#pragma once

#include <stdint.h>

#include "runtime_dir.h"

struct component {
	const char *label, *state; /* borrowed: of the listing's text */
	long code;                 /* of one that ended */
	long pid;
	uint64_t ram, ram_used, caps, caps_used;
	/* Of the state report of init; NULL: it does not tell. */
	const char *init_state, *reason, *why; /* borrowed: of the report */
	/* Where it stands in the tree, see listing_arrange. */
	const char *name; /* the label without that of the parent */
	unsigned depth;
};

/* Is it neither running nor about to? */
bool component_ended(const struct component *);
/* Is `code` one? */
bool component_has_code(const struct component *);

struct listing {
	char *text; /* owned */
	const char *name, *config;
	long pid, core_pid;
	uint64_t uptime_ms;
	uint64_t ram, caps;          /* of the whole system */
	struct component *component; /* owned */
	size_t components;
};

/* Understand the answer to "ps"; takes `text`. False if it is none. */
bool listing_parse(struct listing *l, char *text);
void listing_fini(struct listing *l);

/* A component by its label, with or without "init -> " in front, in any spelling
 * (label_spelled.h); or NULL. */
const struct component *listing_find(const struct listing *l,
                                     const char *label);

/* Bring the components into the order of a tree, parents first. */
void listing_arrange(struct listing *l);
