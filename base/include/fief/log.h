/* SPDX-License-Identifier: MIT */
/*
 * Writing to the component's LOG session. Each function writes one line; a
 * line longer than a message goes out in several pieces, none is lost. Without
 * LOG session the text goes to core's diagnostics. Formats as in <lib/fmt.h>.
 * May block on the LOG service. Thread-safe.
 */
#pragma once

#include <fief/compiler.h>

struct fief_env;

enum { FIEF_LOG_LINE = 400 }; /* bytes; longer ones end in "..." */

void fief_log(const char *format, ...) FIEF_PRINTF(1, 2);
void fief_warning(const char *format, ...) FIEF_PRINTF(1, 2);
void fief_error(const char *format, ...) FIEF_PRINTF(1, 2);
