/* SPDX-License-Identifier: MIT */
/*
 * The config in force, and its change to the next one. A next text mostly
 * resembles the last: what both begin and end with is found first, and only
 * the <start> nodes in between are parsed and compared. What comes of it is as
 * if all had been parsed: where that is not certain, and to find out what is
 * wrong with a text, all is.
 *
 * Needs no component, like all of the config.
 */
#pragma once

#include "config.h"

/* What one parse made; it lives as long as a start of it, or the head. */
struct config_batch {
	struct arena arena; /* owned: this record is in it, too */
	size_t users;
	size_t dead; /* bytes of source of the starts that are gone */
};

/* A start node and where it is in the text. */
struct config_part {
	struct config_start *start;
	uint32_t from, to;
};

struct config_text {
	char *bytes; /* owned */
	size_t len, size;
	struct config_part *part; /* owned: in the order of the source */
	size_t nparts, max_parts;
};

struct config_live {
	struct arena_source *source; /* borrowed: outlives us */
	struct config config;
	struct config_batch *head; /* of what is not a start; NULL: no config */
	struct config_text now;
	struct config_text spare; /* for the next text */
	size_t dead;              /* bytes, of all batches */
};

/* Parts `first` to before `end` are to be replaced by the starts in `next`. */
struct config_change {
	size_t first, end;
	size_t count; /* of those starts */
	bool whole;   /* the head is replaced, too */
	struct config *next;
	struct config_batch *batch; /* owned: `next` is in it */
};

void config_live_init(struct config_live *l, struct arena_source *source);
void config_live_fini(struct config_live *l);

/*
 * Read the next config; `whole` if all of its starts are wanted. One of
 * config_live_accept and config_live_discard follows. Errors: as config_parse;
 * nothing follows then.
 */
FIEF_MUST enum fief_err config_live_read(struct config_live *l,
                                         const char *text, size_t len,
                                         bool whole, struct node_error *err,
                                         struct config_change *c);

/* It is in force from now on; the replaced starts are gone. */
void config_live_accept(struct config_live *l, struct config_change *c);
void config_live_discard(struct config_live *l, struct config_change *c);

/* The i-th start that came with a change that was accepted just now. */
static inline struct config_start *
config_live_start(const struct config_live *l, const struct config_change *c,
                  size_t i)
{
	return l->now.part[c->first + i].start;
}
