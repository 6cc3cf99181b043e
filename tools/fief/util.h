/* SPDX-License-Identifier: MIT */
/* Messages, memory and time for the files of `fief`. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fief/compiler.h>

/* "fief: ..." on standard error. */
void util_error(const char *format, ...) FIEF_PRINTF(1, 2);

/* Zeroed memory, or a grown block; without memory the program ends. */
void *util_alloc(size_t bytes);
void *util_grow(void *old, size_t bytes);

/* A formatted text; the caller frees it. */
char *util_text(const char *format, ...) FIEF_PRINTF(1, 2);

/* Milliseconds on a clock that never goes back. */
int64_t util_now_ms(void);

enum { UTIL_NEVER = -1 }; /* as a deadline */

/* The earlier of two deadlines. */
int64_t util_earlier(int64_t a, int64_t b);

/* What poll(2) shall wait until that deadline. */
int util_poll_ms(int64_t deadline);

/* Close a descriptor if it is one, and forget it. */
void util_close(int *fd);

/* Text for a terminal or a line-based format: invalid UTF-8 becomes U+FFFD,
 * control characters but tab become \xNN, so that no component can send a
 * terminal escape sequences or fake another one's line. The result is
 * terminated and at most UTIL_SAFE_GROWTH times as long. */
enum { UTIL_SAFE_GROWTH = 8 };
size_t util_safe_text(char *out, const char *text, size_t len);

/* Valid UTF-8 for JSON, which escapes control characters itself. */
size_t util_utf8_text(char *out, const char *text, size_t len);

/* The same, as texts that the caller frees. */
char *util_safe(const char *text);
char *util_utf8(const char *text);

/* Bytes as people read them: 4.5M. */
void util_bytes(char out[16], uint64_t n);

/* UTC, RFC 3339, microseconds; from those since 1970. In 40 bytes. */
void util_time(char *out, int64_t us);

/* May people look at colours on this descriptor? */
bool util_colour(int fd);
