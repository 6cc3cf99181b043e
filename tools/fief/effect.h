/* SPDX-License-Identifier: MIT */
/* Whether a change came into effect: components that should start have, and
 * those that should go are gone. */
#pragma once

#include <jansson.h>

#include "difference.h"
#include "target.h"

/* Where the instance's journals were when the change began. */
struct effect_from {
	uint64_t number; /* of the configuration */
	uint64_t log, events;
};

enum effect_kind {
	EFFECT_START,
	EFFECT_END,
	EFFECT_CONFIG, /* an init within applies its part */
};

struct effect_part {
	char *label; /* owned */
	enum effect_kind kind;
	bool seen;    /* it did */
	char *failed; /* owned: why it did not; NULL */
};

struct effect {
	const struct target *target;  /* borrowed */
	const struct authority *next; /* borrowed */
	struct effect_from from;
	struct effect_part *part; /* owned */
	size_t parts;
	int64_t ms;   /* that it took */
	bool timeout; /* not all was seen */
	int signal;   /* that ended the wait; 0: none did */
};

/* Wait; `timeout_ms` 0: do not. Returns 0, 1 if something failed, or another
 * exit code after having said why. SIGINT and SIGTERM end the wait, not the
 * program: the configuration is in force. */
int effect_wait(struct effect *, const struct differences *,
                int64_t timeout_ms);
void effect_print(const struct effect *, bool quiet);
void effect_json(const struct effect *, json_t *into);
void effect_fini(struct effect *);
