/* SPDX-License-Identifier: MIT */
/*
 * Numbers as users write them in configs and arguments: decimal digits, or
 * hexadecimal ones behind "0x", and at most one unit that multiplies by a
 * power of 1024: K, M, G or T. Nothing may surround them: no blank, no plus.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <fief/err.h>

/* Errors: INVALID (not a number), LIMIT (exceeds `max`). */
FIEF_MUST enum fief_err number_parse(const char *text, uint64_t max,
                                     uint64_t *out);

/* The same with an optional minus. LIMIT: the value does not fit. */
FIEF_MUST enum fief_err number_parse_signed(const char *text, int64_t *out);

/* The same for `size_t`. */
FIEF_MUST enum fief_err number_parse_size(const char *text, size_t *out);

/* Shortest exact form for users: 1536K, 4M, 4097. Returns `buf`. */
enum { NUMBER_TEXT_MAX = 24 };
const char *number_text(char buf[NUMBER_TEXT_MAX], uint64_t value);
