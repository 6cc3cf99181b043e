/* SPDX-License-Identifier: MIT */
/*
 * Session arguments: a text of the form "key=value, key=value". Values hold no
 * comma; blanks around keys and values do not count.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <fief/err.h>

/* Number of that key, as in <lib/number.h>; `fallback` if there is no such
 * key. Errors: INVALID (not a number), LIMIT (too large). */
FIEF_MUST enum fief_err fief_args_u64(const char *args, const char *key,
                                      uint64_t fallback, uint64_t *out);

/* Copy the value of that key, with terminator. Errors: NOT_FOUND, TOO_LONG. */
FIEF_MUST enum fief_err fief_args_text(const char *args, const char *key,
                                       char *buf, size_t size);
