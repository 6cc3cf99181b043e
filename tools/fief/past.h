/* SPDX-License-Identifier: MIT */
/* The configurations that a running system had, as it tells them. */
#pragma once

#include <stdint.h>

#include "config_text.h"
#include "target.h"

struct past_entry {
	uint64_t number, same_as; /* see history.h */
	int64_t time_us;
	size_t bytes;
	const char *origin; /* borrowed: of the answer */
};

struct past {
	char *text;               /* owned */
	struct past_entry *entry; /* owned; the last one is in force */
	size_t count;
};

/* Return 0, or an exit code after having said why. */
int past_fetch(const struct target *t, struct past *out);
/* `number` 0: the one in force; `*found` has its number. */
int past_text(const struct target *t, uint64_t number, uint64_t *found,
              struct config_text *out);
void past_fini(struct past *);

const struct past_entry *past_find(const struct past *, uint64_t number);
/* The one before the one in force, by what they say: what a rollback brought
 * counts as what it went back to. NULL: there is none. */
const struct past_entry *past_before(const struct past *);
