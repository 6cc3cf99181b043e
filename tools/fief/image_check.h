/* SPDX-License-Identifier: MIT */
#pragma once

#include <init/config.h>

#include "core_process.h"

/* The ROM module that core will be asked for as the binary of a child, in `out`;
 * NULL if that is not for core, or not at all. */
const char *image_module(const struct config *c, const struct config_start *s,
                         struct label *out);

typedef void image_missing(void *arg, const struct config_start *,
                           const char *text);

/* Tell of children whose image core will not find, while there is still a
 * place in a file to point at. No error: others run without them. */
void image_check(const struct core_params *p, const struct config *c,
                 image_missing *found, void *arg);

/* Print it as a warning; the argument is the name of the file. */
image_missing image_warn;
