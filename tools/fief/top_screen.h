/* SPDX-License-Identifier: MIT */
/* The live view of `fief top` on a terminal. */
#pragma once

#include "usage.h"

/* Until the user ends it or the system ends. Returns an exit code. */
int top_screen(const struct target *t, enum usage_order order,
               int64_t delay_ms);
