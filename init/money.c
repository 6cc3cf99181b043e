/* SPDX-License-Identifier: MIT */
/* Quota that moves between the accounts of children and our own. */

#include "internal.h"

static fief_cap own(const struct sandbox *b)
{
	return b->env->pd;
}

/* Environment sessions are paid from what was set aside for the child. */
static fief_cap payer(const struct session *s)
{
	if (s->env != ENV_NONE || s->replaces || !s->client || !s->client->pd)
		return own(s->sandbox);
	return s->client->pd;
}

static fief_cap holder(const struct session *s)
{
	return s->server && s->server->pd ? s->server->pd : own(s->sandbox);
}

enum fief_err money_move(struct sandbox *b, fief_cap from, fief_cap to,
                         uint64_t ram, uint32_t caps)
{
	if (from == to || (!ram && !caps))
		return FIEF_OK;
	return pd_move((struct pd_cap){ own(b) }, (struct pd_cap){ from },
	               (struct pd_cap){ to }, ram, caps);
}

static void report_poor(struct session *s, uint64_t ram, uint32_t caps)
{
	char need[NUMBER_TEXT_MAX], have[NUMBER_TEXT_MAX];
	uint64_t limit, used;
	uint32_t cap_limit, cap_used;

	if (!s->client || s->replaces ||
	    pd_quota((struct pd_cap){ payer(s) }, &limit, &used, &cap_limit,
	             &cap_used))
		return;
	note(s->client,
	     &(struct note_about){ limit - used < ram ? REASON_RAM :
	                                                REASON_CAPS,
	                           .session = s },
	     "\"%s\" cannot pay %s RAM and %u caps for service \"%s\" "
	     "(label \"%s\"): it has %s and %u",
	     child_name(s->client), number_text(need, ram), caps, s->service,
	     s->label, number_text(have, limit - used), cap_limit - cap_used);
}

/* What we advance for one that moves, we may have to do without for as long as
 * its servers like: nothing of what is kept for all. */
static bool advanceable(const struct session *s, uint64_t ram, uint32_t caps)
{
	uint64_t free_ram, free_caps;

	if (!s->replaces)
		return true;
	money_available(s->sandbox, &free_ram, &free_caps);
	return ram <= free_ram && caps <= free_caps;
}

enum fief_err money_pay(struct session *s, uint64_t ram, uint32_t caps)
{
	enum fief_err e;

	if (!advanceable(s, ram, caps))
		return FIEF_OUT_OF_RAM;
	e = money_move(s->sandbox, payer(s), holder(s), ram, caps);
	if (e == FIEF_OUT_OF_RAM || e == FIEF_OUT_OF_CAPS)
		report_poor(s, ram, caps);
	return e;
}

/* What a server cannot give back, because it still uses it, stays there; it
 * comes to us when the server ends. */
static void refund_rest(struct session *s, uint64_t ram, uint32_t caps)
{
	const struct pd_cap from = { holder(s) };
	char text[NUMBER_TEXT_MAX];
	uint64_t limit, used, part = 0;
	uint32_t cap_limit, cap_used, cap_part = 0;

	if (!pd_quota(from, &limit, &used, &cap_limit, &cap_used)) {
		part = limit - used < ram ? limit - used : ram;
		cap_part = cap_limit - cap_used < caps ? cap_limit - cap_used :
		                                         caps;
	}
	if (money_move(s->sandbox, from.cap, payer(s), part, cap_part))
		part = cap_part = 0;
	if (!complaint_due(s->sandbox, s->server ? s->server : s->client))
		return;
	fief_error("\"%s\" keeps %s RAM and %u caps of closed session \"%s\" "
	           "(label \"%s\")",
	           s->server ? child_name(s->server) : "parent",
	           number_text(text, ram - part), caps - cap_part, s->service,
	           s->label);
}

void money_refund(struct session *s, uint64_t ram, uint32_t caps)
{
	if (money_move(s->sandbox, holder(s), payer(s), ram, caps))
		refund_rest(s, ram, caps);
}

enum fief_err money_fee_take(struct session *s)
{
	struct child *c = s->client;
	enum fief_err e;

	if (c->session_count <= SANDBOX_SESSIONS_PAID + c->fees)
		return FIEF_OK;
	e = money_move(s->sandbox, payer(s), own(s->sandbox),
	               SANDBOX_SESSION_RAM, 0);
	if (e)
		report_poor(s, SANDBOX_SESSION_RAM, 0);
	else
		c->fees++;
	return e;
}

void money_fee_return(struct child *c)
{
	struct sandbox *b = c->sandbox;

	if (!c->fees || c->session_count >= SANDBOX_SESSIONS_PAID + c->fees)
		return;
	c->fees--;
	if (money_move(b, own(b), c->pd ? c->pd : own(b), SANDBOX_SESSION_RAM,
	               0))
		fief_error("cannot return the fee of a session to \"%s\"",
		           child_name(c));
}

void money_available(struct sandbox *b, uint64_t *ram, uint64_t *caps)
{
	uint64_t ram_kept = b->live.config.kept.ram;
	uint64_t caps_kept = b->live.config.kept.caps;
	uint64_t limit, used;
	uint32_t cap_limit, cap_used;

	*ram = *caps = 0;
	if (pd_quota((struct pd_cap){ own(b) }, &limit, &used, &cap_limit,
	             &cap_used))
		return;
	forward_held(b, &ram_kept, &caps_kept);
	if (limit - used > ram_kept)
		*ram = limit - used - ram_kept;
	if (cap_limit - cap_used > caps_kept)
		*caps = cap_limit - cap_used - caps_kept;
}
