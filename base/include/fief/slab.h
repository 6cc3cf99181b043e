/* SPDX-License-Identifier: MIT */
/*
 * Slab: many objects of one size, taken from another allocator in groups.
 * Allocation and release take constant time. A group that became empty goes
 * back, except for one that is kept.
 */
#pragma once

#include <fief/alloc.h>
#include <lib/list.h>

struct fief_slab {
	struct fief_alloc alloc;    /* the interface: sizes up to `size` */
	struct fief_alloc *backing; /* borrowed: outlives the slab */
	size_t size;                /* bytes of an object, rounded up */
	unsigned per_group;
	struct list partial; /* owned: groups with free objects */
	struct list full;    /* owned: groups without */
	unsigned empty;      /* groups in `partial` that are all free */
};

/* Objects of `size` bytes, `per_group` (not 0) allocated at once. */
void fief_slab_init(struct fief_slab *s, struct fief_alloc *backing,
                    size_t size, unsigned per_group);

/* Give all memory back. All objects still allocated are gone. */
void fief_slab_fini(struct fief_slab *s);
