/* SPDX-License-Identifier: MIT */
/* The inline config of a child, as a ROM that we serve ourselves. */

#include "internal.h"

#include <lib/node_gen.h>
#include <session/rom.h>

static struct config_rom *rom_of(struct fief_rpc_obj *self)
{
	return FIEF_CONTAINER_OF(self, struct config_rom, obj);
}

static void memory_free(const struct config_rom *r, fief_cap ds)
{
	if (ds == FIEF_CAP_NULL)
		return;
	if (pd_free_ram((struct pd_cap){ r->env->pd },
	                (struct dataspace_cap){ ds }))
		fief_error("cannot free the memory of a config");
	fief_kif->drop(ds, 1);
}

/* The client keeps what it looks at until it asks for something newer. */
static bool newest(struct config_rom *r)
{
	if (r->next == FIEF_CAP_NULL)
		return false;
	memory_free(r, r->ds);
	r->ds = r->next;
	r->size = r->next_size;
	r->next = FIEF_CAP_NULL;
	return true;
}

static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, uint64_t *size)
{
	struct config_rom *r = rom_of(self);

	newest(r);
	ds->cap = r->ds;
	*size = r->size;
	return FIEF_OK;
}

static enum fief_err op_update(struct fief_rpc_obj *self, bool *fits)
{
	*fits = !newest(rom_of(self));
	return FIEF_OK;
}

/* What changed between its first look and this is told at once. */
static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	struct config_rom *r = rom_of(self);

	fief_kif->drop(r->sigh, 1);
	r->sigh = handler.cap;
	if (r->next != FIEF_CAP_NULL)
		fief_kif->signal(r->sigh);
	return FIEF_OK;
}

static const struct rom_ops rom_ops = {
	.dataspace = op_dataspace,
	.update = op_update,
	.sigh = op_sigh,
};

/* Write the text into fresh memory and make that read-only. */
static enum fief_err fill(const struct config_rom *r, fief_cap ds, size_t size,
                          const struct node *config)
{
	const size_t bytes = config_rom_bytes(size);
	size_t len;
	enum fief_err e;
	void *at;

	e = fief_kif->map(ds, 0, 0, NULL, KIF_READ | KIF_WRITE, &at);
	if (e)
		return e;
	e = node_gen_document(config, at, bytes, &len);
	if (fief_kif->unmap(at, bytes) && !e)
		e = FIEF_INVALID;
	if (!e)
		e = pd_seal((struct pd_cap){ r->env->pd },
		            (struct dataspace_cap){ ds });
	return e;
}

static enum fief_err content_make(const struct config_rom *r,
                                  const struct node *config, fief_cap *out,
                                  size_t *size)
{
	struct dataspace_cap ds;
	enum fief_err e = config_rom_len(config, size);

	if (!e)
		e = pd_alloc_ram((struct pd_cap){ r->env->pd },
		                 config_rom_bytes(*size), &ds);
	if (e)
		return e;
	e = fill(r, ds.cap, *size, config);
	if (e)
		memory_free(r, ds.cap);
	else
		*out = ds.cap;
	return e;
}

enum fief_err config_rom_init(struct config_rom *r, struct fief_env *env,
                              const struct node *config)
{
	enum fief_err e;

	*r = (struct config_rom){
		.obj = { .type = &rom_rpc_type, .ops = &rom_ops },
	};
	if (!config)
		return FIEF_OK;
	r->env = env;
	e = content_make(r, config, &r->ds, &r->size);
	if (!e)
		e = fief_entrypoint_manage(env->ep, &r->obj);
	if (e)
		config_rom_fini(r);
	return e;
}

enum fief_err config_rom_change(struct config_rom *r, struct fief_env *env,
                                const struct node *config)
{
	fief_cap ds;
	size_t size;
	enum fief_err e;

	if (!r->env)
		return config_rom_init(r, env, config);
	if (!config) {
		config_rom_fini(r);
		return FIEF_OK;
	}
	e = content_make(r, config, &ds, &size);
	if (e)
		return e;
	memory_free(r, r->next);
	r->next = ds;
	r->next_size = size;
	fief_kif->signal(r->sigh);
	return FIEF_OK;
}

void config_rom_fini(struct config_rom *r)
{
	if (!r->env)
		return;
	fief_entrypoint_dissolve(r->env->ep, &r->obj);
	fief_kif->drop(r->sigh, 1);
	memory_free(r, r->ds);
	memory_free(r, r->next);
	r->env = NULL;
}
