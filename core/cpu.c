/* SPDX-License-Identifier: MIT */
/* CPU sessions: where and how urgently components run. */

#include <fief/kif_table.h>
#include <session/cpu.h>

#include "core.h"

struct cpu_session {
	struct fief_rpc_obj obj;
	int priority;
	uint64_t mask;
};

static enum fief_err op_priority(struct fief_rpc_obj *self, int32_t level)
{
	struct cpu_session *s =
		FIEF_CONTAINER_OF(self, struct cpu_session, obj);

	if (level < 0 || level > 19)
		return FIEF_INVALID;
	s->priority = level;
	return FIEF_OK;
}

static enum fief_err op_affinity(struct fief_rpc_obj *self, uint64_t mask)
{
	struct cpu_session *s =
		FIEF_CONTAINER_OF(self, struct cpu_session, obj);

	s->mask = mask;
	return FIEF_OK;
}

static const struct cpu_ops cpu_ops = {
	.priority = op_priority,
	.affinity = op_affinity,
};

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

	fief_entrypoint_dissolve(&core.ep, &cpu->obj);
	fief_free(core.alloc, cpu, sizeof(*cpu));
}

const struct core_service core_cpu_service = {
	.name = CPU_SERVICE,
	.ram = CPU_RAM_QUOTA,
	.caps = CPU_CAP_QUOTA,
	.open = cpu_open,
	.close = cpu_close,
};
