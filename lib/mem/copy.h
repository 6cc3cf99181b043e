/* SPDX-License-Identifier: MIT */
/*
 * What the machine is good at: unaligned words and string instructions
 * (x86-64). The only file of lib that uses assembly and type attributes.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Words at any address that may alias any type. */
struct mem_word64 {
	uint64_t v;
} __attribute__((packed, may_alias));

struct mem_word32 {
	uint32_t v;
} __attribute__((packed, may_alias));

struct mem_word16 {
	uint16_t v;
} __attribute__((packed, may_alias));

static inline uint64_t mem_load64(const void *p)
{
	return ((const struct mem_word64 *)p)->v;
}

static inline uint32_t mem_load32(const void *p)
{
	return ((const struct mem_word32 *)p)->v;
}

static inline uint16_t mem_load16(const void *p)
{
	return ((const struct mem_word16 *)p)->v;
}

static inline void mem_store64(void *p, uint64_t v)
{
	((struct mem_word64 *)p)->v = v;
}

static inline void mem_store32(void *p, uint32_t v)
{
	((struct mem_word32 *)p)->v = v;
}

static inline void mem_store16(void *p, uint16_t v)
{
	((struct mem_word16 *)p)->v = v;
}

/* Ascending copy by microcode: fast for long runs, 20+ cycles to start. */
static inline void mem_copy_run(void *dst, const void *src, size_t n)
{
	__asm__ volatile("rep movsb"
	                 : "+D"(dst), "+S"(src), "+c"(n)
	                 :
	                 : "memory");
}

static inline void mem_fill_run(void *dst, unsigned char c, size_t n)
{
	__asm__ volatile("rep stosb" : "+D"(dst), "+c"(n) : "a"(c) : "memory");
}
