/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic on sizes that come from a peer or a file: each function tells
 * whether the exact result fits, and leaves `*out` untouched if it does not.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fief/compiler.h>

FIEF_MUST static inline bool checked_add(size_t a, size_t b, size_t *out)
{
	if (a > SIZE_MAX - b)
		return false;
	*out = a + b;
	return true;
}

FIEF_MUST static inline bool checked_sub(size_t a, size_t b, size_t *out)
{
	if (a < b)
		return false;
	*out = a - b;
	return true;
}

FIEF_MUST static inline bool checked_mul(size_t a, size_t b, size_t *out)
{
	if (b && a > SIZE_MAX / b)
		return false;
	*out = a * b;
	return true;
}

FIEF_MUST static inline bool checked_add_u64(uint64_t a, uint64_t b,
                                             uint64_t *out)
{
	if (a > UINT64_MAX - b)
		return false;
	*out = a + b;
	return true;
}

FIEF_MUST static inline bool checked_mul_u64(uint64_t a, uint64_t b,
                                             uint64_t *out)
{
	if (b && a > UINT64_MAX / b)
		return false;
	*out = a * b;
	return true;
}

/* Round up to a multiple of `align`, a power of two. */
FIEF_MUST static inline bool checked_align(size_t n, size_t align, size_t *out)
{
	if (n > SIZE_MAX - (align - 1))
		return false;
	*out = (n + align - 1) & ~(align - 1);
	return true;
}

/* Do the `len` bytes at `off` lie within an object of `size` bytes? */
static inline bool checked_range(uint64_t off, uint64_t len, uint64_t size)
{
	return off <= size && len <= size - off;
}
