/* SPDX-License-Identifier: MIT */
/* Records of an instance's journals, fetched by a command. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "target.h"

struct record {
	uint64_t number;
	int64_t time_us;
	const char *label;
	const char *what; /* of an event: its kind; else "" */
	const char *text;
};

typedef void record_take(void *arg, const struct record *);

/* Take the records of a journal ("log" or "events") from `*next` on, and set
 * `*next` to what follows them. Returns 0, or an exit code after having said
 * why. */
int records_fetch(const struct target *t, const char *journal, uint64_t *next,
                  record_take *take, void *arg);

/* Wait for at least one. `*missed`: that many are no longer kept. NOT_FOUND,
 * without a word: the system has ended. */
int records_wait(const struct target *t, const char *journal, uint64_t *next,
                 uint64_t *missed, record_take *take, void *arg);
