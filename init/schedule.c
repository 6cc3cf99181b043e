/* SPDX-License-Identifier: MIT */
/* Priority and CPUs of children, by their CPU sessions. */

#include "internal.h"

#include <session/cpu.h>

/* A component that core started has no CPU session: all is its own then, and
 * any session tells what that is. */
static bool own_place(struct sandbox *b, fief_cap any, struct place_own *own)
{
	const fief_cap cpu = b->env->cpu != FIEF_CAP_NULL ? b->env->cpu : any;
	struct place set;
	uint64_t all;

	if (cpu_place((struct cpu_cap){ cpu }, &set.level, &set.mask, &all))
		return false;
	if (cpu == any)
		set = (struct place){ 0 };
	*own = (struct place_own){ set, set.mask ? set.mask : all };
	return own->cpus != 0;
}

/* Without a word of it in the config, and with all for ourselves, children are
 * where they are anyway. */
static bool nothing_said(const struct child *c)
{
	const struct config_schedule *p = &c->start->schedule;

	return !p->below && !p->width &&
	       c->sandbox->env->cpu == FIEF_CAP_NULL && !c->place.level &&
	       !c->place.mask;
}

static bool place_set(struct child *c, fief_cap cpu, struct place next)
{
	enum fief_err e = FIEF_OK;

	if (next.level != c->place.level)
		e = cpu_priority((struct cpu_cap){ cpu }, next.level);
	if (!e && next.mask != c->place.mask)
		e = cpu_affinity((struct cpu_cap){ cpu }, next.mask);
	if (!e)
		c->place = next;
	return !e;
}

void schedule_apply(struct child *c)
{
	const struct session *s = c->env[ENV_CPU];
	struct place_own own;

	/* Where another child serves it, it decides. */
	if (nothing_said(c) || !s || s->state != SESSION_OPEN || !s->at_once)
		return;
	if (!own_place(c->sandbox, s->cap, &own) ||
	    !place_set(c, s->cap,
	               place_of(&own, &c->sandbox->live.config.space,
	                        &c->start->schedule)))
		fief_warning("\"%s\" runs without its priority and affinity",
		             child_name(c));
}
