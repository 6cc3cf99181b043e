/* SPDX-License-Identifier: MIT */
/*
 * Peers of a PD, and what they were given. A peer that gives nothing back
 * costs its owner no more than it holds: an object given again has one entry,
 * entries of dead objects are collected, and a third PD introduces the same
 * object to the same peer only so often.
 */

#include "caps.h"
#include "chan.h"

enum {
	GRANTS_MAX = 64, /* of an object to a peer by the same introducer */
};

/* ---- peers ---- */

static struct kpeer **kpeer_at(const struct kif_pd *pd, uint32_t place)
{
	return ktable_at(&pd->peer, sizeof(struct kpeer *), place);
}

struct kpeer *kpeer_find(struct kif_pd *pd, uint32_t id)
{
	uint32_t place;

	return kmap_get(&pd->peer_place, id + 1, &place) ?
	               *kpeer_at(pd, place) :
	               NULL;
}

static enum fief_err kpeer_new_locked(struct kif_pd *pd, struct kpeer **out)
{
	struct kpeer *p = pd->peer_free;
	enum fief_err e;
	void *mem;

	if (p) {
		pd->peer_free = p->next;
		*out = p;
		return FIEF_OK;
	}
	e = kif_grow(pd, sizeof(*p), &mem);
	if (e)
		return e;
	p = mem;
	e = ktable_add(pd, &pd->peer, sizeof(p), &p->place);
	if (e)
		return e;
	*kpeer_at(pd, p->place) = p;
	*out = p;
	return FIEF_OK;
}

enum fief_err kpeer_get_locked(struct kif_pd *pd, uint32_t id,
                               struct kpeer **out)
{
	struct kpeer *p = kpeer_find(pd, id);
	enum fief_err e = FIEF_OK;

	if (!p) {
		e = kpeer_new_locked(pd, &p);
		if (e)
			return e;
		e = kmap_put(pd, &pd->peer_place, id + 1, p->place);
		p->id = id;
		if (e) {
			p->next = pd->peer_free;
			pd->peer_free = p;
			return e;
		}
	}
	*out = p;
	return FIEF_OK;
}

/* ---- grants: what a third PD introduced ---- */

static struct kgrant *kgrant_at(const struct kpeer *peer, uint32_t i)
{
	return ktable_at(&peer->grant, sizeof(struct kgrant), i);
}

/* Take a grant out of those of its object. */
static void kgrant_unlink(struct kif_pd *pd, struct kpeer *peer,
                          const struct kgrant *g, uint32_t i)
{
	uint32_t key = g->own & KOWN_INDEX_MASK, n;

	if (!kmap_get(&peer->granted, key, &n))
		return;
	if (n == i + 1) {
		/* The key is there already: no memory is needed. */
		if (!g->next || kmap_put(pd, &peer->granted, key, g->next))
			kmap_take(&peer->granted, key, &n);
		return;
	}
	while (n && kgrant_at(peer, n - 1)->next != i + 1)
		n = kgrant_at(peer, n - 1)->next;
	if (n)
		kgrant_at(peer, n - 1)->next = g->next;
}

static void kgrant_free_locked(struct kif_pd *pd, struct kpeer *peer,
                               uint32_t i)
{
	struct kgrant *g = kgrant_at(peer, i);

	kgrant_unlink(pd, peer, g, i);
	kmap_take(&peer->grants, g->number, &i);
	g->own = 0;
	g->next = peer->grant_free;
	peer->grant_free = i + 1;
}

static uint32_t kgrant_collect_locked(struct kif_pd *pd, struct kpeer *peer)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < peer->grant.used; i++) {
		struct kgrant *g = kgrant_at(peer, i);

		if (!g->own || kobj_live(pd, g->own, g->ogen))
			continue;
		kgrant_free_locked(pd, peer, i);
		n++;
	}
	return n;
}

static enum fief_err kgrant_grow_locked(struct kif_pd *pd, struct kpeer *peer)
{
	enum fief_err e;
	uint32_t i = 0;

	e = ktable_add(pd, &peer->grant, sizeof(struct kgrant), &i);
	if (e)
		return e;
	kgrant_at(peer, i)->next = peer->grant_free;
	peer->grant_free = i + 1;
	return FIEF_OK;
}

/* As for delegations. */
static enum fief_err kgrant_new_locked(struct kif_pd *pd, struct kpeer *peer,
                                       uint32_t *index)
{
	const struct ktable *t = &peer->grant;
	bool grow = !peer->grant_free;
	enum fief_err e = FIEF_OK;

	if (grow && t->used && t->used == t->room)
		grow = kgrant_collect_locked(pd, peer) < t->used / 4;
	if (grow)
		e = kgrant_grow_locked(pd, peer);
	if (!peer->grant_free)
		return e;
	*index = peer->grant_free - 1;
	peer->grant_free = kgrant_at(peer, *index)->next;
	return FIEF_OK;
}

static bool kgrant_too_often(const struct kpeer *to, uint32_t first,
                             uint32_t own, uint32_t ogen, uint32_t from)
{
	uint32_t n = 0;

	for (uint32_t i = first; i; i = kgrant_at(to, i - 1)->next) {
		const struct kgrant *g = kgrant_at(to, i - 1);

		n += g->own == own && g->ogen == ogen && g->from == from;
	}
	return n >= GRANTS_MAX;
}

enum fief_err kgrant_add_locked(struct kif_pd *pd, struct kpeer *from,
                                struct kpeer *to, uint32_t number, uint32_t own,
                                uint32_t ogen)
{
	uint32_t key = own & KOWN_INDEX_MASK, first = 0, i = 0;
	enum fief_err e;

	if (kmap_get(&to->granted, key, &first) &&
	    kgrant_too_often(to, first, own, ogen, from->id))
		return FIEF_LIMIT;
	e = kgrant_new_locked(pd, to, &i);
	if (e)
		return e;
	if (!kmap_get(&to->granted, key, &first))
		first = 0; /* what was there has been collected */
	*kgrant_at(to, i) = (struct kgrant){
		.own = own,
		.ogen = ogen,
		.number = number,
		.from = from->id,
		.next = first,
	};
	e = kmap_put(pd, &to->granted, key, i + 1);
	if (!e)
		e = kmap_put(pd, &to->grants, number, i);
	if (e)
		kgrant_free_locked(pd, to, i);
	return e;
}

/* ---- both ---- */

struct kcap *kdeleg_object(struct kif_pd *pd, struct kpeer *peer,
                           uint32_t index, uint32_t gen, uint32_t *own,
                           uint32_t *ogen)
{
	struct kgrant *g;
	struct kdeleg *d;

	if (index & CH_INDEX_GRANT) {
		if (!kmap_get(&peer->grants, gen, &index))
			return NULL;
		g = ktable_get(&peer->grant, sizeof(*g), index);
		if (!g)
			return NULL;
		*own = g->own;
		*ogen = g->ogen;
	} else {
		d = ktable_get(&peer->deleg, sizeof(*d), index);
		if (!d || d->state >> KDELEG_GEN_SHIFT != gen)
			return NULL;
		*own = d->own;
		*ogen = d->ogen;
	}
	return kobj_live(pd, *own, *ogen);
}

bool kdeleg_returns(struct kpeer *peer, uint32_t index, uint32_t gen)
{
	const struct kdeleg *d;
	struct kgrant *g;

	if (index & CH_INDEX_GRANT) {
		if (!kmap_get(&peer->grants, gen, &index))
			return true; /* its notice may be still to be read */
		g = kgrant_at(peer, index);
		if (g->from == KGRANT_RETURNED)
			return false;
		g->from = KGRANT_RETURNED;
		return true;
	}
	if (index & CH_INDEX_SIGNAL)
		return true;
	d = ktable_get(&peer->deleg, sizeof(*d), index);
	return d && d->own && d->state >> KDELEG_GEN_SHIFT == gen;
}

void kdeleg_release_locked(struct kif_pd *pd, struct kpeer *peer,
                           uint32_t index, uint32_t gen)
{
	if (index & CH_INDEX_GRANT) {
		if (kmap_get(&peer->grants, gen, &index))
			kgrant_free_locked(pd, peer, index);
		return;
	}
	kdeleg_give_back_locked(peer, index, gen);
}

/* ---- introductions that this PD receives ---- */

struct kchan *kintro_channel(struct kif_pd *pd, const struct kintro *in)
{
	struct kchan *ch = ktable_get(&pd->chans, sizeof(*ch), in->chan);

	return ch && !ch->dead && ch->life == in->life ? ch : NULL;
}

void kintro_give_up_locked(struct kif_pd *pd, struct kintro *in)
{
	if (in->number)
		kchan_release_locked(pd, kintro_channel(pd, in), in->index,
		                     in->gen);
	in->number = 0;
}

void kpeer_intro_locked(struct kif_pd *pd, struct kpeer *peer,
                        const struct kintro *in)
{
	const struct kchan *ch;
	struct kintro *slot;
	void *mem;

	kintro_news(pd);
	if (!peer->intro) {
		if (kif_grow(pd, KIF_INTROS * sizeof(*in), &mem))
			return; /* the call stays parked, its sender waits */
		peer->intro = mem;
	}
	slot = &peer->intro[peer->intro_next++ % KIF_INTROS];
	kintro_give_up_locked(pd, slot);
	*slot = *in;
	ch = ktable_get(&pd->chans, sizeof(*ch), in->chan);
	slot->life = ch ? ch->life : 0;
	kpeer_look_locked(pd, peer);
}

struct kintro *kpeer_intro_find(const struct kpeer *peer, uint32_t number)
{
	for (unsigned i = 0; peer->intro && number && i < KIF_INTROS; i++)
		if (peer->intro[i].number == number)
			return &peer->intro[i];
	return NULL;
}

/* ---- death ---- */

void kpeer_forget_locked(struct kif_pd *pd, struct kpeer *peer)
{
	uint32_t i, place;

	kdeleg_forget_locked(peer);
	for (i = 0; i < peer->grant.used; i++)
		if (kgrant_at(peer, i)->own)
			kgrant_free_locked(pd, peer, i);
	for (i = 0; peer->intro && i < KIF_INTROS; i++)
		kintro_give_up_locked(pd, &peer->intro[i]);
	kmap_take(&pd->peer_place, peer->id + 1, &place);
	peer->releases = 0;
	peer->id = 0;
	peer->next = pd->peer_free;
	pd->peer_free = peer;
}
