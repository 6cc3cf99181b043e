/* SPDX-License-Identifier: MIT */
/*
 * When the state report is due: a while after something changed, so that many
 * changes are one report; at once when a child wants quota or ended, though
 * not more often either; and from time to time if it tells of accounts, for
 * nobody tells us what children use.
 */

#include "internal.h"

enum { MS = 1000000, SAMPLE_MS = 1000 };

static const struct config_report *wish(const struct sandbox *b)
{
	return &b->live.config.report;
}

static bool reporting(const struct sandbox *b)
{
	return wish(b)->wanted && b->hooks.state;
}

static bool sampling(const struct sandbox *b)
{
	const struct config_report *r = wish(b);

	return reporting(b) &&
	       (r->child_ram || r->child_caps || r->init_ram || r->init_caps);
}

static uint64_t sample_add(uint64_t sum, fief_cap pd)
{
	const struct state_account a = state_account(pd);
	const uint64_t part[] = { a.ram, a.ram_used, a.caps, a.caps_used };

	for (size_t i = 0; i < sizeof(part) / sizeof(*part); i++)
		sum = (sum ^ part[i]) * 0x9e3779b97f4a7c15u + i;
	return sum;
}

/* What it would tell of accounts, in one number. Ours changes when our parent
 * gives back what sessions cost that are closed by now. */
static uint64_t sample(const struct sandbox *b)
{
	uint64_t sum = 0;

	if (!sampling(b))
		return sum;
	if (wish(b)->init_ram || wish(b)->init_caps)
		sum = sample_add(sum, b->env->pd);
	if (wish(b)->child_ram || wish(b)->child_caps)
		LIST_FOR_EACH(c, &b->children, struct child, in_sandbox)
			sum = sample_add(sum, c->pd);
	return sum;
}

static void report(struct sandbox *b)
{
	timer_stop(&b->state.due);
	b->state.sampled = sample(b);
	if (reporting(b))
		b->hooks.state(b->hooks.arg);
}

static void on_due(struct timer *self)
{
	report(FIEF_CONTAINER_OF(self, struct sandbox, state.due));
}

static void sample_soon(struct sandbox *b)
{
	const uint64_t ms = wish(b)->delay_ms;

	timer_set(b, &b->state.sample, (ms > SAMPLE_MS ? ms : SAMPLE_MS) * MS);
}

static void on_sample(struct timer *self)
{
	struct sandbox *b =
		FIEF_CONTAINER_OF(self, struct sandbox, state.sample);

	if (sample(b) != b->state.sampled)
		report(b);
	sample_soon(b);
}

void state_changed(struct sandbox *b)
{
	if (!reporting(b) || list_linked(&b->state.due.link))
		return;
	b->state.due.fire = on_due;
	timer_set(b, &b->state.due, wish(b)->delay_ms * MS);
}

void state_pressing(struct sandbox *b)
{
	const uint64_t now = fief_kif->time();

	state_changed(b);
	if (!reporting(b) || now < b->state.pressed_until)
		return;
	b->state.pressed_until = now + wish(b)->delay_ms * MS;
	timer_set(b, &b->state.due, 0);
}

void state_configured(struct sandbox *b)
{
	timer_stop(&b->state.due);
	timer_stop(&b->state.sample);
	b->state.sample.fire = on_sample;
	state_changed(b);
	if (sampling(b))
		sample_soon(b);
}
