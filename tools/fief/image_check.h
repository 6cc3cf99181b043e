/* SPDX-License-Identifier: MIT */
#pragma once

#include <init/config.h>

#include "core_process.h"

/* Warn of children whose image core will not find, while there is still a
 * place in a file to point at. No error: others run without them. */
void image_check(const struct core_params *p, const char *file,
                 const struct config *c);
