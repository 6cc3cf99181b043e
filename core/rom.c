/* SPDX-License-Identifier: MIT */
/* ROM sessions: they show modules. */

#include <fief/kif_table.h>
#include <lib/mem.h>
#include <session/rom.h>

#include "core.h"
#include "pd.h"

struct rom_session {
	struct fief_rpc_obj obj;
	struct core_module *module; /* counted: what is seen; NULL: nothing */
	struct core_ds ds;
	fief_cap sigh; /* owned: received */
	struct list_elem in_watchers;
};

/* ---- sessions ---- */

static struct rom_session *rom_of(struct fief_rpc_obj *obj)
{
	return FIEF_CONTAINER_OF(obj, struct rom_session, obj);
}

static void module_put(struct rom_session *s)
{
	if (s->module)
		core_module_put(s->module);
}

/* Show the newest content from now on. */
static enum fief_err rom_renew(struct rom_session *s)
{
	struct core_module *m;
	enum fief_err e;

	e = core_module_get(core_module_name(s->module), &m);
	if (e)
		return e;
	core_module_put(s->module);
	s->module = m;
	return FIEF_OK;
}

static enum fief_err op_dataspace(struct fief_rpc_obj *self,
                                  struct dataspace_cap *ds, uint64_t *size)
{
	struct rom_session *s = rom_of(self);
	enum fief_err e;

	core_ds_fini(&s->ds);
	ds->cap = FIEF_CAP_NULL;
	*size = 0;
	if (!s->module)
		return FIEF_OK;
	e = rom_renew(s);
	if (!e)
		e = core_ds_init(&s->ds, core_module_memory(s->module),
		                 KIF_READ | KIF_EXEC);
	if (e)
		return e;
	ds->cap = s->ds.obj.cap;
	kcore_ds_push(fief_entrypoint_token(&core.ep), ds->cap,
	              core_module_memory(s->module));
	*size = kcore_ds_size(core_module_memory(s->module));
	return FIEF_OK;
}

const struct kcore_ds *core_rom_memory(const struct core_session *s)
{
	const struct rom_session *rom = s->object;

	return rom->module ? core_module_memory(rom->module) : NULL;
}

static enum fief_err op_update(struct fief_rpc_obj *self, bool *fits)
{
	struct rom_session *s = rom_of(self);

	/* Sealed memory never changes: news come in another dataspace. */
	*fits = !s->module || core_module_newest(s->module);
	return FIEF_OK;
}

static enum fief_err op_sigh(struct fief_rpc_obj *self,
                             struct signal_cap handler)
{
	struct rom_session *s = rom_of(self);

	fief_kif->drop(s->sigh, 1);
	s->sigh = handler.cap;
	if (!list_linked(&s->in_watchers))
		list_add_last(&core.watchers, &s->in_watchers);
	return FIEF_OK;
}

static const struct rom_ops rom_ops = {
	.dataspace = op_dataspace,
	.update = op_update,
	.sigh = op_sigh,
};

/* What the client did wrong is refused; what core itself lacks, it is told. */
static enum fief_err refusal(enum fief_err e)
{
	return e == FIEF_OUT_OF_RAM || e == FIEF_LIMIT ? e : FIEF_DENIED;
}

/* The configuration of the system is for the component that core starts, or
 * whom that gives its own label. All others ask for a "config", too: those to
 * whom nobody gave one have an empty one. */
static bool is_for_others(const char *label)
{
	struct label who;

	return !strcmp(label_last(label), "config") &&
	       !label_identity(&who, label) && label_last(who.text) != who.text;
}

static enum fief_err module_open(const struct core_session *s,
                                 struct rom_session *rom)
{
	const char *const label = s->label.text;
	const char *const name = label_last(label);
	enum fief_err e;

	if (is_for_others(label))
		return FIEF_OK;
	e = core_module_get(name, &rom->module);
	if (e && core_complaint_due(s->parent))
		core_log("Error: ROM module \"%s\" for \"%s\": %s", name, label,
		         fief_err_text(e));
	return e ? refusal(e) : FIEF_OK;
}

static enum fief_err rom_open(struct core_session *s, fief_cap *cap)
{
	struct rom_session *rom;
	enum fief_err e;
	void *mem;

	e = fief_alloc_zeroed(core.alloc, sizeof(*rom), &mem);
	if (e)
		return e;
	rom = mem;
	rom->obj.type = &rom_rpc_type;
	rom->obj.ops = &rom_ops;
	e = module_open(s, rom);
	if (e) {
		fief_free(core.alloc, rom, sizeof(*rom));
		return e;
	}
	e = fief_entrypoint_manage(&core.ep, &rom->obj);
	if (e) {
		module_put(rom);
		fief_free(core.alloc, rom, sizeof(*rom));
		return e;
	}
	s->object = rom;
	*cap = rom->obj.cap;
	return FIEF_OK;
}

static void rom_close(struct core_session *s)
{
	struct rom_session *rom = s->object;

	core_ds_fini(&rom->ds);
	fief_entrypoint_dissolve(&core.ep, &rom->obj);
	fief_kif->drop(rom->sigh, 1);
	list_remove(&rom->in_watchers);
	module_put(rom);
	fief_free(core.alloc, rom, sizeof(*rom));
}

const struct core_service core_rom_service = {
	.name = ROM_SERVICE,
	.ram = ROM_RAM_QUOTA,
	.caps = ROM_CAP_QUOTA,
	.open = rom_open,
	.close = rom_close,
};

unsigned core_rom_news(const char *name)
{
	unsigned told = 0;

	LIST_FOR_EACH(s, &core.watchers, struct rom_session, in_watchers) {
		if (!s->module ||
		    strcmp(core_module_name(s->module), name) != 0)
			continue;
		fief_kif->signal(s->sigh);
		told++;
	}
	return told;
}
