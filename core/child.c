/* SPDX-License-Identifier: MIT */
/* A child of init gets all it starts with in one step, and loses it in one. */

#include "child.h"

#include <fief/kif_table.h>

#include "core.h"
#include "cpu.h"
#include "pd.h"

/* In the order in which they are closed: CPU first, so that nothing of the
 * child runs while the rest goes. */
enum part { PART_CPU, PART_PD, PART_LOG, PART_ROM, PARTS };

static const struct core_service *const services[PARTS] = {
	[PART_CPU] = &core_cpu_service,
	[PART_PD] = &core_pd_service,
	[PART_LOG] = &core_log_service,
	[PART_ROM] = &core_rom_service,
};

struct start {
	struct core_parent *parent;
	const struct parent_start_child_params *in;
	struct core_session *session[PARTS]; /* NULL: not yet open */
	fief_cap cap[PARTS];
};

static struct core_parent *parent_of(struct fief_rpc_obj *obj)
{
	return FIEF_CONTAINER_OF(obj, struct core_parent, obj);
}

/* ---- start ---- */

static enum fief_err part_open(struct start *s, enum part part)
{
	const struct parent_start_child_params *in = s->in;
	const struct core_service *service = services[part];
	const uint32_t id[PARTS] = {
		[PART_CPU] = in->cpu_id,
		[PART_PD] = in->pd_id,
		[PART_LOG] = in->log_id,
		[PART_ROM] = in->rom_id,
	};
	const struct parent_session_params p = {
		.id = id[part],
		.label = part == PART_ROM ? in->binary : in->label,
		.ram = part == PART_PD ? in->ram : service->ram,
		.caps = part == PART_PD ? in->caps : (uint32_t)service->caps,
	};
	enum fief_err e;

	e = core_session_open(s->parent, service, &p, &s->cap[part]);
	if (!e)
		s->session[part] = core_session_find(s->parent, p.id);
	return e;
}

static enum fief_err open_all(struct start *s)
{
	enum fief_err e = part_open(s, PART_ROM);

	if (e == FIEF_DENIED)
		return FIEF_NOT_FOUND; /* its binary: the likely mistake */
	for (unsigned i = 0; i < PARTS && !e; i++)
		if (i != PART_ROM)
			e = part_open(s, (enum part)i);
	return e;
}

static void close_all(struct core_session *const session[PARTS])
{
	for (unsigned i = 0; i < PARTS; i++)
		if (session[i])
			core_session_close(session[i]);
}

/* The handler belongs to the PD from here on. */
static enum fief_err run(const struct start *s)
{
	struct core_pd *pd = s->session[PART_PD]->object;
	const fief_cap boot[KIF_BOOT_CAPS] = {
		[KIF_BOOT_PARENT] = s->in->parent.cap,
		[KIF_BOOT_PD] = s->cap[PART_PD],
		[KIF_BOOT_CPU] = s->cap[PART_CPU],
		[KIF_BOOT_LOG] = s->cap[PART_LOG],
	};
	const struct kcore_ds *image = core_rom_memory(s->session[PART_ROM]);
	enum fief_err e;

	if (!image)
		return FIEF_NOT_FOUND;
	pd->death_sigh = s->in->death_sigh.cap;
	e = core_pd_run(pd, image, boot);
	if (!e)
		core_cpu_assign(pd, s->cap[PART_CPU]);
	return e;
}

static void results(const struct core_pd *pd,
                    struct parent_start_child_results *out)
{
	out->pd = pd->obj.cap;
	out->cpu = pd->cpu ? pd->cpu->obj.cap : FIEF_CAP_NULL;
}

static void answer(const struct core_pd *pd, fief_reply token,
                   enum fief_err status)
{
	struct parent_start_child_results out = { 0 };

	if (!status)
		results(pd, &out);
	parent_start_child_reply_send(token, status, &out);
}

enum fief_err core_op_start_child(struct fief_rpc_obj *self,
                                  const struct parent_start_child_params *in,
                                  struct parent_start_child_results *out)
{
	struct start s = { .parent = parent_of(self), .in = in };
	enum fief_err e = open_all(&s);
	struct core_pd *pd;

	if (e)
		fief_kif->drop(in->death_sigh.cap, 1);
	else
		e = run(&s);
	/* The PD got an introduction of its own. */
	fief_kif->drop(in->parent.cap, 1);
	if (e) {
		close_all(s.session);
		return e;
	}
	pd = s.session[PART_PD]->object;
	if (core_pd_begins(pd, answer))
		return FIEF_LATE;
	results(pd, out);
	return FIEF_OK;
}

/* ---- end ---- */

enum fief_err core_op_close_child(struct fief_rpc_obj *self, uint32_t pd_id,
                                  uint32_t cpu_id, uint32_t log_id,
                                  uint32_t rom_id)
{
	struct core_parent *p = parent_of(self);
	struct core_session *const session[PARTS] = {
		[PART_CPU] = core_session_find(p, cpu_id),
		[PART_PD] = core_session_find(p, pd_id),
		[PART_LOG] = core_session_find(p, log_id),
		[PART_ROM] = core_session_find(p, rom_id),
	};

	for (unsigned i = 0; i < PARTS; i++)
		if (!session[i] || session[i]->service != services[i])
			return FIEF_NOT_FOUND;
	close_all(session);
	return FIEF_OK;
}
