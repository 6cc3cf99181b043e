/* SPDX-License-Identifier: MIT */
/* The last records of a running system. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "journal.h"
#include "util.h"

struct journal_entry {
	struct journal_entry *next;
	uint64_t number;
	int64_t time_us;
	size_t len;
	char line[]; /* label, tab, text, newline */
};

void journal_init(struct journal *j, size_t max, size_t max_bytes)
{
	*j = (struct journal){ .max = max, .max_bytes = max_bytes, .next = 1 };
}

static void drop_first(struct journal *j)
{
	struct journal_entry *e = j->first;

	j->first = e->next;
	if (!j->first)
		j->last = NULL;
	j->count--;
	j->bytes -= e->len;
	free(e);
}

void journal_fini(struct journal *j)
{
	while (j->first)
		drop_first(j);
}

static int64_t now_us(void)
{
	struct timeval t;

	gettimeofday(&t, NULL);
	return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

void journal_add(struct journal *j, const char *label, size_t label_len,
                 const char *text, size_t text_len)
{
	const size_t len = label_len + text_len + 2;
	struct journal_entry *e = util_alloc(sizeof(*e) + len);

	*e = (struct journal_entry){ .number = j->next++,
		                     .time_us = now_us(),
		                     .len = len };
	memcpy(e->line, label, label_len);
	for (size_t i = 0; i < label_len; i++)
		if ((unsigned char)e->line[i] < ' ')
			e->line[i] = '?';
	e->line[label_len] = '\t';
	memcpy(e->line + label_len + 1, text, text_len);
	e->line[len - 1] = '\n';
	if (j->last)
		j->last->next = e;
	else
		j->first = e;
	j->last = e;
	j->count++;
	j->bytes += len;
	while (j->count > j->max || j->bytes > j->max_bytes)
		drop_first(j);
}

void journal_print(const struct journal *j, uint64_t from, struct output *out)
{
	char head[64];
	int n = snprintf(head, sizeof(head),
	                 "journal\t%" PRIu64 "\t%" PRIu64 "\n", j->next,
	                 j->first ? j->first->number : j->next);

	output_add(out, head, (size_t)n);
	for (const struct journal_entry *e = j->first; e; e = e->next) {
		if (e->number < from)
			continue;
		n = snprintf(head, sizeof(head), "%" PRIu64 "\t%" PRId64 "\t",
		             e->number, e->time_us);
		output_add(out, head, (size_t)n);
		output_add(out, e->line, e->len);
	}
}
