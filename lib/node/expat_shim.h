/* SPDX-License-Identifier: MIT */
/*
 * The part of libc that Debian's libexpat.a refers to, with libc's names, for
 * images that have no libc. Linked into component images only. Of these, only
 * the memory functions of <lib/mem.h> ever run in a parse: memory comes
 * through XML_ParserCreate_MM, the hash salt is set, and the debug output that
 * the rest is for needs environment variables.
 */
#pragma once

#include <stddef.h>

extern void *stderr; /* always NULL */

/* No memory: what is not for XML_ParserCreate_MM fails. */
void *malloc(size_t size);
void *realloc(void *ptr, size_t size);
void free(void *ptr);

/* No variable is set. */
char *getenv(const char *name);

/* No output, nothing parsed. */
int fputs(const char *text, void *stream);
size_t fwrite(const void *data, size_t size, size_t count, void *stream);
int __fprintf_chk(void *stream, int flag, const char *format, ...);
unsigned long strtoul(const char *text, char **end, int base);
int *__errno_location(void);

/* Not random: a salt that is never used, because each parse sets its own. */
void arc4random_buf(void *buf, size_t size);

/* A broken invariant or stack: end at an undefined instruction, which the
 * kernel binding reports with its address. */
_Noreturn void __assert_fail(const char *text, const char *file, unsigned line,
                             const char *function);
_Noreturn void __stack_chk_fail(void);
