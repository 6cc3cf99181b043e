/* SPDX-License-Identifier: MIT */
/*
 * Memory and string functions of freestanding code, with the names and
 * prototypes of ISO C because compilers emit calls to some of them. Component
 * images link lib/mem/; hosted programs get the same functions from libc.
 */
#pragma once

#include <stddef.h>

/* Copy n bytes between regions that do not overlap. Returns `dst`. */
void *memcpy(void *restrict dst, const void *restrict src, size_t n);

/* Copy n bytes; the regions may overlap. Returns `dst`. */
void *memmove(void *dst, const void *src, size_t n);

/* Set n bytes to (unsigned char)c. Returns `dst`. */
void *memset(void *dst, int c, size_t n);

/* Order of the first n bytes: negative, 0 or positive. */
int memcmp(const void *a, const void *b, size_t n);

/* First byte that equals (unsigned char)c among n; NULL if none does. */
void *memchr(const void *s, int c, size_t n);

/* Bytes before the terminating zero; strnlen reads at most n bytes. */
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t n);

/* Order of two strings, of their first n bytes with strncmp. */
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

/* First or last occurrence of (char)c, the terminating zero included. */
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);

/* First occurrence of `needle` in `s`; NULL if there is none. */
char *strstr(const char *s, const char *needle);
