/* SPDX-License-Identifier: MIT */
/* Mapped memory. */

#include <fief/attached.h>

#include <fief/kif_table.h>
#include <lib/checked.h>

enum fief_err fief_attached_ram_init(struct fief_attached_ram *a,
                                     struct fief_ram *ram, size_t bytes)
{
	struct fief_attached_ram n = { .ram = ram, .bytes = bytes };
	enum fief_err e = fief_ram_alloc(ram, bytes, &n.addr, &n.ds);

	if (!e)
		*a = n;
	return e;
}

void fief_attached_ram_fini(struct fief_attached_ram *a)
{
	if (!a->ram)
		return;
	fief_ram_free(a->ram, a->addr, a->bytes, a->ds);
	*a = (struct fief_attached_ram){ 0 };
}

enum fief_err fief_attach(struct fief_attached *a, fief_cap ds, uint64_t bytes,
                          unsigned rights)
{
	enum fief_err e = FIEF_INVALID;
	size_t mapped;
	void *addr;

	if (ds != FIEF_CAP_NULL && bytes &&
	    checked_align(bytes, KIF_PAGE, &mapped))
		e = fief_kif->map(ds, 0, mapped, NULL, rights, &addr);
	if (e) {
		fief_kif->drop(ds, 1);
		return e;
	}
	*a = (struct fief_attached){ addr, bytes, ds };
	return FIEF_OK;
}

void fief_detach(struct fief_attached *a)
{
	if (!a->addr)
		return;
	if (fief_kif->unmap(a->addr, a->bytes))
		fief_kif->log("fief: cannot unmap\n", 19);
	fief_kif->drop(a->ds, 1);
	*a = (struct fief_attached){ 0 };
}
