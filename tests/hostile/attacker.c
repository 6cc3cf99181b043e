/* SPDX-License-Identifier: MIT */
/* An attacker: asks the warden which attack it is and runs it. */

#include "attack.h"

#include <lib/mem.h>
#include <session/parent.h>

struct attacker me;

enum { STACK = 8 << 10, STACKS = 60 };

uint64_t attack_random(void)
{
	me.rng ^= me.rng << 13;
	me.rng ^= me.rng >> 7;
	me.rng ^= me.rng << 17;
	return me.rng;
}

enum fief_err attack_call(fief_cap cap, uint32_t label, fief_cap give)
{
	me.msg.len = 32;
	me.msg.ncaps = give != FIEF_CAP_NULL;
	me.msg.cap[0] = give;
	return fief_rpc_call(cap, label, &me.msg);
}

static fief_cap ask(enum hostile_get what, uint32_t which)
{
	me.msg.data[0] = what;
	me.msg.data[1] = which;
	if (attack_call(me.env->parent, HOSTILE_GET, FIEF_CAP_NULL) ||
	    !me.msg.ncaps)
		return FIEF_CAP_NULL;
	return me.msg.cap[0];
}

fief_cap attack_get(enum hostile_get what, uint32_t which)
{
	fief_cap cap = ask(what, which);

	if (cap == FIEF_CAP_NULL) {
		fief_log("SETUP: no capability %u", (unsigned)what);
		fief_exit(me.env, 99);
	}
	return cap;
}

fief_cap attack_sibling(uint32_t which)
{
	for (unsigned i = 0; i < 200; i++) {
		fief_cap cap = ask(HOSTILE_SIBLING, which);

		if (cap != FIEF_CAP_NULL)
			return cap;
		fief_kif->park(ATTACK_MS(2));
	}
	return FIEF_CAP_NULL; /* it died before */
}

void attack_register(fief_cap cap)
{
	if (attack_call(me.env->parent, HOSTILE_REGISTER, cap))
		fief_exit(me.env, 98);
}

void attack_park(void)
{
	for (;;)
		fief_kif->park(FIEF_NEVER);
}

void attack_exit_now(int code)
{
	for (;;)
		sys_call3(__NR_exit_group, code, 0, 0);
}

fief_thread attack_thread(void (*entry)(void *), void *arg)
{
	static char stack[STACKS][STACK] FIEF_ALIGNED(16);
	static unsigned used;
	fief_thread t = 0;

	if (used == STACKS ||
	    fief_kif->thread_start(entry, arg, stack[used] + STACK, &t))
		return 0;
	used++;
	return t;
}

static int run(const char *name)
{
	const struct attack *const all[] = {
		attacks_channel, attacks_kernel, attacks_service,
		attacks_syscall, attacks_memory, attacks_death,
		attacks_regions, attacks_peer,   attacks_start,
		attacks_late,
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		for (const struct attack *a = all[i]; a->name; a++)
			if (!strcmp(a->name, name))
				return a->run();
	fief_log("SETUP: no attack %s", name);
	return 99;
}

void fief_component_construct(struct fief_env *env)
{
	int code;

	me.env = env;
	if (attack_call(env->parent, HOSTILE_ARG, FIEF_CAP_NULL))
		fief_exit(env, 97);
	memcpy(&me.arg, me.msg.data, sizeof(me.arg));
	me.rng = fief_kif->time() * 2654435761u | 1;
	code = run(me.arg.attack);
	if (code >= 0)
		fief_exit(env, code);
	/* Negative: serve like any component. */
}
