/* SPDX-License-Identifier: MIT */
/* Children that end by themselves and start again, as their config says: each
 * time after twice the time, and not for ever. */

#include "internal.h"

enum { MS = 1000000 };

static bool wanted(const struct config_supervision *s, bool failed)
{
	return s->restart == CONFIG_RESTART_ALWAYS ||
	       (s->restart == CONFIG_RESTART_ON_FAILURE && failed);
}

/* Restarts that are long ago do not count. */
static void count(struct child *c, const struct config_supervision *s)
{
	const uint64_t now = fief_kif->time();

	if (!c->restarts || now - c->restarts_since > s->within_s * 1000 * MS) {
		c->restarts = 0;
		c->restarts_since = now;
	}
	c->restarts++;
}

static uint64_t delay_ms(const struct child *c,
                         const struct config_supervision *s)
{
	uint64_t ms = s->delay_ms;

	for (unsigned i = 1; i < c->restarts && ms < s->max_delay_ms; i++)
		ms *= 2;
	return ms < s->max_delay_ms ? ms : s->max_delay_ms;
}

static void on_restart(struct timer *self)
{
	struct child *c = FIEF_CONTAINER_OF(self, struct child, restart);

	if (c->state != CHILD_ENDED)
		return;
	c->restarted++;
	sandbox_restart(c);
}

bool supervise_ended(struct child *c, bool failed)
{
	const struct config_supervision *s = &c->start->supervision;
	uint64_t ms;

	if (!wanted(s, failed))
		return false;
	count(c, s);
	if (c->restarts > s->limit) {
		note(c, &(struct note_about){ .reason = REASON_GAVE_UP },
		     "\"%s\" stays ended: it was started again %llu "
		     "times within %llu s",
		     child_name(c), (unsigned long long)s->limit,
		     (unsigned long long)s->within_s);
		return false;
	}
	ms = delay_ms(c, s);
	note(c, &(struct note_about){ REASON_RESTARTING, .level = NOTE_LOG },
	     "\"%s\" starts again in %llu ms (%u of %llu)", child_name(c),
	     (unsigned long long)ms, c->restarts, (unsigned long long)s->limit);
	c->restart.fire = on_restart;
	timer_set(c->sandbox, &c->restart, ms * MS);
	return true;
}
