/* SPDX-License-Identifier: MIT */
/* A ROM session with its content mapped. */

#include <fief/rom.h>

#include <fief/kif_table.h>
#include <session/rom.h>

static struct rom_cap rom_of(const struct fief_rom *r)
{
	return (struct rom_cap){ r->session.cap };
}

static void rom_detach(struct fief_rom *r)
{
	if (r->data && fief_kif->unmap((void *)(uintptr_t)r->data, r->mapped))
		fief_kif->log("fief: cannot unmap ROM\n", 23);
	fief_kif->drop(r->ds, 1);
	r->data = NULL;
	r->size = r->mapped = 0;
	r->ds = FIEF_CAP_NULL;
}

static enum fief_err rom_attach(struct fief_rom *r)
{
	struct dataspace_cap ds;
	enum fief_err e;
	uint64_t size;
	void *at;

	e = rom_dataspace(rom_of(r), &ds, &size);
	if (e || ds.cap == FIEF_CAP_NULL)
		return e;
	e = fief_kif->map(ds.cap, 0, 0, NULL, KIF_READ, &at);
	if (e) {
		fief_kif->drop(ds.cap, 1);
		return e;
	}
	r->ds = ds.cap;
	r->data = at;
	r->size = size;
	r->mapped = (size + KIF_PAGE - 1) & ~(size_t)(KIF_PAGE - 1);
	return FIEF_OK;
}

enum fief_err fief_rom_open(struct fief_env *env, const char *label,
                            struct fief_rom *r)
{
	struct fief_session_args args = {
		.service = ROM_SERVICE,
		.label = label,
		.ram = ROM_RAM_QUOTA,
		.caps = ROM_CAP_QUOTA,
	};
	struct fief_rom nr = { .env = env };
	enum fief_err e;

	e = fief_session_open(env, &args, &nr.session);
	if (e)
		return e;
	e = rom_attach(&nr);
	if (e) {
		fief_session_close(env, &nr.session);
		return e;
	}
	*r = nr;
	return FIEF_OK;
}

enum fief_err fief_rom_update(struct fief_rom *r)
{
	rom_detach(r);
	return rom_attach(r);
}

enum fief_err fief_rom_sigh(struct fief_rom *r,
                            struct fief_signal_handler *handler)
{
	return rom_sigh(rom_of(r), (struct signal_cap){ handler->cap });
}

void fief_rom_close(struct fief_rom *r)
{
	if (!r->session.id)
		return;
	rom_detach(r);
	fief_session_close(r->env, &r->session);
}
