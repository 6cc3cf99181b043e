/* SPDX-License-Identifier: MIT */
/*
 * Which channels an endpoint looks at: the hot set, which it polls while it is
 * awake, the backlog, which has work but no place there, and those that
 * somebody asked it to look at. All but `look` belong to its thread.
 */
#pragma once

#include "call.h"
#include "state.h"

/* Number of the call in a slot; what a client writes beyond it is not seen,
 * or the slot would look new for ever. */
static inline uint32_t kslot_request(struct ch_slot *slot)
{
	return atomic_load_explicit(&slot->req, memory_order_acquire) &
	       CH_SEQ_MASK;
}

/* The slot's call is being handled, or waits for an introduction that has
 * not come since it was looked at. */
static inline bool kslot_held(const struct kif_pd *pd, const struct kchan *ch,
                              unsigned n)
{
	return ch->open[n] ||
	       (ch->parked[n] && ch->parked[n] == pd->intro_news);
}

/* Tell the client where its server runs. */
static inline void khot_note_cpu(struct kchan *ch, uint32_t cpu)
{
	if (atomic_load_explicit(&ch->page->server.cpu, memory_order_relaxed) !=
	    cpu)
		atomic_store_explicit(&ch->page->server.cpu, cpu,
		                      memory_order_relaxed);
}

/* Something to do on this channel? Used between the fence and sleeping. */
static inline bool kchan_ready(const struct kif_pd *pd, const struct kif_ep *ep,
                               const struct kchan *ch)
{
	struct ch_page *page = ch->page;

	if (atomic_load(&page->client.signals))
		return true;
	for (unsigned n = 0; n < CH_SLOTS && !ep->signals_only; n++)
		if (kslot_request(&page->slot[n]) != ch->seq[n] &&
		    !kslot_held(pd, ch, n))
			return true;
	return false;
}

/* Is the channel alive, and this endpoint's? */
static inline bool kif_ep_serves(const struct kif_pd *pd,
                                 const struct kif_ep *ep,
                                 const struct kchan *ch)
{
	return ch->dir == KCHAN_IN && !ch->dead && &pd->ep[ch->ep] == ep;
}

/* Poll it, if it is ours; the one that was longest in the full set leaves.
 * Lock not held. */
void khot_add(struct kif_pd *, struct kif_ep *, struct kchan *);

/* A channel that has work and no place in the hot set, or NULL. */
struct kchan *kbacklog_pop(struct kif_ep *);

/* Channels that somebody wants to be looked at get into the backlog. */
void klook_take(struct kif_pd *, struct kif_ep *);

/* Channels died: those of this endpoint leave its sets. */
void kif_ep_prune(struct kif_pd *, struct kif_ep *);

/* Empty the sets of an endpoint that nobody serves. Lock held. */
void kif_ep_disband_locked(struct kif_pd *, struct kif_ep *);
