/* SPDX-License-Identifier: MIT */
/*
 * RAM source: where allocators get dataspaces that are mapped and ready to
 * use. The runtime implements it over the PD session; tests implement it over
 * malloc. One allocation costs its bytes, rounded up to pages, and one
 * capability.
 */
#pragma once

#include <stddef.h>

#include <fief/kif.h>

struct fief_ram {
	/*
	 * Allocate and map `bytes` (not 0), zeroed and page-aligned. The
	 * caller owns both the mapping and the dataspace until `free`.
	 * Errors: OUT_OF_RAM, OUT_OF_CAPS, DENIED. May block on core.
	 */
	enum fief_err (*alloc)(struct fief_ram *self, size_t bytes, void **addr,
	                       fief_cap *ds);
	/* Unmap and free what one `alloc` returned. */
	void (*free)(struct fief_ram *self, void *addr, size_t bytes,
	             fief_cap ds);
};

FIEF_MUST static inline enum fief_err
fief_ram_alloc(struct fief_ram *r, size_t bytes, void **addr, fief_cap *ds)
{
	return r->alloc(r, bytes, addr, ds);
}

static inline void fief_ram_free(struct fief_ram *r, void *addr, size_t bytes,
                                 fief_cap ds)
{
	r->free(r, addr, bytes, ds);
}
