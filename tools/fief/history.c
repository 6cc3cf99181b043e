/* SPDX-License-Identifier: MIT */
/* The configurations that a running system had. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "history.h"
#include "util.h"

static void forget(struct history *h)
{
	h->bytes -= h->entry[0].len;
	free(h->entry[0].origin);
	free(h->entry[0].text);
	h->count--;
	memmove(h->entry, h->entry + 1, h->count * sizeof(h->entry[0]));
}

/* One line for a list, whatever a file is called. */
static char *origin_text(const char *origin)
{
	char *safe = util_safe(origin);

	for (char *c = safe; *c; c++)
		if (*c == '\t')
			*c = ' ';
	return safe;
}

void history_add(struct history *h, const char *origin, const char *text,
                 size_t len, uint64_t same_as)
{
	struct history_entry *e;
	struct timeval t;

	while (h->count == HISTORY_MAX ||
	       (h->count && h->bytes + len > HISTORY_BYTES))
		forget(h);
	gettimeofday(&t, NULL);
	e = &h->entry[h->count++];
	*e = (struct history_entry){
		.number = ++h->made,
		.same_as = same_as ? same_as : h->made,
		.time_us = (int64_t)t.tv_sec * 1000000 + t.tv_usec,
		.origin = origin_text(origin),
		.text = util_alloc(len + 1),
		.len = len,
	};
	memcpy(e->text, text, len);
	h->bytes += len;
}

void history_fini(struct history *h)
{
	while (h->count)
		forget(h);
}

const struct history_entry *history_find(const struct history *h,
                                         uint64_t number)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->entry[i].number == number)
			return &h->entry[i];
	return NULL;
}

const struct history_entry *history_last(const struct history *h)
{
	return h->count ? &h->entry[h->count - 1] : NULL;
}

void history_print(const struct history *h, struct output *out)
{
	for (size_t i = 0; i < h->count; i++) {
		const struct history_entry *e = &h->entry[i];
		char *line = util_text(
			"%" PRIu64 "\t%" PRIu64 "\t%" PRId64 "\t%zu\t%s\n",
			e->number, e->same_as, e->time_us, e->len, e->origin);

		output_add(out, line, strlen(line));
		free(line);
	}
}
