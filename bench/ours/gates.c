/* SPDX-License-Identifier: MIT */
/* One object for each entrypoint, so that a client can have several channels.
 * Number 0 is the initial entrypoint; the others have threads. The threads
 * only run operations without state. */

#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>
#include <fief/thread.h>

#include "bench_server.h"

enum { GATES = 8, STACK = 16384 };

static struct gate {
	struct fief_rpc_obj obj;
	struct fief_entrypoint ep;
	struct fief_worker worker;
} gate[GATES];

static struct fief_env *gates_env;

static void serve(struct fief_worker *self)
{
	fief_entrypoint_run(&FIEF_CONTAINER_OF(self, struct gate, worker)->ep);
}

static enum fief_err gate_open(struct gate *g)
{
	struct fief_entrypoint *ep = gates_env->ep;
	enum fief_err e = FIEF_OK;
	fief_ep number;

	if (g != gate) {
		e = fief_kif->ep_create(&number);
		ep = &g->ep;
		fief_entrypoint_init(ep, number);
	}
	if (!e)
		e = fief_entrypoint_manage(ep, &g->obj);
	if (!e && g != gate)
		e = fief_worker_start(&g->worker, gates_env->ram, STACK);
	return e;
}

enum fief_err gates_op_gate(struct fief_rpc_obj *self, uint32_t ep,
                            struct bench_cap *object)
{
	struct gate *g = &gate[ep % GATES];
	enum fief_err e = FIEF_OK;

	(void)self;
	if (ep >= GATES)
		return FIEF_INVALID;
	if (g->obj.cap == FIEF_CAP_NULL)
		e = gate_open(g);
	object->cap = g->obj.cap;
	return e;
}

void gates_init(struct fief_env *env, const struct bench_ops *ops)
{
	gates_env = env;
	for (unsigned i = 0; i < GATES; i++) {
		gate[i].obj = (struct fief_rpc_obj){ .type = &bench_rpc_type,
			                             .ops = ops };
		gate[i].worker.name = "gate";
		gate[i].worker.run = serve;
	}
}
