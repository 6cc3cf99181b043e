/* SPDX-License-Identifier: MIT */
/* Order of numbers, for medians and percentiles of measurements. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Ascending, in place, without memory; D. L. Shell, "A High-Speed Sorting
 * Procedure", 1959. Fast enough for some ten thousand. */
static inline void sort_u32(uint32_t *v, size_t n)
{
	for (size_t gap = n / 2; gap; gap /= 2)
		for (size_t i = gap; i < n; i++)
			for (size_t k = i; k >= gap && v[k - gap] > v[k];
			     k -= gap) {
				uint32_t t = v[k];

				v[k] = v[k - gap];
				v[k - gap] = t;
			}
}
