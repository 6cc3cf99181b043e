/* SPDX-License-Identifier: MIT */
/* Where core will find a ROM module: the same search, for messages before the
 * start. */
#pragma once

#include <limits.h>

#include "core_process.h"

/* The file that --rom gives a module, or NULL. */
const char *rom_path_named(const struct core_params *p, const char *module);

/* Find the file of a module. False if there is none. */
bool rom_path_find(const struct core_params *p, const char *module,
                   char out[PATH_MAX]);

/* The module that somebody may have meant, in `near`; NULL if none is near. */
const char *rom_path_nearest(const struct core_params *p, const char *module,
                             char near[NAME_MAX + 1]);

/* Is there a component image of that name? Returns 0, or an exit code after
 * having said what is missing and where it was looked for. */
int rom_path_check_image(const struct core_params *p, const char *module);
