/* SPDX-License-Identifier: MIT */
/* memset: short fills by overlapping words, long ones by run. */
#include <lib/mem.h>

#include "copy.h"

enum { RUN_MIN = 256 };

void *memset(void *dst, int c, size_t n)
{
	const uint64_t word = 0x0101010101010101u * (unsigned char)c;
	char *d = dst;

	if (n >= RUN_MIN) {
		mem_fill_run(dst, (unsigned char)c, n);
		return dst;
	}
	if (n < 8) {
		while (n)
			d[--n] = (char)c;
		return dst;
	}
	mem_store64(d + n - 8, word);
	for (; n > 8; n -= 8, d += 8)
		mem_store64(d, word);
	return dst;
}
