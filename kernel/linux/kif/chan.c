/* SPDX-License-Identifier: MIT */
/* Channels of one PD. */

#include "chan.h"

#include "caps.h"
#include "lock.h"
#include "signals.h"
#include "sys.h"

struct kchan *kchan_in_find(const struct kpeer *peer, uint32_t ep)
{
	return peer->in[ep % KIF_EPS];
}

struct kchan *kchan_out_find(const struct kpeer *peer, uint32_t remote_ep)
{
	return peer->out[remote_ep % KIF_EPS];
}

void kchan_look_locked(struct kif_pd *pd, struct kchan *ch)
{
	struct kif_ep *ep = &pd->ep[ch->ep];

	if (ch->look)
		return;
	ch->look = true;
	ch->look_next = atomic_load(&ep->look);
	atomic_store(&ep->look, ch);
	kif_ep_poke(ep);
}

void kpeer_look_locked(struct kif_pd *pd, struct kpeer *peer)
{
	for (uint32_t i = 0; i < KIF_EPS; i++)
		if (peer->in[i])
			kchan_look_locked(pd, peer->in[i]);
}

/* Handles of a dead channel must not come to life with its successor. */
static void kchan_orphan_handles(struct kif_pd *pd, uint32_t number)
{
	for (uint32_t i = 1; i < pd->caps.used; i++) {
		struct kcap *c = ktable_at(&pd->caps, sizeof(*c), i);

		if (kcap_kind(c) == KCAP_FOREIGN && kcap_chan(c) == number)
			c->head |= (uint32_t)KCAP_NO_CHANNEL << 8;
	}
}

/* Who is looking at the old one sees that it is not the same. What puts it in
 * the sets of an endpoint is left alone: the endpoint's thread changes that
 * without lock, and drops from its sets what it does not serve. */
static void kchan_reset(struct kchan *ch, const struct kchan_new *n,
                        struct kpeer *peer)
{
	atomic_fetch_add(&ch->life, 1);
	atomic_store(&ch->busy, ch->life << (KCHAN_DEAD_SHIFT + 1));
	kif_futex_wake(&ch->busy); /* they wait for a slot of the old one */
	ch->page = n->page;
	ch->peer = peer;
	ch->number = n->number;
	ch->dir = n->inbound ? KCHAN_IN : KCHAN_OUT;
	ch->ep = n->inbound ? (uint8_t)n->ep : 0;
	ch->remote_ep = n->inbound ? 0 : (uint8_t)n->ep;
	ch->bell = n->bell;
	ch->misses = 0;
	ch->release_head = 0;
	ch->release_tail = 0;
	ch->npending = 0;
	ch->signals = 0;
	for (unsigned i = 0; i < CH_SLOTS; i++) {
		ch->seq[i] = 0;
		ch->open[i] = 0;
		ch->parked[i] = 0;
	}
	atomic_store(&ch->dead, 0);
}

enum fief_err kchan_add_locked(struct kif_pd *pd, const struct kchan_new *n)
{
	struct kpeer *peer;
	struct kchan *ch;
	enum fief_err e;
	uint32_t i;

	if (n->ep >= KIF_EPS || (n->inbound && !pd->ep[n->ep].used))
		return FIEF_INVALID;
	e = kpeer_get_locked(pd, n->peer, &peer);
	while (!e && pd->chans.used <= n->number)
		e = ktable_add(pd, &pd->chans, sizeof(*ch), &i);
	if (e)
		return e;
	ch = ktable_at(&pd->chans, sizeof(*ch), n->number);
	if (ch->dir != KCHAN_FREE && !ch->dead)
		return FIEF_INVALID;
	if (ch->dead)
		kchan_orphan_handles(pd, ch->number);
	kchan_reset(ch, n, peer);
	if (ch->signal)
		for (i = 0; i < CH_SIGNALS; i++)
			ch->signal[i] = (struct ksignal){ 0 };
	*(n->inbound ? &peer->in[ch->ep] : &peer->out[ch->remote_ep]) = ch;
	peer->channels++;
	return FIEF_OK;
}

bool kchan_left(const struct kif_pd *pd, uint32_t number)
{
	const struct kchan *ch = ktable_get(&pd->chans, sizeof(*ch), number);
	uint32_t busy;

	if (!ch || ch->dir != KCHAN_OUT || !ch->dead)
		return true;
	busy = atomic_load(&ch->busy);
	return !(busy & ~(busy >> KCHAN_RETIRED_SHIFT) & KCHAN_BUSY);
}

void kchan_dead_locked(struct kif_pd *pd, struct kchan *ch)
{
	struct kchan **at;

	if (ch->dir == KCHAN_FREE || ch->dead)
		return;
	for (unsigned i = 0; ch->dir == KCHAN_IN && i < CH_SLOTS; i++)
		ch->open[i] = 0;
	ch->dead = 1;
	/* From here on nobody begins a call. */
	atomic_fetch_or(&ch->busy, 1u << KCHAN_DEAD_SHIFT);
	atomic_fetch_add(&pd->deaths, 1); /* the endpoint prunes its sets */
	at = ch->dir == KCHAN_IN ? &ch->peer->in[ch->ep] :
	                           &ch->peer->out[ch->remote_ep];
	if (*at == ch) /* the endpoint's next one comes before this is read */
		*at = NULL;
	if (ch->dir == KCHAN_OUT && ch->bell >= 0) {
		sys_close(ch->bell);
		ch->bell = -1;
	}
	if (--ch->peer->channels == 0 && ch->peer->id != CORE_PEER)
		kpeer_forget_locked(pd, ch->peer);
}

static struct ksignal *core_signal_slot(struct kif_pd *pd, uint32_t n)
{
	uint32_t i;

	while (pd->signal.used <= n)
		if (ktable_add(pd, &pd->signal, sizeof(struct ksignal), &i))
			return NULL;
	return ktable_at(&pd->signal, sizeof(struct ksignal), n);
}

struct ksignal *kchan_signal_slot(struct kif_pd *pd, const struct kpeer *peer,
                                  uint32_t ep, uint32_t index)
{
	const bool core = peer->id == CORE_PEER && pd->page;
	struct kchan *ch = core ? NULL : kchan_in_find(peer, ep);
	const uint32_t n = index & (CH_INDEX_SIGNAL - 1);
	void *mem;

	if (core)
		return n < PDP_SIGNALS ? core_signal_slot(pd, n) : NULL;
	if (!ch || n >= CH_SIGNALS)
		return NULL;
	if (!ch->signal) {
		if (kif_grow(pd, CH_SIGNALS * sizeof(*ch->signal), &mem))
			return NULL;
		ch->signal = mem;
	}
	return &ch->signal[n];
}

struct ksignal *kchan_signal(struct kif_pd *pd, const struct kpeer *peer,
                             uint32_t ep, uint32_t index)
{
	const uint32_t n = index & (CH_INDEX_SIGNAL - 1);
	struct ksignal *s;

	if (peer->id == CORE_PEER && pd->page && n >= pd->signal.used)
		return NULL; /* never given out: do not grow for it */
	s = kchan_signal_slot(pd, peer, ep, index);
	return s && s->own ? s : NULL;
}

struct ksignal *kchan_signal_any(struct kif_pd *pd, const struct kpeer *peer,
                                 uint32_t index)
{
	struct ksignal *s = NULL;

	for (uint32_t ep = 0; ep < KIF_EPS && !s; ep++)
		if (pd->ep[ep].used)
			s = kchan_signal(pd, peer, ep, index);
	return s;
}
