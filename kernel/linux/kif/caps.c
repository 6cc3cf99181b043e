/* SPDX-License-Identifier: MIT */
/* Handles, own objects and delegations of one PD. */

#include "caps.h"

#include "call.h"
#include "chan.h"
#include "lock.h"

enum { KCAP_INDEX_MASK = 0x00ffffff, KCAP_TAG_SHIFT = 24, KCAP_TAG_MAX = 63 };

struct kcap *kcap_get(struct kif_pd *pd, fief_cap handle)
{
	uint32_t i = handle & KCAP_INDEX_MASK;
	struct kcap *c;

	c = ktable_get(&pd->caps, sizeof(*c), i);
	if (!c || !i || kcap_kind(c) == KCAP_FREE ||
	    (c->head >> 2 & KCAP_TAG_MAX) != handle >> KCAP_TAG_SHIFT)
		return NULL;
	return c;
}

enum fief_err kcap_new_locked(struct kif_pd *pd, fief_cap *out,
                              struct kcap **entry)
{
	uint32_t i = pd->cap_free;
	enum fief_err e;
	struct kcap *c;

	if (i) {
		c = ktable_at(&pd->caps, sizeof(*c), i);
		pd->cap_free = c->word;
	} else {
		do {
			e = ktable_add(pd, &pd->caps, sizeof(*c), &i);
			if (e)
				return e;
		} while (!i); /* index 0 is FIEF_CAP_NULL */
		c = ktable_at(&pd->caps, sizeof(*c), i);
	}
	*entry = c;
	*out = (c->head >> 2 & KCAP_TAG_MAX) << KCAP_TAG_SHIFT | i;
	return FIEF_OK;
}

void kcap_free_locked(struct kif_pd *pd, struct kcap *c, uint32_t index)
{
	uint32_t tag = ((c->head >> 2) + 1) & KCAP_TAG_MAX;

	c->head = KCAP_FREE | tag << 2;
	c->word = pd->cap_free;
	pd->cap_free = index;
}

static void kcap_set_head(struct kcap *c, uint32_t kind, uint32_t rest)
{
	c->head = (c->head & KCAP_TAG_MAX << 2) | kind | rest << 8;
}

enum fief_err kcap_foreign_locked(struct kif_pd *pd, uint32_t chan,
                                  uint32_t index, uint32_t gen, fief_cap *out)
{
	struct kcap *c;
	enum fief_err e;

	e = kcap_new_locked(pd, out, &c);
	if (e)
		return e;
	c->word = index;
	c->gen = gen;
	c->refs = 1;
	kcap_set_head(c, KCAP_FOREIGN, chan);
	return FIEF_OK;
}

/* ---- own objects ---- */

static uint32_t kobj_name(const struct kcap *c, uint32_t index)
{
	return index | (c->head >> 16 & 0xff) << 24;
}

struct kcap *kobj_live(struct kif_pd *pd, uint32_t own, uint32_t ogen)
{
	uint32_t i = own & KCAP_INDEX_MASK;
	struct kcap *c = ktable_get(&pd->caps, sizeof(*c), i);

	if (!c || !i || kcap_kind(c) != KCAP_OWN || c->word != ogen ||
	    kobj_name(c, i) != own)
		return NULL;
	return c;
}

enum fief_err kif_export(fief_ep ep, uint64_t badge, enum kif_object kind,
                         fief_cap *cap)
{
	struct kif_pd *pd = kif_pd_self();
	enum fief_err e = FIEF_OK;
	struct kcap *c;

	if (ep >= KIF_EPS || !pd->ep[ep].used || !badge)
		return FIEF_INVALID;
	kif_lock(pd);
	if (pd->exports == pd->exports_paid) {
		kif_unlock(pd);
		e = pd->backend->charge(pd, 8);
		kif_lock(pd);
		if (e && pd->exports < pd->exports_paid)
			e = FIEF_OK; /* another thread paid meanwhile */
	}
	if (!e)
		e = kcap_new_locked(pd, cap, &c);
	if (!e) {
		uint64_t serial = ++pd->serial;

		pd->exports++;
		c->badge = badge;
		c->word = (uint32_t)serial;
		kcap_set_head(c, KCAP_OWN,
		              (kind == KIF_OBJECT_SIGNAL) | ep << 1 |
		                      (uint32_t)(serial >> 32 & 0xff) << 8);
	}
	kif_unlock(pd);
	return e;
}

void kif_revoke(fief_cap own)
{
	struct kif_pd *pd = kif_pd_self();
	struct kcap *c;

	kif_lock(pd);
	c = kcap_get(pd, own);
	if (c && kcap_kind(c) == KCAP_OWN) {
		pd->exports--;
		kcap_free_locked(pd, c, own & KCAP_INDEX_MASK);
	}
	kif_unlock(pd);
}

void kobj_revoke_ep_locked(struct kif_pd *pd, uint32_t ep)
{
	for (uint32_t i = 1; i < pd->caps.used; i++) {
		struct kcap *c = ktable_at(&pd->caps, sizeof(*c), i);

		if (kcap_kind(c) != KCAP_OWN || kcap_ep(c) != ep)
			continue;
		pd->exports--;
		kcap_free_locked(pd, c, i);
	}
}

enum fief_err kif_badge(fief_cap cap, uint64_t *badge)
{
	struct kcap *c = kcap_get(kif_pd_self(), cap);

	if (!c || kcap_kind(c) != KCAP_OWN)
		return FIEF_INVALID;
	*badge = c->badge;
	return FIEF_OK;
}

enum fief_err kif_recv_window(unsigned n)
{
	if (n > KIF_CAPS_MAX)
		return FIEF_INVALID;
	kif_pd_self()->window = n;
	return FIEF_OK;
}

/* ---- giving back what others own ---- */

void kchan_flush_releases(struct kchan *ch)
{
	struct ch_page *page = ch->page;
	uint32_t tail = atomic_load_explicit(&page->client.release_tail,
	                                     memory_order_acquire);

	/* A peer that lies about its tail only loses its own releases. */
	while (ch->npending && ch->release_head - tail < CH_RELEASES) {
		page->release[ch->release_head % CH_RELEASES] =
			ch->pending[--ch->npending];
		ch->release_head++;
	}
	atomic_store_explicit(&page->client.release_head, ch->release_head,
	                      memory_order_release);
}

void kchan_release_locked(struct kif_pd *pd, struct kchan *ch, uint32_t index,
                          uint32_t gen)
{
	void *mem;

	if (!ch || ch->dir == KCHAN_FREE ||
	    atomic_load_explicit(&ch->dead, memory_order_relaxed))
		return;
	if (ch->dir == KCHAN_IN) {
		pd->backend->give_back(pd, ch, index, gen);
		return;
	}
	if (ch->npending == ch->maxpending) {
		uint32_t max = ch->maxpending ? ch->maxpending * 2 : 8;

		if (kif_grow(pd, max * sizeof(*ch->pending), &mem))
			return; /* the owner keeps the entry until we die */
		for (uint32_t i = 0; i < ch->npending; i++)
			((struct ch_release *)mem)[i] = ch->pending[i];
		ch->pending = mem;
		ch->maxpending = max;
	}
	ch->pending[ch->npending++] = (struct ch_release){ index, gen };
	kchan_flush_releases(ch);
	if (ch->npending) /* a client that never calls is never looked at */
		kchan_ring(ch);
}

void kif_drop(fief_cap cap, unsigned count)
{
	struct kif_pd *pd = kif_pd_self();
	struct kchan *ch;
	struct kcap *c;

	kif_lock(pd);
	c = kcap_get(pd, cap);
	if (c && kcap_kind(c) == KCAP_FOREIGN) {
		c->refs -= count < c->refs ? count : c->refs;
		if (!c->refs) {
			ch = ktable_get(&pd->chans, sizeof(*ch), kcap_chan(c));
			if (pd->backend->dropped && pd->stashed_ds &&
			    kcap_chan(c) == CORE_CHANNEL)
				pd->backend->dropped(pd, c->word, c->gen);
			kchan_release_locked(pd, ch, c->word, c->gen);
			kcap_free_locked(pd, c, cap & KCAP_INDEX_MASK);
		}
	}
	kif_unlock(pd);
}

void kif_ref(fief_cap cap)
{
	struct kif_pd *pd = kif_pd_self();
	struct kcap *c;

	kif_lock(pd);
	c = kcap_get(pd, cap);
	if (c && kcap_kind(c) == KCAP_FOREIGN && c->refs < UINT32_MAX)
		c->refs++;
	kif_unlock(pd);
}
