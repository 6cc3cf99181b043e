/* SPDX-License-Identifier: MIT */
/*
 * The parts of an object, in their places to each other: a region map composes them,
 * so that kif finds the room for all of them at once. Constant parts are the memory
 * of the ROM module itself, which all components that have it share.
 */

#include <fief/kif_table.h>
#include <session/rm.h>

#include "internal.h"

static enum fief_err show(struct region_map_cap map,
                          const struct region_map_attach_params *p)
{
	struct region_map_attach_results r;

	return p->size ? region_map_attach(map, p, &r) : FIEF_OK;
}

static enum fief_err constant_show(struct region_map_cap map, fief_cap rom,
                                   const struct so_part *part)
{
	const struct so_table pages = so_part_pages(part);
	const struct region_map_attach_params p = {
		.ds = { rom },
		.offset = part->offset - (part->at - pages.at),
		.size = pages.size,
		.at = pages.at,
		.fixed = true,
		.executable = part->executable,
	};

	return show(map, &p);
}

/* What is constant once it is relocated is so to the object; we relocate it by the
 * other mapping. */
static enum fief_err data_show(const struct so_memory *m,
                               struct region_map_cap map,
                               const struct so_elf *elf)
{
	const struct so_table all = so_part_pages(&elf->part[elf->data]);
	const size_t constant = elf->constant.size;
	struct region_map_attach_params p = {
		.ds = { m->data.ds },
		.size = constant,
		.at = all.at,
		.fixed = true,
	};
	enum fief_err e = show(map, &p);

	p.offset = constant;
	p.size = all.size - constant;
	p.at = all.at + constant;
	p.writeable = true;
	return e ? e : show(map, &p);
}

static enum fief_err parts_show(const struct so_memory *m,
                                struct region_map_cap map,
                                const struct so_elf *elf, fief_cap rom)
{
	enum fief_err e = FIEF_OK;

	for (unsigned i = 0; i < elf->parts && !e; i++)
		e = i == elf->data ? data_show(m, map, elf) :
		                     constant_show(map, rom, &elf->part[i]);
	return e;
}

static enum fief_err map_all(struct so_memory *m, struct region_map_cap map)
{
	struct dataspace_cap ds;
	bool lazy;
	void *at;
	enum fief_err e = region_map_dataspace(map, &ds, &lazy);

	if (e)
		return e;
	/* Each part gets of that what it was attached with. */
	e = fief_kif->map(ds.cap, 0, m->span, NULL,
	                  KIF_READ | KIF_WRITE | KIF_EXEC | KIF_HOLES, &at);
	fief_kif->drop(ds.cap, 1);
	if (!e)
		m->base = at;
	return e;
}

static enum fief_err compose(struct so_memory *m, const struct so_elf *elf,
                             fief_cap rom)
{
	struct region_map_cap map;
	enum fief_err e =
		rm_create((struct rm_cap){ m->rm.cap }, m->span, &map);

	if (e)
		return e;
	e = parts_show(m, map, elf, rom);
	if (!e)
		e = map_all(m, map);
	fief_kif->drop(map.cap, 1); /* it lives with its session */
	return e;
}

enum fief_err so_memory_map(struct so_memory *out, struct fief_env *env,
                            const struct so_elf *elf,
                            const struct fief_rom *rom)
{
	const struct fief_session_args args = { .service = RM_SERVICE,
		                                .ram = RM_RAM_QUOTA,
		                                .caps = RM_CAP_QUOTA };
	struct so_memory m = { .env = env, .span = elf->span };
	enum fief_err e = fief_session_open(env, &args, &m.rm);

	if (!e && elf->data < elf->parts)
		e = fief_attached_ram_init(
			&m.data, env->ram,
			so_part_pages(&elf->part[elf->data]).size);
	if (!e)
		e = compose(&m, elf, rom->ds);
	if (e)
		so_memory_unmap(&m);
	else
		*out = m;
	return e;
}

void so_memory_unmap(struct so_memory *m)
{
	if (m->base && fief_kif->unmap(m->base, m->span))
		fief_kif->log("fief: cannot unmap a plugin\n", 28);
	fief_attached_ram_fini(&m->data);
	if (m->rm.id)
		fief_session_close(m->env, &m->rm);
	*m = (struct so_memory){ .env = m->env };
}
