/* SPDX-License-Identifier: MIT */
/*
 * Writing to the component's LOG session. Each function writes one line; one
 * that is longer than FIEF_LOG_LINE bytes, prefix included, is cut there and
 * "..." put in place of the rest. Longer text, and several lines as one, go
 * out by log_write of <session/log.h>, as much as a message holds.
 *
 * A line was taken over by the LOG service when the function returns, whatever
 * becomes of the component. Without LOG session, or if that fails, it goes to
 * core's diagnostics. Core never waits for the reader of the log: when it is
 * too slow, core drops lines, and says in the log how many.
 *
 * Formats as in <lib/fmt.h>. May block on the LOG service. Thread-safe.
 */
#pragma once

#include <fief/compiler.h>

struct fief_env;

enum { FIEF_LOG_LINE = 400 }; /* bytes */

void fief_log(const char *format, ...) FIEF_PRINTF(1, 2);
void fief_warning(const char *format, ...) FIEF_PRINTF(1, 2);
void fief_error(const char *format, ...) FIEF_PRINTF(1, 2);
