/* SPDX-License-Identifier: MIT */
/* A ROM session with its content mapped. */

#include <fief/rom.h>

#include <fief/attached.h>
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

/* Ask for the content; where the server needs more for it, donate more. */
static enum fief_err rom_fetch(struct fief_rom *r, struct dataspace_cap *ds,
                               uint64_t *size)
{
	enum fief_err e = FIEF_OUT_OF_RAM;

	for (unsigned i = 0; i < FIEF_SESSION_TRIES; i++) {
		uint64_t ram = 0;
		uint32_t caps = 0;

		e = rom_dataspace(rom_of(r), ds, size);
		if (e == FIEF_OUT_OF_RAM)
			ram = (uint64_t)KIF_PAGE << i;
		else if (e == FIEF_OUT_OF_CAPS)
			caps = 1;
		else
			break;
		if (fief_session_upgrade(r->env, &r->session, ram, caps))
			break;
	}
	return e;
}

static enum fief_err rom_attach(struct fief_rom *r)
{
	struct dataspace_cap ds;
	struct fief_attached a;
	enum fief_err e;
	uint64_t size;

	e = rom_fetch(r, &ds, &size);
	if (e || ds.cap == FIEF_CAP_NULL)
		return e;
	if (!size) { /* a module that is there, but empty */
		fief_kif->drop(ds.cap, 1);
		return FIEF_OK;
	}
	/* Fails if the dataspace is smaller than the server says. */
	e = fief_attach(&a, ds.cap, size, KIF_READ);
	if (e)
		return e;
	r->ds = a.ds;
	r->data = a.addr;
	r->size = size;
	r->mapped = size;
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
