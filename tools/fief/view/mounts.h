/* SPDX-License-Identifier: MIT */
/* What the <vfs> of a component is made of, by the configuration in force. */
#pragma once

#include "look.h"

/* Print it, one line for each file system. Returns an exit code. */
int mounts_print(const struct look_options *, const char *component, bool json);
