/* SPDX-License-Identifier: MIT */
/* What the generator's parts share: an arena, text output, names, errors. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fief/compiler.h>

/* Zeroed memory that lives until arena_free; ends the program if there is
 * none. */
void *arena_alloc(size_t count, size_t size);
void arena_free(void);

/* Formatted string in the arena. */
FIEF_PRINTF(1, 2) char *fmt(const char *format, ...);

/* Report `FILE:LINE: error: ...` (no line if it is 0). The program goes on, so
 * that all errors of a schema show at once; error_count tells of them. */
FIEF_PRINTF(3, 4)
void error(const char *file, unsigned line, const char *format, ...);
unsigned error_count(void);

/* Report and end the program: the environment or the request is broken. */
FIEF_NORETURN FIEF_PRINTF(1, 2) void fatal(const char *format, ...);

/* Text being collected; {0} is empty. */
struct out {
	char *s; /* owned */
	size_t len;
	size_t room;
};

FIEF_PRINTF(2, 3) void put(struct out *o, const char *format, ...);

/* A comment of C, its lines as they come. Nothing for an empty text. `tail` is a last paragraph, may be NULL. */
void put_comment(struct out *o, const char *indent, const char *text,
                 const char *tail);

/* `head` with a parameter list, wrapped at 80 columns, then `tail`. */
void put_call(struct out *o, const char *indent, const char *head,
              const char *const *args, size_t n, const char *tail);

/* The same for a function; `result` gets a line of its own where the rest
 * would not fit behind it. */
void put_function(struct out *o, const char *result, const char *name,
                  const char *const *args, size_t n, const char *tail);

/* Write the text to DIR/NAME unless the file has that content already, and
 * empty it. */
void out_save(struct out *o, const char *dir, const char *name);

/* camelCase and CamelCase in other forms; in the arena. */
char *lower_snake(const char *name);
char *upper_snake(const char *name);

/* lower_snake, with `_` behind it where that is a keyword of C. */
char *c_member(const char *name);
