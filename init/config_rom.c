/* SPDX-License-Identifier: MIT */
/* The inline config of a child, as a ROM that we serve ourselves. */

#include "internal.h"

#include <lib/node_gen.h>
#include <session/rom.h>

static struct config_rom *rom_of(struct fief_rpc_obj *self)
{
	return FIEF_CONTAINER_OF(self, struct config_rom, obj);
}

static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, uint64_t *size)
{
	ds->cap = rom_of(self)->ds;
	*size = rom_of(self)->size;
	return FIEF_OK;
}

static enum fief_err op_update(struct fief_rpc_obj *self, bool *fits)
{
	(void)self;
	*fits = true; /* it never changes while the child runs */
	return FIEF_OK;
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	fief_kif->drop(rom_of(self)->sigh, 1);
	rom_of(self)->sigh = handler.cap;
	return FIEF_OK;
}

static const struct rom_ops rom_ops = {
	.dataspace = op_dataspace,
	.update = op_update,
	.sigh = op_sigh,
};

static size_t page_up(size_t bytes)
{
	return (bytes + KIF_PAGE - 1) & ~(size_t)(KIF_PAGE - 1);
}

static enum fief_err config_len(const struct node *config, size_t *len)
{
	enum fief_err e = node_gen_document(config, NULL, 0, len);

	return e == FIEF_TOO_LONG ? FIEF_OK : e;
}

enum fief_err config_rom_cost(const struct node *config, uint64_t *ram,
                              uint64_t *caps)
{
	enum fief_err e;
	size_t len;

	*ram = *caps = 0;
	if (!config)
		return FIEF_OK;
	e = config_len(config, &len);
	if (e)
		return e;
	*ram = page_up(len + 1);
	*caps = 2; /* dataspace and ROM object */
	return FIEF_OK;
}

/* Write the text into fresh memory and make that read-only. */
static enum fief_err fill(struct config_rom *r, const struct node *config)
{
	const size_t bytes = page_up(r->size + 1);
	size_t len;
	enum fief_err e;
	void *at;

	e = fief_kif->map(r->ds, 0, 0, NULL, KIF_READ | KIF_WRITE, &at);
	if (e)
		return e;
	e = node_gen_document(config, at, bytes, &len);
	if (fief_kif->unmap(at, bytes) && !e)
		e = FIEF_INVALID;
	if (!e)
		e = pd_seal((struct pd_cap){ r->env->pd },
		            (struct dataspace_cap){ r->ds });
	return e;
}

enum fief_err config_rom_init(struct config_rom *r, struct fief_env *env,
                              const struct node *config)
{
	struct dataspace_cap ds;
	enum fief_err e;

	*r = (struct config_rom){
		.obj = { .type = &rom_rpc_type, .ops = &rom_ops },
	};
	if (!config)
		return FIEF_OK;
	e = config_len(config, &r->size);
	if (!e)
		e = pd_alloc_ram((struct pd_cap){ env->pd },
		                 page_up(r->size + 1), &ds);
	if (e)
		return e;
	r->env = env;
	r->ds = ds.cap;
	e = fill(r, config);
	if (!e)
		e = fief_entrypoint_manage(env->ep, &r->obj);
	if (e)
		config_rom_fini(r);
	return e;
}

void config_rom_fini(struct config_rom *r)
{
	if (!r->env)
		return;
	fief_entrypoint_dissolve(r->env->ep, &r->obj);
	fief_kif->drop(r->sigh, 1);
	if (pd_free_ram((struct pd_cap){ r->env->pd },
	                (struct dataspace_cap){ r->ds }))
		fief_error("cannot free the memory of a config");
	fief_kif->drop(r->ds, 1);
	r->env = NULL;
}
