/* SPDX-License-Identifier: MIT */
/* Lines in a row: number, length, text; the oldest at the begin. */

#include "lines.h"

#include <assert.h>

#include <lib/mem.h>

static_assert(LINE_COST == sizeof(uint64_t) + sizeof(uint16_t), "LINE_COST");
static_assert(LINE_MAX + LINE_COST <= LINES_BYTES, "a line fits");

static size_t line_bytes(const struct lines *l, size_t at)
{
	uint16_t len;

	memcpy(&len, l->bytes + at + sizeof(uint64_t), sizeof(len));
	return LINE_COST + (size_t)len;
}

/* Make room for `bytes`, which fit. */
static void room_make(struct lines *l, size_t bytes)
{
	size_t gone = 0;

	while (l->used - gone + bytes > LINES_BYTES) {
		gone += line_bytes(l, gone);
		l->dropped++;
	}
	memmove(l->bytes, l->bytes + gone, l->used - gone);
	l->used -= (uint32_t)gone;
}

void lines_add(struct lines *l, uint64_t number, const char *text, size_t len)
{
	const uint16_t kept = (uint16_t)(len < LINE_MAX ? len : LINE_MAX);
	unsigned char *at;

	room_make(l, LINE_COST + (size_t)kept);
	at = l->bytes + l->used;
	memcpy(at, &number, sizeof(number));
	memcpy(at + sizeof(number), &kept, sizeof(kept));
	if (kept)
		memcpy(at + LINE_COST, text, kept);
	l->used += LINE_COST + (uint32_t)kept;
}

size_t lines_next(const struct lines *l, size_t at, struct line *out)
{
	if (at >= l->used)
		return 0;
	memcpy(&out->number, l->bytes + at, sizeof(out->number));
	out->text = (const char *)l->bytes + at + LINE_COST;
	out->len = line_bytes(l, at) - LINE_COST;
	return at + LINE_COST + out->len;
}
