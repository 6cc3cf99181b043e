/* SPDX-License-Identifier: MIT */
/* Messages, memory and time for the files of `fief`. */

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <fief/exit_code.h>
#include <lib/utf8.h>

#include "util.h"

void util_error(const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	fprintf(stderr, "fief: %s\n", text ? text : "out of memory");
	free(text);
}

static void *check(void *p)
{
	if (!p) {
		util_error("out of memory");
		exit(FIEF_EXIT_FRAMEWORK);
	}
	return p;
}

void *util_alloc(size_t bytes)
{
	return check(calloc(1, bytes ? bytes : 1));
}

void *util_grow(void *old, size_t bytes)
{
	return check(realloc(old, bytes ? bytes : 1));
}

char *util_text(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	return check(text);
}

int64_t util_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t util_earlier(int64_t a, int64_t b)
{
	if (a == UTIL_NEVER || b == UTIL_NEVER)
		return a == UTIL_NEVER ? b : a;
	return a < b ? a : b;
}

int util_poll_ms(int64_t deadline)
{
	enum { LONGEST = 1000000 };
	int64_t left;

	if (deadline == UTIL_NEVER)
		return -1;
	left = deadline - util_now_ms();
	if (left < 0)
		return 0;
	return left > LONGEST ? LONGEST : (int)left + 1;
}

void util_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool control(uint32_t c)
{
	return (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0);
}

static size_t filter_text(char *out, const char *text, size_t len, bool escape)
{
	uint32_t c = 0;
	size_t at = 0;

	for (size_t i = 0; i < len;) {
		size_t n = utf8_decode(text + i, len - i, &c);

		if (!n) {
			at += utf8_encode(out + at, UTF8_REPLACEMENT);
			i++;
			continue;
		}
		if (escape && control(c))
			at += (size_t)sprintf(out + at, "\\x%02x", c);
		else
			at += utf8_encode(out + at, c);
		i += n;
	}
	out[at] = '\0';
	return at;
}

size_t util_safe_text(char *out, const char *text, size_t len)
{
	return filter_text(out, text, len, true);
}

size_t util_utf8_text(char *out, const char *text, size_t len)
{
	return filter_text(out, text, len, false);
}

char *util_safe(const char *text)
{
	char *out = util_alloc(strlen(text) * UTIL_SAFE_GROWTH + 1);

	util_safe_text(out, text, strlen(text));
	return out;
}

char *util_utf8(const char *text)
{
	char *out = util_alloc(strlen(text) * UTIL_SAFE_GROWTH + 1);

	util_utf8_text(out, text, strlen(text));
	return out;
}

void util_bytes(char out[16], uint64_t n)
{
	static const char unit[] = " KMGT";
	double v = (double)n;
	size_t u = 0;

	while (v >= 1024 && u < sizeof(unit) - 2) {
		v /= 1024;
		u++;
	}
	if (!u)
		snprintf(out, 16, "%llu", (unsigned long long)n);
	else
		snprintf(out, 16, v < 10 && v != (int)v ? "%.1f%c" : "%.0f%c",
		         v, unit[u]);
}

void util_time(char *out, int64_t us)
{
	const time_t t = us / 1000000;
	struct tm tm;
	size_t n;

	gmtime_r(&t, &tm);
	n = strftime(out, 32, "%Y-%m-%dT%H:%M:%S", &tm);
	sprintf(out + n, ".%06dZ", (int)(us % 1000000));
}

bool util_colour(int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(fd) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}
