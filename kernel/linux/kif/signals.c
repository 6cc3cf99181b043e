/* SPDX-License-Identifier: MIT */
/* Signals from core, by counters in the PD page, and from this PD to objects
 * of its own. Those from other PDs come through channels, see serve.c. */

#include "signals.h"

#include "caps.h"
#include "lock.h"
#include "sys.h"

bool kif_take_signal(struct kif_pd *pd, const struct ksignal *s, uint32_t count,
                     uint32_t ep, struct kif_wait *w)
{
	struct kcap *c = s->own ? kobj_live(pd, s->own, s->ogen) : NULL;

	if (!c || !count || kcap_ep(c) != ep)
		return false;
	w->badge = c->badge;
	atomic_thread_fence(memory_order_acquire);
	if (kobj_live(pd, s->own, s->ogen) != c)
		return false; /* revoked meanwhile by another thread */
	w->event = KIF_EVENT_SIGNAL;
	w->count = count;
	return true;
}

void kif_ep_poke(struct kif_ep *ep)
{
	uint64_t one = 1;

	if (atomic_load(&ep->asleep) && ep->poke >= 0)
		sys_write(ep->poke, &one, sizeof(one));
}

/* Core rings the initial endpoint only; it passes the ring on. */
static void pass_on(struct kif_pd *pd, const struct ksignal *s, uint32_t epn)
{
	struct kcap *c = kobj_live(pd, s->own, s->ogen);

	if (c && kcap_ep(c) != epn)
		kif_ep_poke(&pd->ep[kcap_ep(c)]);
}

bool kif_scan_core(struct kif_pd *pd, uint32_t epn, struct kif_wait *w)
{
	struct kif_ep *ep = &pd->ep[epn];
	struct pd_page *page = pd->page;
	uint32_t seq, count;

	if (!page)
		return false;
	seq = atomic_load_explicit(&page->signal_seq, memory_order_acquire);
	if (seq == ep->signal_seen)
		return false;
	for (uint32_t n = 0; n < pd->signal.used; n++) {
		struct ksignal *s = ktable_at(&pd->signal, sizeof(*s), n);

		count = atomic_load_explicit(&page->signal_count[n],
		                             memory_order_acquire) -
		        s->seen;
		if (!count)
			continue;
		if (kif_take_signal(pd, s, count, epn, w)) {
			s->seen += count;
			return true;
		}
		if (!s->own || !kobj_live(pd, s->own, s->ogen))
			s->seen += count; /* sent to a dead object: lost */
		else
			pass_on(pd, s, epn);
	}
	ep->signal_seen = seq;
	return false;
}

bool kif_scan_local(struct kif_pd *pd, uint32_t epn, struct kif_wait *w)
{
	if (!atomic_load_explicit(&pd->ep[epn].local, memory_order_acquire))
		return false;
	for (uint32_t i = 0; i < pd->local.used; i++) {
		struct klocal *l = ktable_at(&pd->local, sizeof(*l), i);
		struct ksignal s = { .own = l->own, .ogen = l->ogen };
		uint32_t count;

		if (l->ep != epn || !atomic_load(&l->count))
			continue;
		count = atomic_exchange(&l->count, 0);
		atomic_fetch_sub(&pd->ep[epn].local, 1);
		if (kif_take_signal(pd, &s, count, epn, w))
			return true;
	}
	return false;
}

static struct klocal *local_entry_locked(struct kif_pd *pd, uint32_t own,
                                         uint32_t ogen)
{
	struct klocal *l = NULL;
	uint32_t n;

	for (uint32_t i = 0; i < pd->local.used; i++) {
		struct klocal *at = ktable_at(&pd->local, sizeof(*at), i);

		if (at->own == own && at->ogen == ogen)
			return at;
		if (!atomic_load(&at->count) &&
		    !kobj_live(pd, at->own, at->ogen))
			l = at;
	}
	if (!l) {
		if (ktable_add(pd, &pd->local, sizeof(*l), &n))
			return NULL;
		l = ktable_at(&pd->local, sizeof(*l), n);
	}
	l->own = own;
	l->ogen = ogen;
	return l;
}

void kif_signal_local(struct kif_pd *pd, fief_cap handle, struct kcap *c)
{
	uint32_t own = (handle & CH_INDEX_MASK) | (c->head >> 16 & 0xff) << 24;
	struct kif_ep *ep = &pd->ep[kcap_ep(c)];
	struct klocal *l;

	if (!kcap_is_signal(c))
		return;
	kif_lock(pd);
	l = local_entry_locked(pd, own, c->word);
	if (l) {
		l->ep = (uint8_t)kcap_ep(c);
		if (!atomic_fetch_add(&l->count, 1))
			atomic_fetch_add(&ep->local, 1);
	}
	kif_unlock(pd);
	if (l)
		kif_ep_poke(ep);
}
