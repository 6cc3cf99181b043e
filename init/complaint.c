/* SPDX-License-Identifier: MIT */
/* Lines of the log that a child can cause as often as it likes: so many in a
 * while, then only their number. The last one is in the state report anyway. */

#include "internal.h"

enum { LINES = 16 };

static const uint64_t WHILE_NS = 10000000000;

static void sum_up(struct complaints *l, const char *who)
{
	const uint64_t left_out = rate_limit_left_out(&l->limit);

	timer_stop(&l->end);
	if (left_out)
		fief_warning("\"%s\" caused %llu more messages, left out", who,
		             (unsigned long long)left_out);
}

void complaints_sum_up(struct child *c)
{
	sum_up(&c->complaints, child_name(c));
}

static void on_child_end(struct timer *self)
{
	complaints_sum_up(
		FIEF_CONTAINER_OF(self, struct child, complaints.end));
}

static void on_parent_end(struct timer *self)
{
	sum_up(FIEF_CONTAINER_OF(self, struct complaints, end), "parent");
}

bool complaint_due(struct sandbox *b, struct child *c)
{
	struct complaints *l = c ? &c->complaints : &b->complaints;
	const uint64_t now = fief_kif->time();

	if (rate_limit_take(&l->limit, LINES, WHILE_NS, now))
		return true;
	if (list_linked(&l->end.link))
		return false;
	l->end.fire = c ? on_child_end : on_parent_end;
	timer_set(b, &l->end, l->limit.since + WHILE_NS - now);
	return false;
}
