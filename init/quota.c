/* SPDX-License-Identifier: MIT */
/*
 * The quota of children: what they start with, and its change while they run.
 * All that give come before all that get. What a child uses is not taken: it
 * is asked to yield it, and gives it back when it can.
 */

#include "internal.h"

/* What a running child keeps, whatever its config says. */
enum { RAM_LEFT = 16 << 10, CAPS_LEFT = 5 };

static uint64_t part_of(uint64_t wanted, uint64_t available)
{
	return wanted < available ? wanted : available;
}

static uint64_t above(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* ---- less ---- */

static void account_free(const struct child *c, uint64_t *ram, uint64_t *caps)
{
	uint64_t limit, used;
	uint32_t cap_limit, cap_used;

	*ram = *caps = 0;
	if (pd_quota((struct pd_cap){ c->pd }, &limit, &used, &cap_limit,
	             &cap_used))
		return;
	*ram = above(limit - used, RAM_LEFT);
	*caps = above(cap_limit - cap_used, CAPS_LEFT);
}

/* What a managed child got on request is at most what it has beyond its
 * config: as much of it was taken back, or the config gives it now. */
static void granted_limit(struct child *c)
{
	c->granted_ram = part_of(c->granted_ram, above(c->ram, c->start->ram));
	c->granted_caps =
		part_of(c->granted_caps, above(c->caps, c->start->caps));
}

/* Take what is free above that, and note the rest. Was there any? */
static bool take(struct child *c, uint64_t ram, uint64_t caps)
{
	uint64_t free_ram, free_caps;

	account_free(c, &free_ram, &free_caps);
	free_ram = part_of(above(c->ram, ram), free_ram);
	free_caps = part_of(above(c->caps, caps), free_caps);
	if (money_move(c->sandbox, c->pd, c->sandbox->env->pd, free_ram,
	               (uint32_t)free_caps))
		free_ram = free_caps = 0;
	c->ram -= free_ram;
	c->caps -= free_caps;
	c->yield_ram = above(c->ram, ram);
	c->yield_caps = (uint32_t)above(c->caps, caps);
	granted_limit(c);
	state_changed(c->sandbox);
	return free_ram || free_caps;
}

static void yield_ask(const struct child *c)
{
	if (c->yield_ram || c->yield_caps)
		fief_kif->signal(c->yield_sigh);
}

void quota_take(struct child *c, uint64_t ram, uint64_t caps)
{
	take(c, ram, caps);
	yield_ask(c);
}

/* A managed one keeps what it got on request, up to its maximum. */
void quota_lower(struct child *c)
{
	const struct config_growth *g = &c->start->growth;
	const uint64_t granted_ram = g->managed ? c->granted_ram : 0;
	const uint64_t granted_caps = g->managed ? c->granted_caps : 0;
	const uint64_t ram = part_of(c->start->ram + granted_ram, g->max_ram);
	const uint64_t caps =
		part_of(c->start->caps + granted_caps, g->max_caps);

	c->yield_ram = c->yield_caps = 0;
	if (c->state == CHILD_RUNNING && (c->ram > ram || c->caps > caps))
		quota_take(c, ram, caps);
}

/* One that gave nothing is not asked again: it would say the same. */
void quota_yielded(struct child *c)
{
	if (c->state != CHILD_RUNNING || (!c->yield_ram && !c->yield_caps) ||
	    !take(c, c->ram - c->yield_ram, c->caps - c->yield_caps))
		return;
	yield_ask(c);
	sandbox_work_soon(c->sandbox);
}

/* ---- its config ---- */

enum fief_err quota_content(struct child *c)
{
	const fief_cap own = c->sandbox->env->pd;
	uint64_t ram, caps;
	enum fief_err e;

	if (c->state != CHILD_RUNNING)
		return FIEF_UNSUPPORTED;
	e = config_rom_cost(c->start->config, &ram, &caps);
	if (!e)
		e = money_move(c->sandbox, c->pd, own,
		               above(ram, c->content_ram),
		               (uint32_t)above(caps, c->content_caps));
	if (!e)
		e = money_move(c->sandbox, own, c->pd,
		               above(c->content_ram, ram),
		               (uint32_t)above(c->content_caps, caps));
	if (!e) {
		c->content_ram = ram;
		c->content_caps = caps;
	}
	return e;
}

/* ---- more ---- */

static void report_short(const struct child *c)
{
	char got[NUMBER_TEXT_MAX], wanted[NUMBER_TEXT_MAX];

	if (c->ram < c->start->ram)
		fief_warning("\"%s\" gets %s of %s RAM, no more is available",
		             child_name(c), number_text(got, c->ram),
		             number_text(wanted, c->start->ram));
	if (c->caps < c->start->caps)
		fief_warning("\"%s\" gets %llu of %llu caps, no more are "
		             "available",
		             child_name(c), (unsigned long long)c->caps,
		             (unsigned long long)c->start->caps);
	c->sandbox->unmet |= c->ram < c->start->ram || c->caps < c->start->caps;
}

/* A child that waits for more looks again. */
bool quota_raise(struct child *c, uint64_t ram, uint64_t caps)
{
	struct sandbox *b = c->sandbox;

	if (money_move(b, b->env->pd, c->pd, ram, (uint32_t)caps))
		return false;
	state_changed(b);
	c->ram += ram;
	c->caps += caps;
	if (c->wanted_ram || c->wanted_caps) {
		c->wanted_ram = c->wanted_caps = 0;
		fief_kif->signal(c->resource_sigh);
	}
	return true;
}

void quota_give(struct child *c, uint64_t *ram, uint64_t *caps)
{
	const uint64_t more = part_of(above(c->start->ram, c->ram), *ram);
	const uint64_t more_caps =
		part_of(above(c->start->caps, c->caps), *caps);

	if (c->state != CHILD_NEW && c->state != CHILD_RUNNING)
		return;
	if (c->ram >= c->start->ram && c->caps >= c->start->caps) {
		granted_limit(c);
		return;
	}
	*ram -= more;
	*caps -= more_caps;
	if (c->state == CHILD_RUNNING) {
		if ((more || more_caps) && !quota_raise(c, more, more_caps))
			return;
	} else {
		c->ram += more;
		c->caps += more_caps;
	}
	granted_limit(c);
	report_short(c);
}
