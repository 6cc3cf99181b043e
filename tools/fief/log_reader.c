/* SPDX-License-Identifier: MIT */
/* Records from core to lines. */

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "log_reader.h"
#include "util.h"

enum {
	RECORD_SEPARATOR = 0x1e,
	UNIT_SEPARATOR = 0x1f,
	RECORD_MAX = 4096, /* core writes at most PIPE_BUF at once */
	BUFFER = 16 * RECORD_MAX,
};

void log_reader_init(struct log_reader *r, int fd)
{
	*r = (struct log_reader){ .fd = fd, .buf = util_alloc(BUFFER) };
}

void log_reader_fini(struct log_reader *r)
{
	free(r->buf);
	r->buf = NULL;
}

static void print_time(char *out)
{
	struct timeval t;

	gettimeofday(&t, NULL);
	util_time(out, (int64_t)t.tv_sec * 1000000 + t.tv_usec);
}

static void print_json(struct log_reader *r, const char *label, size_t llen,
                       const char *text, size_t tlen)
{
	static char l[RECORD_MAX * UTIL_SAFE_GROWTH];
	static char t[RECORD_MAX * UTIL_SAFE_GROWTH];
	char time[40], *line;
	json_t *object;

	print_time(time);
	util_utf8_text(l, label, llen);
	util_utf8_text(t, text, tlen);
	object = json_pack("{ssssss}", "time", time, "label", l, "text", t);
	line = object ? json_dumps(object, JSON_COMPACT) : NULL;
	if (line) {
		output_add(r->out, line, strlen(line));
		output_add(r->out, "\n", 1);
	}
	free(line);
	json_decref(object);
}

static void print_line(struct log_reader *r, const char *line, size_t prefix)
{
	static const char on[] = "\033[36m", off[] = "\033[0m";

	if (r->style.colour)
		output_add(r->out, on, sizeof(on) - 1);
	output_add(r->out, line, prefix);
	if (r->style.colour)
		output_add(r->out, off, sizeof(off) - 1);
	output_add(r->out, line + prefix, strlen(line) - prefix);
	output_add(r->out, "\n", 1);
}

/* A label has no control characters, so this is none of a line. */
static void event(struct log_reader *r, const char *text, size_t len)
{
	char *copy = util_text("%.*s", (int)len - 1, text + 1);
	char *label = strchr(copy, UNIT_SEPARATOR), *code = NULL;

	if (label) {
		*label++ = '\0';
		code = strchr(label, UNIT_SEPARATOR);
	}
	if (code) {
		*code++ = '\0';
		r->listener->event(r->listener->ctx, copy, label, atoi(code));
	}
	free(copy);
}

static void plain(struct log_reader *r, const char *text, size_t len)
{
	static char line[2 * RECORD_MAX * UTIL_SAFE_GROWTH + 8];
	const char *sep = memchr(text, UNIT_SEPARATOR, len);
	size_t llen = sep ? (size_t)(sep - text) : 0, at = 0, prefix;

	if (sep) {
		text = sep + 1;
		len -= llen + 1;
	}
	line[at++] = '[';
	at += util_safe_text(line + at, sep ? text - llen - 1 : "?",
	                     sep ? llen : 1);
	line[at++] = ']';
	prefix = at;
	line[at++] = ' ';
	util_safe_text(line + at, text, len);
	if (!r->style.quiet && r->style.json)
		print_json(r, sep ? text - llen - 1 : "?", sep ? llen : 1, text,
		           len);
	else if (!r->style.quiet)
		print_line(r, line, prefix);
	if (r->until && !r->matched)
		r->matched = !regexec(r->until, line, 0, NULL, 0);
	if (r->listener)
		r->listener->line(r->listener->ctx, sep ? text - llen - 1 : "?",
		                  sep ? llen : 1, text, len);
}

static void record(struct log_reader *r, const char *text, size_t len)
{
	if (!len || *text != RECORD_SEPARATOR)
		plain(r, text, len);
	else if (r->listener)
		event(r, text, len);
}

static void records(struct log_reader *r)
{
	char *from = r->buf, *end = r->buf + r->len, *nl;

	while ((nl = memchr(from, '\n', (size_t)(end - from)))) {
		record(r, from, (size_t)(nl - from));
		from = nl + 1;
	}
	r->len = (size_t)(end - from);
	memmove(r->buf, from, r->len);
	if (r->len >= RECORD_MAX) { /* not from core as we know it */
		record(r, r->buf, RECORD_MAX - 1);
		r->len = 0;
	}
}

bool log_reader_read(struct log_reader *r)
{
	ssize_t n = read(r->fd, r->buf + r->len, BUFFER - r->len);

	if (n > 0) {
		r->len += (size_t)n;
		records(r);
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}
