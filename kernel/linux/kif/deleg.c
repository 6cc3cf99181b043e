/* SPDX-License-Identifier: MIT */
/*
 * Delegations: what this PD itself gave to a peer. An object that is given
 * again has its entry given once more, so that a peer who keeps asking for the
 * same one costs nothing; entries of dead objects are collected before a table
 * grows. Entries are found by their object in short chains.
 */

#include "caps.h"
#include "chan.h"

enum {
	TIMES = 255, /* that one entry can have been given */
	CHAIN = 4,   /* mean length of chains before there are more of them */
	BUCKETS = 8,
};

static struct kdeleg *at(const struct kpeer *peer, uint32_t i)
{
	return ktable_at(&peer->deleg, sizeof(struct kdeleg), i);
}

static uint32_t *bucket_of(const struct kpeer *peer, uint32_t own)
{
	return &peer->bucket[own & KOWN_INDEX_MASK & (peer->buckets - 1)];
}

static void chain(struct kpeer *peer, struct kdeleg *d, uint32_t i)
{
	uint32_t *head = bucket_of(peer, d->own);

	d->next = *head;
	*head = i + 1;
}

static void unchain(struct kpeer *peer, const struct kdeleg *d, uint32_t i)
{
	uint32_t *link = bucket_of(peer, d->own);

	while (*link != i + 1)
		link = &at(peer, *link - 1)->next;
	*link = d->next;
}

static void kdeleg_free_locked(struct kpeer *peer, struct kdeleg *d, uint32_t i)
{
	unchain(peer, d, i);
	d->own = 0;
	d->state = ((d->state >> KDELEG_GEN_SHIFT) + 1) << KDELEG_GEN_SHIFT;
	d->next = peer->deleg_free;
	peer->deleg_free = i + 1;
}

/* Entries of dead objects, which read GONE with or without an entry. Returns
 * how many were freed. */
static uint32_t kdeleg_collect_locked(struct kif_pd *pd, struct kpeer *peer)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < peer->deleg.used; i++) {
		struct kdeleg *d = at(peer, i);

		if (!d->own || kobj_live(pd, d->own, d->ogen))
			continue;
		kdeleg_free_locked(peer, d, i);
		n++;
	}
	return n;
}

/* What the old buckets held stays unused; all of them together are smaller
 * than the new ones. */
static enum fief_err more_buckets(struct kif_pd *pd, struct kpeer *peer)
{
	const uint32_t n = peer->buckets ? peer->buckets * 2 : BUCKETS;
	enum fief_err e;
	void *mem;

	e = kif_grow(pd, n * sizeof(*peer->bucket), &mem);
	if (e)
		return e;
	peer->bucket = mem;
	peer->buckets = n;
	for (uint32_t i = 0; i < peer->deleg.used; i++)
		if (at(peer, i)->own)
			chain(peer, at(peer, i), i);
	return FIEF_OK;
}

static enum fief_err kdeleg_grow_locked(struct kif_pd *pd, struct kpeer *peer)
{
	enum fief_err e = FIEF_OK;
	struct kdeleg *d;
	uint32_t i = 0;

	if (peer->deleg.used >= peer->buckets * CHAIN)
		e = more_buckets(pd, peer);
	if (!e)
		e = ktable_add(pd, &peer->deleg, sizeof(*d), &i);
	if (e)
		return e;
	d = at(peer, i);
	d->state = 1 << KDELEG_GEN_SHIFT;
	d->next = peer->deleg_free;
	peer->deleg_free = i + 1;
	return FIEF_OK;
}

/* A full table is searched for dead objects before it grows. If there are
 * few it grows nevertheless, so that the next search is as many additions
 * away as this one was long. */
static enum fief_err kdeleg_new_locked(struct kif_pd *pd, struct kpeer *peer,
                                       uint32_t *index)
{
	struct ktable *t = &peer->deleg;
	bool grow = !peer->deleg_free;
	enum fief_err e = FIEF_OK;

	if (grow && t->used && t->used == t->room)
		grow = kdeleg_collect_locked(pd, peer) < t->used / 4;
	if (grow)
		e = kdeleg_grow_locked(pd, peer);
	if (!peer->deleg_free)
		return e;
	*index = peer->deleg_free - 1;
	peer->deleg_free = at(peer, *index)->next;
	return FIEF_OK;
}

/* An entry by which the peer holds the object already, or NULL. */
static struct kdeleg *kdeleg_given(const struct kpeer *peer, uint32_t own,
                                   uint32_t ogen, uint32_t *index)
{
	struct kdeleg *d;

	if (!peer->buckets)
		return NULL;
	for (uint32_t i = *bucket_of(peer, own); i; i = d->next) {
		d = at(peer, i - 1);
		*index = i - 1;
		if (d->own == own && d->ogen == ogen &&
		    (d->state & TIMES) != TIMES)
			return d;
	}
	return NULL;
}

enum fief_err kdeleg_add_locked(struct kif_pd *pd, struct kpeer *peer,
                                uint32_t own, uint32_t ogen, uint32_t *index,
                                uint32_t *gen)
{
	struct kdeleg *d = kdeleg_given(peer, own, ogen, index);
	enum fief_err e;

	if (!d) {
		e = kdeleg_new_locked(pd, peer, index);
		if (e)
			return e;
		d = at(peer, *index);
		d->own = own;
		d->ogen = ogen;
		chain(peer, d, *index);
	}
	d->state++;
	*gen = d->state >> KDELEG_GEN_SHIFT;
	return FIEF_OK;
}

void kdeleg_give_back_locked(struct kpeer *peer, uint32_t index, uint32_t gen)
{
	struct kdeleg *d = ktable_get(&peer->deleg, sizeof(*d), index);

	if (d && d->own && d->state >> KDELEG_GEN_SHIFT == gen &&
	    !(--d->state & TIMES))
		kdeleg_free_locked(peer, d, index);
}

void kdeleg_forget_locked(struct kpeer *peer)
{
	for (uint32_t i = 0; i < peer->deleg.used; i++)
		if (at(peer, i)->own)
			kdeleg_free_locked(peer, at(peer, i), i);
}
