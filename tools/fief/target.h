/* SPDX-License-Identifier: MIT */
/* Which running system a command means. */
#pragma once

#include "runtime_dir.h"

struct target {
	struct runtime_dir dir;
	char name[INSTANCE_NAME_MAX + 1];
};

/* The system of that name or, with NULL, the only one. If there are several,
 * the one that runs `file` (may be NULL) is meant. Returns 0, or an exit code
 * after having said why. */
int target_open(struct target *t, const char *name, const char *file);
void target_close(struct target *t);

/* The same in a folder that is open, for any number: `*count` names, for
 * instance_names_free. `all`: several are welcome, and none is no error. */
int target_names(const struct runtime_dir *d, bool all, char ***names,
                 size_t *count);

/* Ask it. Returns 0 and the answer, which the caller frees; or an exit code
 * after having said why. */
int target_ask(const struct target *t, const char *text, bool patient,
               char **answer);

/* For parsers: an argument that can only be the system. */
struct argp_state;
int target_argument(const char **system, char *arg, struct argp_state *state);
