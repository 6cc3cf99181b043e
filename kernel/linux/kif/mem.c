/* SPDX-License-Identifier: MIT */
/* memcpy and memset of the kif image. */

#include "mem.h"

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	void *d = to;

	__asm__ volatile("rep movsb"
	                 : "+D"(d), "+S"(from), "+c"(n)
	                 :
	                 : "memory");
	return to;
}

void *memset(void *to, int byte, size_t n)
{
	void *d = to;

	__asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(byte) : "memory");
	return to;
}
