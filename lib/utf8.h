/* SPDX-License-Identifier: MIT */
/*
 * UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing
 * above U+10FFFF.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	UTF8_MAX = 4,              /* bytes of one character */
	UTF8_REPLACEMENT = 0xfffd, /* stands for what cannot be shown */
	UTF8_CODE_POINT_MAX = 0x10ffff,
};

/* Decode the character at the start of `text`. Returns its bytes, or 0 if
 * there is no valid one within `len` bytes; `*code_point` is untouched then. */
size_t utf8_decode(const char *text, size_t len, uint32_t *code_point);

/* Encode a character. Returns its bytes, or 0 if it is not a valid one. */
size_t utf8_encode(char out[UTF8_MAX], uint32_t code_point);

/* Offset of the first byte that is not part of valid UTF-8; `len` if none. */
size_t utf8_invalid_at(const char *text, size_t len);

static inline bool utf8_valid(const char *text, size_t len)
{
	return utf8_invalid_at(text, len) == len;
}

/* Valid UTF-8 without control characters (C0, DEL, C1): what can be part of a
 * line of a log or of a terminal and cannot end it or be obeyed. */
bool utf8_printable(const char *text, size_t len);

/* Replace each byte of a text that keeps it from being so by '?'. */
void utf8_make_printable(char *text);
