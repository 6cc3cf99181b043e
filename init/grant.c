/* SPDX-License-Identifier: MIT */
/*
 * Children that ask for more quota. One that is managed gets it at once: from
 * what nobody has, else from other managed children that were given more than
 * it will have then, who are asked to yield it, else from our own parent, who
 * is asked in turn. All others wait for a config that gives them more.
 */

#include "internal.h"

struct amount {
	uint64_t ram, caps;
};

static uint64_t above(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool asks(const struct child *c)
{
	return c->state == CHILD_RUNNING && (c->wanted_ram || c->wanted_caps);
}

/* What it asks for, as far as it may have it. */
static struct amount allowed(const struct child *c)
{
	const struct config_growth *g = &c->start->growth;

	return (struct amount){
		least(c->wanted_ram, above(g->max_ram, c->ram)),
		least(c->wanted_caps, above(g->max_caps, c->caps)),
	};
}

static bool some(struct amount a)
{
	return a.ram || a.caps;
}

/* What it was given beyond its config. */
static struct amount surplus(const struct child *c)
{
	return (struct amount){ c->granted_ram, c->granted_caps };
}

/* What nobody has is not enough for it. */
static struct amount missing(struct sandbox *b, struct amount wanted)
{
	struct amount left;

	money_available(b, &left.ram, &left.caps);
	return (struct amount){ above(wanted.ram, left.ram),
		                above(wanted.caps, left.caps) };
}

/* ---- why not ---- */

static const char *why_not(const struct child *c)
{
	const struct amount a = allowed(c);

	if (!c->start->growth.managed)
		return "a config has to give it";
	if ((c->wanted_ram && !a.ram) || (c->wanted_caps && !a.caps))
		return "which is more than it may have";
	return "but so much is not left";
}

bool grant_why(const struct child *c, char why[NOTE_MAX])
{
	char ram[NUMBER_TEXT_MAX];
	struct fmt f;

	if (!asks(c))
		return false;
	fmt_init(&f, why, NOTE_MAX);
	fmt_add(&f, "\"%s\" asks for %s RAM and %u caps more, %s",
	        child_name(c), number_text(ram, c->wanted_ram), c->wanted_caps,
	        why_not(c));
	return true;
}

/* ---- giving ---- */

/* All that it may have of what it asks for, or nothing. */
static bool give(struct child *c)
{
	const struct amount a = allowed(c);

	if (!some(a) || some(missing(c->sandbox, a)))
		return false;
	if (!quota_raise(c, a.ram, a.caps))
		return false;
	c->granted_ram += a.ram;
	c->granted_caps += a.caps;
	return true;
}

/* Not from one that would have less than the child that asks, so that two do
 * not take it from each other for ever. */
static void take_from(struct child *d, const struct child *c, struct amount a)
{
	const struct amount has = surplus(d), had = surplus(c);
	const struct amount lacks = missing(c->sandbox, a);
	const struct amount take = {
		least(lacks.ram, above(has.ram, had.ram + a.ram)),
		least(lacks.caps, above(has.caps, had.caps + a.caps)),
	};

	if (some(take))
		quota_take(d, d->ram - take.ram, d->caps - take.caps);
}

static void reclaim(struct child *c)
{
	const struct amount a = allowed(c);

	LIST_FOR_EACH(d, &c->sandbox->children, struct child, in_sandbox)
		if (d != c && d->start->growth.managed &&
		    d->state == CHILD_RUNNING)
			take_from(d, c, a);
}

static void on_given(struct fief_signal_handler *self, unsigned count)
{
	(void)count;
	sandbox_work_soon(FIEF_CONTAINER_OF(self, struct sandbox, given));
}

/* Most sandboxes never ask for more. */
static enum fief_err hear(struct sandbox *b)
{
	enum fief_err e;

	if (b->given.handle)
		return FIEF_OK;
	b->given.handle = on_given;
	e = fief_signal_manage(b->env->ep, &b->given);
	if (!e)
		e = parent_resource_sigh((struct parent_cap){ b->env->parent },
		                         (struct signal_cap){ b->given.cap });
	if (e) {
		fief_signal_dissolve(b->env->ep, &b->given);
		b->given.handle = NULL;
	}
	return e;
}

/* A parent that knows no such request, as core, has nothing to give. */
static void ask_up(struct sandbox *b, struct amount lacks)
{
	enum fief_err e;

	if (!some(lacks))
		return;
	e = hear(b);
	if (!e)
		e = parent_resource_request(
			(struct parent_cap){ b->env->parent }, lacks.ram,
			(uint32_t)lacks.caps);
	(void)e;
}

static bool satisfy(struct child *c)
{
	if (!c->start->growth.managed)
		return false;
	if (give(c))
		return true;
	reclaim(c);
	if (give(c))
		return true;
	c->sandbox->short_of = true;
	return false;
}

void grant_request(struct child *c, uint64_t ram, uint32_t caps)
{
	const bool told = asks(c);
	char why[NOTE_MAX];

	if (told && ram == c->wanted_ram && caps == c->wanted_caps)
		return; /* it gets it as soon as there is any */
	c->wanted_ram = ram;
	c->wanted_caps = caps;
	state_pressing(c->sandbox);
	if (!asks(c) || satisfy(c))
		return;
	if (c->start->growth.managed)
		ask_up(c->sandbox, missing(c->sandbox, allowed(c)));
	if (!told && complaint_due(c->sandbox, c) && grant_why(c, why))
		fief_log("%s", why);
}

void grants_progress(struct sandbox *b)
{
	if (!b->short_of)
		return;
	b->short_of = false;
	LIST_FOR_EACH(c, &b->children, struct child, in_sandbox)
		if (asks(c) && c->start->growth.managed && !satisfy(c))
			ask_up(b, missing(b, allowed(c)));
}
