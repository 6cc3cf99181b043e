/* SPDX-License-Identifier: MIT */
/* Children whose config wants it are asked from time to time whether they still
 * handle events; those that skip too many answers start anew. */

#include "internal.h"

enum { MS = 1000000, KILLED = 128 + 9 };

/* The newest may still be answered. */
unsigned heartbeat_skipped(const struct child *c)
{
	return c->unanswered > 1 ? c->unanswered - 1 : 0;
}

/* With a policy it counts as a crash; without one it starts at once. */
static void restart(struct child *c)
{
	if (c->start->supervision.restart != CONFIG_RESTART_NEVER) {
		child_give_up(c, KILLED);
		return;
	}
	c->restarted++;
	sandbox_restart(c);
}

static void skips(struct child *c)
{
	const uint64_t limit = c->start->heartbeat.restart_after_skipped;
	const unsigned skipped = heartbeat_skipped(c);
	const bool over = limit && skipped > limit;
	const struct note_about frozen = { .reason = REASON_FROZEN };

	state_changed(c->sandbox);
	if (skipped == 1 || over)
		note(c, &frozen,
		     "\"%s\" does not answer its heartbeats (%u skipped)%s",
		     child_name(c), skipped, over ? ": it is ended" : "");
	if (over)
		restart(c);
}

static void beat(struct child *c)
{
	if (c->state != CHILD_RUNNING || c->exited ||
	    c->heartbeat_sigh == FIEF_CAP_NULL)
		return;
	c->unanswered++;
	fief_kif->signal(c->heartbeat_sigh);
	if (heartbeat_skipped(c))
		skips(c);
}

static void again(struct sandbox *b);

/* One whose config does not want it any more is as good as one that answers. */
static void on_beat(struct timer *self)
{
	struct sandbox *b = FIEF_CONTAINER_OF(self, struct sandbox, heartbeat);
	bool wanted = false;

	LIST_FOR_EACH(c, &b->children, struct child, in_sandbox) {
		wanted |= c->start->heartbeat.wanted;
		if (c->start->heartbeat.wanted)
			beat(c);
		else
			heartbeat_answered(c);
	}
	if (wanted)
		again(b);
}

static void again(struct sandbox *b)
{
	b->heartbeat_ms = b->live.config.heartbeat_ms;
	b->heartbeat.fire = on_beat;
	timer_set(b, &b->heartbeat, b->heartbeat_ms * MS);
}

void heartbeat_begin(struct sandbox *b)
{
	if (!list_linked(&b->heartbeat.link) ||
	    b->heartbeat_ms != b->live.config.heartbeat_ms)
		again(b);
}

void heartbeat_answered(struct child *c)
{
	const bool skipped = heartbeat_skipped(c);

	c->unanswered = 0;
	if (!skipped)
		return;
	if (c->note && c->note->reason == REASON_FROZEN)
		note_clear(c);
	fief_log("\"%s\" answers again", child_name(c));
	state_changed(c->sandbox);
}
