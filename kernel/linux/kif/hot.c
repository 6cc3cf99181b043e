/* SPDX-License-Identifier: MIT */
/*
 * Which channels an endpoint looks at. Only the thread that serves an endpoint
 * changes its sets; another one that reads of a death marks the channel and
 * counts `deaths`, and the endpoint prunes.
 */

#include "hot.h"

#include "chan.h"
#include "lock.h"

/* Channels that left the hot set with work: served when there is room. */
static void backlog_push(struct kif_ep *ep, struct kchan *ch)
{
	if (ch->backlog)
		return;
	ch->backlog = true;
	ch->backlog_next = NULL;
	if (ep->backlog)
		ep->backlog_last->backlog_next = ch;
	else
		ep->backlog = ch;
	ep->backlog_last = ch;
}

struct kchan *kbacklog_pop(struct kif_ep *ep)
{
	struct kchan *ch = ep->backlog;

	if (ch) {
		ep->backlog = ch->backlog_next;
		ch->backlog = false;
	}
	return ch;
}

static void hot_evict(struct kif_pd *pd, struct kif_ep *ep, uint32_t i)
{
	struct kchan *ch = ep->hot[i];

	ch->hot = 0;
	ep->nhot--;
	ep->hot[i] = ep->hot[ep->nhot];
	if (i < ep->nhot)
		ep->hot[i]->hot = (uint8_t)(i + 1);
	atomic_store(&ch->page->server.polled, 0); /* fence: R10 */
	if (ep->signals_only || kchan_ready(pd, ep, ch))
		backlog_push(ep, ch); /* its client saw `polled` and sleeps */
}

/* A channel whose number went to a client of another endpoint. */
static void pass_to_owner(struct kif_pd *pd, struct kchan *ch)
{
	if (ch->dir != KCHAN_IN || ch->dead)
		return;
	atomic_store(&ch->page->server.polled, 0);
	kchan_look_locked(pd, ch);
}

void khot_add(struct kif_pd *pd, struct kif_ep *ep, struct kchan *ch)
{
	if (ch->hot)
		return;
	if (FIEF_UNLIKELY(!kif_ep_serves(pd, ep, ch))) {
		kif_lock(pd);
		pass_to_owner(pd, ch);
		kif_unlock(pd);
		return;
	}
	if (ep->nhot == KIF_HOT)
		hot_evict(pd, ep, ep->turn % KIF_HOT);
	atomic_store_explicit(&ch->page->server.polled, 1,
	                      memory_order_relaxed);
	khot_note_cpu(ch, kif_cpu(pd));
	ep->hot[ep->nhot++] = ch;
	ch->hot = (uint8_t)ep->nhot;
	ep->turn = ep->turn + 1 < KIF_HOT ? ep->turn + 1 : 0;
}

/* Channels that somebody wants to be looked at become hot. */
void klook_take(struct kif_pd *pd, struct kif_ep *ep)
{
	struct kchan *ch;

	kif_lock(pd);
	while ((ch = atomic_load(&ep->look))) {
		atomic_store(&ep->look, ch->look_next);
		ch->look = false;
		if (!kif_ep_serves(pd, ep, ch))
			pass_to_owner(pd, ch);
		else if (!ch->hot)
			backlog_push(ep, ch);
	}
	kif_unlock(pd);
}

static void hot_prune_locked(struct kif_pd *pd, struct kif_ep *ep, bool all)
{
	for (uint32_t i = ep->nhot; i--;) {
		struct kchan *ch = ep->hot[i];

		if (!all && kif_ep_serves(pd, ep, ch))
			continue;
		ch->hot = 0;
		ep->hot[i] = ep->hot[--ep->nhot];
		if (i < ep->nhot)
			ep->hot[i]->hot = (uint8_t)(i + 1);
		pass_to_owner(pd, ch);
	}
	ep->turn = 0;
}

static void backlog_prune_locked(struct kif_pd *pd, struct kif_ep *ep, bool all)
{
	struct kchan *ch, *rest = ep->backlog;

	ep->backlog = NULL;
	while ((ch = rest)) {
		rest = ch->backlog_next;
		ch->backlog = false;
		if (!all && kif_ep_serves(pd, ep, ch))
			backlog_push(ep, ch);
		else
			pass_to_owner(pd, ch);
	}
}

/* Channels died: those of this endpoint leave its sets. */
void kif_ep_prune(struct kif_pd *pd, struct kif_ep *ep)
{
	kif_lock(pd);
	ep->deaths = atomic_load(&pd->deaths);
	hot_prune_locked(pd, ep, false);
	backlog_prune_locked(pd, ep, false);
	kif_unlock(pd);
}

void kif_ep_disband_locked(struct kif_pd *pd, struct kif_ep *ep)
{
	struct kchan *ch;

	hot_prune_locked(pd, ep, true);
	backlog_prune_locked(pd, ep, true);
	while ((ch = atomic_load(&ep->look))) {
		atomic_store(&ep->look, ch->look_next);
		ch->look = false;
	}
}
