/* SPDX-License-Identifier: MIT */
/*
 * The addresses of the program, and its memory: one dataspace, of which pieces
 * are mapped where it wants them. Small regions have memory at once, large ones
 * (stacks, arenas, what is only reserved) when they are touched, 256 KiB at a
 * time. What is given back is cleared when it is used again.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fief/component.h>

#include "errno.h"

/* Linux' numbers, which kif's rights are, too. */
enum { PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4 };

/* `bytes` of the component's quota for the program. */
FIEF_MUST enum fief_err memory_init(struct fief_env *, size_t bytes);

/*
 * Zeros for the program: at `at`, in place of what is there, or with 0 wherever
 * there is room -> the address. `at` and `len` are whole pages.
 */
FIEF_MUST enum linux_errno memory_map(uint64_t at, size_t len, unsigned prot,
                                      uint64_t *out);
FIEF_MUST enum linux_errno memory_unmap(uint64_t at, size_t len);
FIEF_MUST enum linux_errno memory_protect(uint64_t at, size_t len,
                                          unsigned prot);
/* Is nothing there? */
bool memory_is_free(uint64_t at, size_t len);

/* The same memory to us, to be filled whatever the program may: its pages from
 * `at` on, as many as lie together -> how many bytes. NULL: nothing is there, or
 * there is no memory. */
void *memory_own(uint64_t at, size_t len, size_t *got);

/* May the program do that with these bytes? Else EFAULT; to us they are then at
 * the same address. */
bool memory_valid(uint64_t at, size_t len, unsigned prot);
/* A text that ends within `size` bytes: its length, or -EFAULT, -ENAMETOOLONG. */
long memory_text(uint64_t at, size_t size);

static inline uint64_t page_up(uint64_t v)
{
	return (v + KIF_PAGE - 1) & ~(uint64_t)(KIF_PAGE - 1);
}
