/* SPDX-License-Identifier: MIT */
/*
 * How often something may happen that others can cause: `max` times within a
 * window, which begins with the first time. What is beyond that is counted, so
 * that it can be told. Starts as all zero.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct rate_limit {
	uint64_t since; /* the window began */
	uint64_t left_out;
	unsigned used;
};

/* May it happen once more? `now` never goes back. */
static inline bool rate_limit_take(struct rate_limit *l, unsigned max,
                                   uint64_t window, uint64_t now)
{
	if (!l->used || now - l->since >= window) {
		l->since = now;
		l->used = 0;
	}
	if (l->used < max) {
		l->used++;
		return true;
	}
	l->left_out++;
	return false;
}

/* How often it did not since the last time this was asked. */
static inline uint64_t rate_limit_left_out(struct rate_limit *l)
{
	const uint64_t n = l->left_out;

	l->left_out = 0;
	return n;
}
