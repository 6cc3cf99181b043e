/* SPDX-License-Identifier: MIT */
/* Crashes as its parent wants it. */

#include "exceptions.h"

#include <fief/component.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/thread.h>
#include <session/cpu.h>

static uint64_t ask(fief_cap parent, uint32_t label, uint64_t value)
{
	static struct kif_msg msg;

	msg = (struct kif_msg){ .len = 8, .data = { value } };
	if (fief_rpc_call(parent, label, &msg))
		return 0;
	fief_rpc_drop_caps(&msg);
	return msg.len >= 8 ? msg.data[0] : 0;
}

static void sleep_on(struct fief_worker *self)
{
	(void)self;
	fief_kif->park(FIEF_NEVER);
}

/* Held by all of a session: nobody may take over its handler. */
static enum fief_err take_handler(const struct fief_env *env)
{
	return cpu_exception_sigh((struct cpu_cap){ env->cpu },
	                          (struct signal_cap){ FIEF_CAP_NULL });
}

static void hang(struct fief_env *env)
{
	static struct fief_worker worker[THREADS];

	for (unsigned i = 0; i < THREADS; i++) {
		worker[i].name = "sleeper";
		worker[i].run = sleep_on;
		if (fief_worker_start(&worker[i], env->ram, FIEF_THREAD_STACK))
			fief_error("no thread");
	}
	ask(env->parent, EXCEPTIONS_READY, take_handler(env));
	for (;;)
		fief_kif->park(FIEF_NEVER);
}

void fief_component_construct(struct fief_env *env)
{
	volatile int zero = 0;

	switch ((enum exceptions_way)ask(env->parent, EXCEPTIONS_WAY, 0)) {
	case WAY_READ:
		zero = *(volatile int *)PLACE_HIGH;
		break;
	case WAY_ILLEGAL:
		__builtin_trap();
	case WAY_DIVIDE:
		zero = 1000 / zero;
		break;
	case WAY_HANG:
		hang(env);
		break;
	case WAY_WRITE:
	case WAY_WRITE_AGAIN:
	case WAYS:
	default:
		*(volatile int *)PLACE_LOW = zero;
	}
}
