/* SPDX-License-Identifier: MIT */
/* RAM source over a PD session. */

#include "env_ram.h"

#include <fief/kif_table.h>

#include <session/pd.h>

static enum fief_err env_ram_alloc(struct fief_ram *self, size_t bytes,
                                   void **addr, fief_cap *ds)
{
	struct fief_env_ram *r = (struct fief_env_ram *)self;
	struct pd_cap pd = { r->pd };
	struct dataspace_cap cap;
	enum fief_err e;

	e = pd_alloc_ram(pd, bytes, &cap);
	if (e)
		return e;
	e = fief_kif->map(cap.cap, 0, 0, NULL, KIF_READ | KIF_WRITE, addr);
	if (!e) {
		*ds = cap.cap;
		return FIEF_OK;
	}
	if (pd_free_ram(pd, cap))
		fief_kif->log("fief: cannot free RAM\n", 22);
	fief_kif->drop(cap.cap, 1);
	return e == FIEF_OUT_OF_CAPS ? e : FIEF_OUT_OF_RAM;
}

static void env_ram_free(struct fief_ram *self, void *addr, size_t bytes,
                         fief_cap ds)
{
	struct fief_env_ram *r = (struct fief_env_ram *)self;

	if (fief_kif->unmap(addr, bytes) ||
	    pd_free_ram((struct pd_cap){ r->pd }, (struct dataspace_cap){ ds }))
		fief_kif->log("fief: cannot free RAM\n", 22);
	fief_kif->drop(ds, 1);
}

void fief_env_ram_init(struct fief_env_ram *r, fief_cap pd)
{
	*r = (struct fief_env_ram){
		.ram = { .alloc = env_ram_alloc, .free = env_ram_free },
		.pd = pd,
	};
}
