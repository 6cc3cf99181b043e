/* SPDX-License-Identifier: MIT */
/*
 * Memory that is mapped: own RAM that is to be shared, and dataspaces that a
 * peer handed out. The size a peer tells is checked against the dataspace by
 * the kernel, so that nobody can make us touch memory that is not there.
 */
#pragma once

#include <fief/ram.h>

struct fief_attached_ram {
	struct fief_ram *ram; /* borrowed: outlives us; NULL: none */
	void *addr;           /* owned mapping */
	size_t bytes;
	fief_cap ds; /* owned: pass it on to share the memory */
};

/* Take zeroed RAM. Errors: those of the RAM source. */
FIEF_MUST enum fief_err fief_attached_ram_init(struct fief_attached_ram *a,
                                               struct fief_ram *ram,
                                               size_t bytes);

/* Give it back; whoever else mapped it reads zeros then. No effect on {0}. */
void fief_attached_ram_fini(struct fief_attached_ram *a);

struct fief_attached {
	void *addr; /* owned mapping; NULL: none */
	size_t bytes;
	fief_cap ds; /* owned */
};

/*
 * Map the first `bytes` of a foreign dataspace. Takes `ds` over, also on
 * failure. Errors: INVALID (it is none, or smaller), GONE, DENIED (rights),
 * LIMIT. May block on core.
 */
FIEF_MUST enum fief_err fief_attach(struct fief_attached *a, fief_cap ds,
                                    uint64_t bytes, unsigned rights);

/* Unmap and drop. No effect on {0}. */
void fief_detach(struct fief_attached *a);
