/* SPDX-License-Identifier: MIT */
/* Why a component of a running system does not get on; for why.c. */
#pragma once

#include <stdbool.h>

struct why_component {
	const char *system; /* NULL: the only one */
	const char *component;
	bool json;
};

/* Say it. Returns an exit code. */
int why_component(const struct why_component *);
