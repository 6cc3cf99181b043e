/* SPDX-License-Identifier: MIT */
/*
 * What the change from one configuration to the next means for the components,
 * by the rules of init: a child goes on if each session that it has would be
 * opened the same way. Which sessions a component opened beyond those that it
 * needs to start, only its init knows: where its state report does not tell,
 * what hangs on them is guessed, and not `certain`.
 */
#pragma once

#include <jansson.h>

#include "authority.h"
#include "listing.h"

enum difference_kind {
	DIFFERENCE_STOP,    /* it ends, and is no more */
	DIFFERENCE_RESTART, /* it ends, and starts anew */
	DIFFERENCE_END,     /* it ends, and stays incomplete */
	DIFFERENCE_START,
	DIFFERENCE_REROUTE, /* future sessions go another way */
	DIFFERENCE_CLOSE,   /* a session that it may have would end */
	DIFFERENCE_QUOTA,
	DIFFERENCE_CONFIG, /* its ROM `config` has another content */
	DIFFERENCE_OTHER,
	DIFFERENCE_KINDS,
};

struct difference {
	enum difference_kind kind;
	bool certain; /* else: if it has such a session */
	char *label;  /* owned: of the component */
	char *text;   /* owned: why, or what changes */
};

/* Valid when all zero. */
struct differences {
	struct difference *list; /* owned */
	size_t count, room;
	const char
		*guess; /* borrowed: why some had to be guessed; for people */
};

/* For people and, in JSON, programs. */
const char *difference_name(enum difference_kind);

/* `running`: what runs now; NULL: all of `before` does. `report`: the root of the
 * state report of the first init, with the sessions that its children have;
 * NULL: there is none. */
void differences_find(const struct authority *before,
                      const struct authority *after,
                      const struct listing *running, const struct node *report,
                      struct differences *out);
bool differences_guessed(const struct differences *);
void differences_add(struct differences *, enum difference_kind, bool certain,
                     const struct authority_init *, const char *child,
                     const char *format, ...) FIEF_PRINTF(6, 7);
/* Is there one of that kind, and certain? */
bool differences_has(const struct differences *, const char *label,
                     enum difference_kind);
void differences_fini(struct differences *);

/* Summary last; as a JSON array, for the caller. */
void differences_print(const struct differences *);
json_t *differences_json(const struct differences *);
