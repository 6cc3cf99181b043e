/* SPDX-License-Identifier: MIT */
/*
 * Join the segments of a message and straighten its far pointers. Only far
 * pointers cross segments, so joining leaves all other offsets right.
 */
#include "request.h"

#include <string.h>

#include "util.h"

enum {
	SEGMENTS_MAX = 512,
	WORDS_MAX = 1 << 24, /* 128 MiB of schema */
	DEPTH_MAX = 64
};

struct joined {
	uint64_t *w;
	size_t words;
	size_t start[SEGMENTS_MAX + 1];
	size_t segments;
	size_t budget; /* pointers that may still be visited */
};

static uint32_t read_u32(FILE *f)
{
	unsigned char b[4];

	if (fread(b, 1, 4, f) != 4)
		fatal("the request ends early");
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
	       (uint32_t)b[3] << 24;
}

static void join(FILE *f, struct joined *j)
{
	j->segments = (size_t)read_u32(f) + 1;
	if (j->segments == 0 || j->segments > SEGMENTS_MAX)
		fatal("the request has too many segments");
	for (size_t i = 0; i < j->segments; i++) {
		j->start[i] = j->words;
		j->words += read_u32(f);
		if (j->words > WORDS_MAX)
			fatal("the request is too large");
	}
	j->start[j->segments] = j->words;
	if (j->segments % 2 == 0)
		(void)read_u32(f);
	j->w = arena_alloc(j->words + 1, sizeof(*j->w));
	if (fread(j->w, 8, j->words, f) != j->words)
		fatal("the request ends early");
}

/* Where the plain pointer at `at` leads. */
static size_t target(const struct joined *j, size_t at)
{
	int64_t offset = (int64_t)((uint32_t)j->w[at] >> 2);
	int64_t to;

	if (offset >= INT64_C(1) << 29)
		offset -= INT64_C(1) << 30;
	to = (int64_t)at + 1 + offset;
	if (to < 0 || (size_t)to > j->words)
		fatal("the request is malformed: offset");
	return (size_t)to;
}

static void check(const struct joined *j, size_t at, uint64_t words)
{
	if (at > j->words || words > j->words - at)
		fatal("the request is malformed: bounds");
}

/* Make the far pointer at `at` a plain one. */
static void straighten(struct joined *j, size_t at)
{
	uint64_t p = j->w[at];
	uint32_t segment = (uint32_t)(p >> 32);
	size_t pad, to;

	if (segment >= j->segments)
		fatal("the request is malformed: segment");
	pad = j->start[segment] + ((uint32_t)p >> 3);
	check(j, pad, p & 4 ? 2 : 1);
	if (p & 4) {
		uint64_t far = j->w[pad];

		if ((far & 7) != 2 || far >> 32 >= j->segments)
			fatal("the request is malformed: landing pad");
		to = j->start[far >> 32] + ((uint32_t)far >> 3);
		p = j->w[pad + 1];
	} else {
		p = j->w[pad];
		to = target(j, pad);
	}
	if ((p & 3) > 1)
		fatal("the request is malformed: landing pad");
	j->w[at] = (p & ~UINT64_C(0xfffffffc)) |
	           ((((uint64_t)to - at - 1) << 2) & UINT64_C(0xfffffffc));
}

/* Recursion is bounded by DEPTH_MAX, work by the budget. */
static void visit(struct joined *j, size_t at, unsigned depth);

static void visit_many(struct joined *j, size_t at, size_t n, unsigned depth)
{
	check(j, at, n);
	for (size_t i = 0; i < n; i++)
		visit(j, at + i, depth);
}

static void visit_composite(struct joined *j, size_t at, unsigned depth)
{
	uint64_t tag;
	size_t count, data, ptrs;

	check(j, at, 1);
	tag = j->w[at];
	count = (uint32_t)tag >> 2;
	data = tag >> 32 & 0xffff;
	ptrs = tag >> 48;
	check(j, at + 1, (data + ptrs) * count);
	for (size_t i = 0; ptrs && i < count; i++)
		visit_many(j, at + 1 + i * (data + ptrs) + data, ptrs, depth);
}

static void visit(struct joined *j, size_t at, unsigned depth)
{
	uint64_t p;
	size_t to;

	if (j->w[at] == 0)
		return;
	if (depth > DEPTH_MAX || j->budget-- == 0)
		fatal("the request is malformed: depth");
	if ((j->w[at] & 3) == 2)
		straighten(j, at);
	p = j->w[at];
	if ((p & 3) == 3)
		return;
	to = target(j, at);
	if ((p & 3) == 0)
		visit_many(j, to + (p >> 32 & 0xffff), p >> 48, depth + 1);
	else if ((p >> 32 & 7) == 7)
		visit_composite(j, to, depth + 1);
	else if ((p >> 32 & 7) == 6)
		visit_many(j, to, p >> 35, depth + 1);
}

uint64_t *request_read(FILE *f, size_t *bytes)
{
	struct joined *j = arena_alloc(1, sizeof(*j));

	join(f, j);
	j->budget = 4 * j->words;
	if (j->words == 0)
		fatal("the request is empty");
	visit(j, 0, 0);
	*bytes = j->words * 8;
	return j->w;
}
