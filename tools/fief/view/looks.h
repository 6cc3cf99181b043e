/* SPDX-License-Identifier: MIT */
/* The looks of one command: one for each component that it names. */
#pragma once

#include "look.h"

struct looks {
	struct look_options options;
	struct look **look; /* owned, and each of them */
	size_t count;
};

/* That into a component, which begins now if it is the first of it. NULL: it
 * cannot be, and `*code` is the exit code, after having said why. */
struct look *looks_get(struct looks *, const char *component, int *code);
void looks_fini(struct looks *);
