/* SPDX-License-Identifier: MIT */
/*
 * Formatted text in a bounded buffer of the caller. The text never exceeds
 * the buffer and is always terminated; what it would have needed is counted,
 * so that the caller can tell a cut text from a whole one and must look.
 *
 * Formats are a subset of printf's:
 *   %[-0#][width][.precision][hh|h|l|ll|z]conversion
 * with width and precision as digits or `*`, and the conversions
 *   d i u x X c p s %
 * Precision is for %s only: at most so many bytes are read, so that a text
 * without terminator prints as "%.*s". A NULL %s prints as "(null)". Any
 * other conversion prints as "%?" and ends the formatting.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <fief/compiler.h>

/* A text under construction. */
struct fmt {
	char *buf;   /* borrowed: the caller's; may be NULL if size is 0 */
	size_t size; /* bytes of `buf`, the terminator included */
	size_t len;  /* bytes the text has, or would have, without terminator */
	/* A %s without precision that is longer ends in "..." after that many
	 * bytes, so that what follows it has room; 0: never. */
	size_t text_max;
};

/* Start an empty text in `buf`. */
void fmt_init(struct fmt *f, char *buf, size_t size);

/* Is all that was added in the buffer? */
static inline bool fmt_fits(const struct fmt *f)
{
	return f->len < f->size;
}

/* Append to the text. */
void fmt_char(struct fmt *f, char c);
void fmt_bytes(struct fmt *f, const char *text, size_t len);
void fmt_string(struct fmt *f, const char *text);
void fmt_add(struct fmt *f, const char *format, ...) FIEF_PRINTF(2, 3);
void fmt_add_args(struct fmt *f, const char *format, va_list args)
	FIEF_PRINTF(2, 0);

/*
 * Write one formatted text. Returns the bytes it needs without terminator:
 * less than `size` if the whole text is in `buf`, otherwise it was cut.
 */
FIEF_MUST size_t fmt_text(char *buf, size_t size, const char *format, ...)
	FIEF_PRINTF(3, 4);
