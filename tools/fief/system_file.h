/* SPDX-License-Identifier: MIT */
/* The configuration of a system: read once, checked, and kept in memory that
 * core reads it from. */
#pragma once

#include "config_text.h"
#include "core_process.h"

struct system_file {
	int memfd;                      /* owned; -1: none */
	const char *file;               /* borrowed: as the user wrote it */
	const struct core_params *core; /* borrowed: what will run */
	bool loaded;                    /* once, at least */
};

/* Read `file`, or standard input if it is "-", and refuse a document that is
 * malformed or, if it is for init, not a system that init accepts. Returns 0,
 * or an exit code after having said why; `c` has no memory then. May block on
 * what is read. `core` outlives `c`. */
int system_file_open(struct system_file *c, const char *file,
                     const struct core_params *core);
void system_file_close(struct system_file *c);

/* Read the file again, for the caller to free, and check it like the first
 * time, with what is wrong on standard error. Not for standard input. Returns
 * as system_file_open. */
int system_file_again(struct system_file *c, struct config_text *out);
/* That check alone. */
int system_file_check(const struct system_file *c, const struct config_text *t);

/* The text in that memory, for the caller to free; and another one instead.
 * Errors as system_file_open. */
int system_file_text(const struct system_file *c, struct config_text *out);
int system_file_store(const struct system_file *c, const struct config_text *t);
