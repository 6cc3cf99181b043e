/* SPDX-License-Identifier: MIT */
/* The common start and end of two texts of a config. */

#include "config_cut.h"

#include <lib/mem.h>

enum { WORD = sizeof(uint64_t) };

static bool words_same(const char *a, const char *b)
{
	return config_word(a) == config_word(b);
}

static size_t same_before(const char *a, const char *b, size_t max)
{
	size_t n = 0;

	while (n + WORD <= max && words_same(a + n, b + n))
		n += WORD;
	while (n < max && a[n] == b[n])
		n++;
	return n;
}

/* The same backwards, from the ends of both. */
static size_t same_after(const char *a, const char *b, size_t max)
{
	size_t n = 0;

	while (n + WORD <= max && words_same(a - n - WORD, b - n - WORD))
		n += WORD;
	while (n < max && a[-(ptrdiff_t)n - 1] == b[-(ptrdiff_t)n - 1])
		n++;
	return n;
}

/* Number of parts that end at or before `at`. */
static size_t parts_until(const struct config_text *t, size_t at)
{
	size_t low = 0, high = t->nparts;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (t->part[mid].to <= at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The first part from `low` on that begins at or after `at`. */
static size_t part_from(const struct config_text *t, size_t low, size_t at)
{
	size_t high = t->nparts;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (t->part[mid].from < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void common_find(struct config_cut *cut, const struct config_text *old,
                        const struct config_text *text)
{
	const size_t max = old->len < text->len ? old->len : text->len;
	const size_t before = same_before(old->bytes, text->bytes, max);
	const size_t after = same_after(old->bytes + old->len,
	                                text->bytes + text->len, max - before);
	size_t guard;

	*cut = (struct config_cut){
		.first = parts_until(old, before),
		.shift = (ptrdiff_t)text->len - (ptrdiff_t)old->len,
		.middle_end = text->len,
	};
	guard = part_from(old, cut->first, old->len - after);
	cut->guarded = guard < old->nparts;
	cut->end = guard + cut->guarded;
	if (cut->first)
		cut->middle = old->part[cut->first - 1].to;
	if (cut->guarded)
		cut->middle_end = old->part[guard].to + (size_t)cut->shift;
}

/* ---- the document ---- */

struct doc {
	char *bytes; /* NULL: only to be measured */
	size_t len;
	const char *text;
};

static void copy(struct doc *d, size_t from, size_t to)
{
	if (d->bytes)
		memcpy(d->bytes + d->len, d->text + from, to - from);
	d->len += to - from;
}

static bool blank(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r' &&
		    text[i] != '\n')
			return false;
	return true;
}

/* What stands between parts, from one to the one before `end`. */
static void gaps(struct doc *d, const struct config_text *old, size_t part,
                 size_t end, size_t shift)
{
	for (; part + 1 < end; part++) {
		const size_t from = old->part[part].to + shift;
		const size_t to = old->part[part + 1].from + shift;

		if (!blank(d->text + from, to - from))
			copy(d, from, to);
	}
}

/* Returns its length; tells where the middle and the guard are in it. */
static size_t doc_make(struct config_cut *cut, const struct config_text *old,
                       const struct config_text *text, char *bytes)
{
	struct doc d = { .bytes = bytes, .text = text->bytes };
	const size_t shift = (size_t)cut->shift;
	const struct config_part *guard;

	if (cut->first) {
		copy(&d, 0, old->part[0].from);
		gaps(&d, old, 0, cut->first, 0);
	}
	cut->middle_doc = d.len;
	copy(&d, cut->middle, cut->middle_end);
	if (!cut->guarded)
		return d.len;
	guard = &old->part[cut->end - 1];
	cut->guard = cut->middle_doc + (guard->from + shift - cut->middle);
	gaps(&d, old, cut->end - 1, old->nparts, shift);
	copy(&d, old->part[old->nparts - 1].to + shift, text->len);
	return d.len;
}

void config_cut_write(struct config_cut *cut, const struct config_text *old,
                      const struct config_text *text, char *doc)
{
	(void)doc_make(cut, old, text, doc);
}

bool config_cut_find(struct config_cut *cut, const struct config_text *old,
                     const struct config_text *text)
{
	common_find(cut, old, text);
	if (!cut->first && cut->end == old->nparts)
		return false;
	cut->doc_len = doc_make(cut, old, text, NULL);
	return true;
}
