/* SPDX-License-Identifier: MIT */
/*
 * When the state report is due: a while after something changed, so that many
 * changes are one report; at once when a child wants quota or ended, though
 * not more often either; and from time to time if it tells what children use,
 * of which nobody tells us.
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
	return reporting(b) && (wish(b)->child_ram || wish(b)->child_caps);
}

/* What it would tell of the accounts of children, in one number. */
static uint64_t sample(const struct sandbox *b)
{
	uint64_t sum = 0;

	if (!sampling(b))
		return sum;
	LIST_FOR_EACH(c, &b->children, struct child, in_sandbox) {
		const struct state_account a = state_account(c->pd);
		const uint64_t part[] = { a.ram, a.ram_used, a.caps,
			                  a.caps_used };

		for (size_t i = 0; i < sizeof(part) / sizeof(*part); i++)
			sum = (sum ^ part[i]) * 0x9e3779b97f4a7c15u + i;
	}
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
