/* SPDX-License-Identifier: MIT */
/* memcpy and memmove: short copies by overlapping words, long ones by run. */
#include <lib/mem.h>

#include "copy.h"

enum { RUN_MIN = 256 };

/* All loads come before the stores: the regions may overlap. */
static void copy_upto_16(char *d, const char *s, size_t n)
{
	if (n >= 8) {
		const uint64_t a = mem_load64(s), b = mem_load64(s + n - 8);

		mem_store64(d, a);
		mem_store64(d + n - 8, b);
	} else if (n >= 4) {
		const uint32_t a = mem_load32(s), b = mem_load32(s + n - 4);

		mem_store32(d, a);
		mem_store32(d + n - 4, b);
	} else if (n >= 2) {
		const uint16_t a = mem_load16(s), b = mem_load16(s + n - 2);

		mem_store16(d, a);
		mem_store16(d + n - 2, b);
	} else if (n == 1) {
		*d = *s;
	}
}

/* More than 16 bytes, ascending; correct with overlap where d is below s. */
static void copy_up(char *d, const char *s, size_t n)
{
	const uint64_t tail0 = mem_load64(s + n - 16);
	const uint64_t tail1 = mem_load64(s + n - 8);
	char *const end = d + n;

	for (; n > 16; n -= 16, d += 16, s += 16) {
		const uint64_t a = mem_load64(s), b = mem_load64(s + 8);

		mem_store64(d, a);
		mem_store64(d + 8, b);
	}
	mem_store64(end - 16, tail0);
	mem_store64(end - 8, tail1);
}

/* More than 16 bytes, descending; correct with overlap where d is above s. */
static void copy_down(char *d, const char *s, size_t n)
{
	const uint64_t head0 = mem_load64(s);
	const uint64_t head1 = mem_load64(s + 8);

	for (; n > 16; n -= 16) {
		const uint64_t a = mem_load64(s + n - 8);
		const uint64_t b = mem_load64(s + n - 16);

		mem_store64(d + n - 8, a);
		mem_store64(d + n - 16, b);
	}
	mem_store64(d, head0);
	mem_store64(d + 8, head1);
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	if (n <= 16)
		copy_upto_16(dst, src, n);
	else if (n < RUN_MIN)
		copy_up(dst, src, n);
	else
		mem_copy_run(dst, src, n);
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	const uintptr_t gap = (uintptr_t)dst - (uintptr_t)src;

	if (n <= 16)
		copy_upto_16(dst, src, n);
	else if (gap < n)
		copy_down(dst, src, n);
	else if (n < RUN_MIN)
		copy_up(dst, src, n);
	else
		mem_copy_run(dst, src, n);
	return dst;
}
