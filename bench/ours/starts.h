/* SPDX-License-Identifier: MIT */
/* A system whose configuration grows and shrinks while it runs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <bench/lib/bench.h>
#include <tools/fief/core_process.h>

struct system {
	struct layout layout;
	struct core_process core;
	int config; /* what core reads as ROM module "config" */
	char *text; /* owned: the configuration */
	size_t len;
	char log[64 << 10]; /* read, and not yet a whole line */
	size_t logged;
};

/* Start core and init, without components. */
void system_start(struct system *);
void system_stop(struct system *);

/* The configuration with the components number `first` to `last`. Takes
 * effect with system_reload. */
void system_write(struct system *, unsigned first, unsigned last);

/* Add one component to what was written. */
void system_append(struct system *, unsigned number);
void system_reload(struct system *);

/* Wait for the first lines of `n` components. Any other line is a failure. */
void system_wait(struct system *, unsigned n);
