/* SPDX-License-Identifier: MIT */
/* Positions of bits in words. */
#pragma once

#include <stdint.h>

/* Position of the highest set bit; 0 for 0. */
static inline unsigned bits_highest(uint64_t v)
{
	unsigned n = 0;

	for (unsigned step = 32; step; step /= 2)
		if (v >> step) {
			v >>= step;
			n += step;
		}
	return n;
}

/* Position of the lowest set bit; 0 for 0. */
static inline unsigned bits_lowest(uint64_t v)
{
	return bits_highest(v & -v);
}
