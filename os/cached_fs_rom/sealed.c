/* SPDX-License-Identifier: MIT */
/* A dataspace: mapped, filled, unmapped, sealed. */

#include "sealed.h"

#include <fief/kif_table.h>
#include <fief/log.h>
#include <session/pd.h>

enum fief_err sealed_init(struct sealed *s, struct fief_env *env, size_t bytes)
{
	struct sealed n = { .bytes = bytes };
	const enum fief_err e = fief_ram_alloc(env->ram, bytes, &n.addr, &n.ds);

	if (!e)
		*s = n;
	return e;
}

enum fief_err sealed_seal(struct sealed *s, struct fief_env *env)
{
	const enum fief_err e = fief_kif->unmap(s->addr, s->bytes);

	if (e)
		return e;
	s->addr = NULL;
	return pd_seal((struct pd_cap){ env->pd },
	               (struct dataspace_cap){ s->ds });
}

void sealed_fini(struct sealed *s, struct fief_env *env)
{
	if (!s->bytes)
		return;
	if (s->addr && fief_kif->unmap(s->addr, s->bytes))
		fief_error("cannot unmap a file");
	if (pd_free_ram((struct pd_cap){ env->pd },
	                (struct dataspace_cap){ s->ds }))
		fief_error("cannot free a file");
	fief_kif->drop(s->ds, 1);
	*s = (struct sealed){ 0 };
}
