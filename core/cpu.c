/* SPDX-License-Identifier: MIT */
/* CPU sessions: where and how urgently the PDs that were started with one
 * run, which there are, and their end. */

#include "cpu.h"

#include <fief/kif_table.h>

#include "pd.h"

enum { PRIORITY_LOWEST = 19 };

static uint64_t mask_within(uint64_t mask, uint64_t limit)
{
	if (!mask || !limit)
		return mask | limit;
	return mask & limit ? mask & limit : limit;
}

static struct cpu_place place_of(const struct cpu_session *s)
{
	return (struct cpu_place){
		s->set.level > s->limit.level ? s->set.level : s->limit.level,
		mask_within(s->set.mask, s->limit.mask),
	};
}

static void apply(const struct cpu_session *s)
{
	const struct cpu_place p = place_of(s);

	LIST_FOR_EACH(pd, &core.pds, struct core_pd, in_core)
		if (pd->cpu == s)
			kcore_pd_schedule(pd->pd, p.level, p.mask);
}

static bool level_valid(int32_t level)
{
	return level >= 0 && level <= PRIORITY_LOWEST;
}

static enum fief_err op_priority(struct fief_rpc_obj *self, int32_t level)
{
	if (!level_valid(level))
		return FIEF_INVALID;
	cpu_of(self)->set.level = level;
	apply(cpu_of(self));
	return FIEF_OK;
}

static enum fief_err op_affinity(struct fief_rpc_obj *self, uint64_t mask)
{
	cpu_of(self)->set.mask = mask;
	apply(cpu_of(self));
	return FIEF_OK;
}

enum fief_err core_cpu_limit(struct core_session *s, int32_t level,
                             uint64_t mask)
{
	struct cpu_session *cpu = s->object;

	if (!level_valid(level))
		return FIEF_INVALID;
	cpu->limit = (struct cpu_place){ level, mask };
	apply(cpu);
	return FIEF_OK;
}

static enum fief_err op_place(struct fief_rpc_obj *self, int32_t *level,
                              uint64_t *mask, uint64_t *all)
{
	const struct cpu_place p = place_of(cpu_of(self));

	*level = p.level;
	*mask = p.mask;
	*all = kcore_cpus();
	return FIEF_OK;
}

/* PDs are listed by number. */
static enum fief_err op_threads(struct fief_rpc_obj *self, uint32_t after,
                                uint32_t *number, struct capnp_text *label,
                                uint32_t *threads)
{
	LIST_FOR_EACH(pd, &core.pds, struct core_pd, in_core) {
		if (pd->cpu != cpu_of(self) || pd->number <= after)
			continue;
		*number = pd->number;
		*label = capnp_text_of(pd->label.text);
		*threads = kcore_pd_threads(pd->pd);
		return FIEF_OK;
	}
	return FIEF_NOT_FOUND;
}

/* The label is the authority: nobody can have one outside its own part of the
 * tree, unless a parent of both says so by its routes. */
static enum fief_err op_time(struct fief_rpc_obj *self, uint32_t after,
                             uint32_t *number, struct capnp_text *label,
                             uint64_t *ns)
{
	const char *top = cpu_of(self)->session->label.text;

	LIST_FOR_EACH(pd, &core.pds, struct core_pd, in_core) {
		if (pd->number <= after || !label_scoped(pd->label.text, top) ||
		    !pd->pd || !kcore_pd_pid(pd->pd))
			continue;
		*number = pd->number;
		*label = capnp_text_of(pd->label.text);
		*ns = kcore_pd_cpu_ns(pd->pd);
		return FIEF_OK;
	}
	return FIEF_NOT_FOUND;
}

static enum fief_err op_kill(struct fief_rpc_obj *self, uint32_t number)
{
	enum fief_err e = number ? FIEF_NOT_FOUND : FIEF_OK;

	LIST_FOR_EACH(pd, &core.pds, struct core_pd, in_core) {
		if (pd->cpu != cpu_of(self) || (number && pd->number != number))
			continue;
		kcore_pd_kill(pd->pd);
		e = FIEF_OK;
	}
	return e;
}

static const struct cpu_ops cpu_ops = {
	.priority = op_priority,
	.affinity = op_affinity,
	.threads = op_threads,
	.kill = op_kill,
	.time = op_time,
	.exception_sigh = cpu_op_exception_sigh,
	.exception = cpu_op_exception,
	.place = op_place,
};

void core_cpu_assign(struct core_pd *pd, fief_cap cap)
{
	struct fief_rpc_obj *obj = core_object(cap, &cpu_rpc_type);
	struct cpu_place p;

	if (!obj)
		return; /* started without a CPU session */
	pd->cpu = cpu_of(obj);
	pd->cpu->used = true;
	p = place_of(pd->cpu);
	if (p.level || p.mask)
		kcore_pd_schedule(pd->pd, p.level, p.mask);
}

static enum fief_err cpu_open(struct core_session *s, fief_cap *cap)
{
	struct cpu_session *cpu;
	enum fief_err e;
	void *mem;

	e = fief_alloc_zeroed(core.alloc, sizeof(*cpu), &mem);
	if (e)
		return e;
	cpu = mem;
	cpu->obj.type = &cpu_rpc_type;
	cpu->obj.ops = &cpu_ops;
	cpu->session = s;
	e = fief_entrypoint_manage(&core.ep, &cpu->obj);
	if (e) {
		fief_free(core.alloc, cpu, sizeof(*cpu));
		return e;
	}
	s->object = cpu;
	*cap = cpu->obj.cap;
	return FIEF_OK;
}

static void cpu_close(struct core_session *s)
{
	struct cpu_session *cpu = s->object;

	LIST_FOR_EACH(pd, &core.pds, struct core_pd, in_core)
		if (pd->cpu == cpu)
			pd->cpu = NULL;
	fief_entrypoint_dissolve(&core.ep, &cpu->obj);
	fief_kif->drop(cpu->sigh, 1);
	cpu_reports_free(cpu);
	fief_free(core.alloc, cpu, sizeof(*cpu));
}

const struct core_service core_cpu_service = {
	.name = CPU_SERVICE,
	.ram = CPU_RAM_QUOTA,
	.caps = CPU_CAP_QUOTA,
	.open = cpu_open,
	.close = cpu_close,
};
