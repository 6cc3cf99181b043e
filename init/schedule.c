/* SPDX-License-Identifier: MIT */
/* Priority and CPUs of children, by their CPU sessions. */

#include "internal.h"

#include <lib/mem.h>
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

static struct place within(struct place p, struct place limit)
{
	if (p.level < limit.level)
		p.level = limit.level;
	if (!p.mask || !(p.mask & limit.mask))
		p.mask = limit.mask ? limit.mask : p.mask;
	else
		p.mask &= limit.mask;
	return p;
}

/* What a child starts has at best what it has itself. Where a component serves
 * the session, that decides. */
enum fief_err schedule_session(struct session *s)
{
	struct child *c = s->client;

	if (s->server || s->local)
		return FIEF_UNSUPPORTED;
	if (s->state != SESSION_OPEN)
		return FIEF_OK;
	return upward_place(s, s->env == ENV_CPU ? c->place :
	                                           within(s->asked, c->place));
}

static enum fief_err place_set(struct child *c, struct place next)
{
	enum fief_err e;

	c->place = next;
	e = schedule_session(c->env[ENV_CPU]);
	for (struct fief_id *i = fief_id_first(&c->sessions); i && !e;
	     i = fief_id_next(i)) {
		struct session *s =
			FIEF_ID_OBJECT(i, struct session, client_id);

		if (!strcmp(s->service, CPU_SERVICE) && !s->server && !s->local)
			e = schedule_session(s);
	}
	return e;
}

void schedule_apply(struct child *c)
{
	const struct session *s = c->env[ENV_CPU];
	struct place_own own;

	/* Where another child serves it, it decides. */
	if (nothing_said(c) || !s || s->state != SESSION_OPEN || !s->at_once)
		return;
	if (!own_place(c->sandbox, s->cap, &own) ||
	    place_set(c, place_of(&own, &c->sandbox->live.config.space,
	                          &c->start->schedule)))
		fief_warning("\"%s\" runs without its priority and affinity",
		             child_name(c));
}
