/* SPDX-License-Identifier: MIT */
/*
 * The peers of a PD: what it gave to each, what a third PD introduced to each,
 * and what each introduced to it. Functions with `_locked` need pd->lock.
 */
#pragma once

#include <fief/kif.h>

#include "table.h"
#include <kernel/linux/abi/channel.h>

struct kif_pd;
struct kchan;
struct kcap;

enum {
	KIF_EPS = 8,     /* endpoints of one PD */
	KIF_INTROS = 32, /* introductions kept for one peer */
	KDELEG_GEN_SHIFT = 8,
	KOWN_INDEX_MASK = 0x00ffffff, /* of `own` in entries */
};

#define KGRANT_RETURNED UINT32_MAX /* given back; that is not yet due */

/* What this PD gave to one peer: entry of the delegation table. Index,
 * generation and peer together are the authority (invariant I3). */
struct kdeleg {
	uint32_t own;  /* index of own kcap | generation bits 39..32 << 24 */
	uint32_t ogen; /* its generation, bits 31..0 */
	/* gen << 8 | how often it was given. The generation is of the entry,
	 * raised at release. It wraps, which only its own peer can bring
	 * about, to whom the entry belongs before and after. */
	uint32_t state;
	uint32_t next; /* index + 1: free list, or of the same bucket */
};

_Static_assert(sizeof(struct kdeleg) == 16, "delegations are small");

/* The same for what a third PD introduced; core chose the number. */
struct kgrant {
	uint32_t own, ogen;
	uint32_t number;
	uint32_t from; /* id of the peer who introduced; KGRANT_RETURNED */
	uint32_t next; /* free list; else of the same object, index + 1 */
};

/* A release that counts when notice number `due` is the next to be read. */
struct krelease {
	uint32_t peer; /* id */
	uint32_t index, gen;
	uint32_t due;
	uint32_t ep;
};

struct kintro {
	uint32_t number; /* 0: free */
	uint32_t chan, index, gen;
	uint32_t life; /* of the channel when it was announced */
};

struct kpeer {
	uint32_t id;          /* given out once only */
	uint32_t place;       /* in pd->peer */
	uint32_t deleg_free;  /* index + 1 */
	uint32_t grant_free;  /* index + 1 */
	struct ktable deleg;  /* struct kdeleg */
	uint32_t *bucket;     /* of entries by own index, each index + 1 */
	uint32_t buckets;     /* a power of two, or 0 */
	struct ktable grant;  /* struct kgrant */
	struct kmap grants;   /* number -> grant index */
	struct kmap granted;  /* index of an own object -> first grant + 1 */
	struct kintro *intro; /* KIF_INTROS entries, or NULL */
	uint32_t intro_next;
	uint32_t channels; /* alive, both directions */
	uint32_t releases; /* of it that are not yet due */
	/* At most one channel for each endpoint: the live one, or NULL. */
	struct kchan *in[KIF_EPS], *out[KIF_EPS];
	struct kpeer *next; /* free list */
};

struct kpeer *kpeer_find(struct kif_pd *, uint32_t id);
FIEF_MUST enum fief_err kpeer_get_locked(struct kif_pd *, uint32_t id,
                                         struct kpeer **out);
/* Entry of the object behind (index, gen), or NULL if there is none or the
 * object died. Lock-free for the reader of a request. */
struct kcap *kdeleg_object(struct kif_pd *, struct kpeer *, uint32_t index,
                           uint32_t gen, uint32_t *own, uint32_t *ogen);
/* An object that the peer holds already has its entry given once more. */
FIEF_MUST enum fief_err kdeleg_add_locked(struct kif_pd *, struct kpeer *,
                                          uint32_t own, uint32_t ogen,
                                          uint32_t *index, uint32_t *gen);
/* Void, once it was given back as often as given. */
void kdeleg_give_back_locked(struct kpeer *, uint32_t index, uint32_t gen);
void kdeleg_forget_locked(struct kpeer *);
void kdeleg_release_locked(struct kif_pd *, struct kpeer *, uint32_t index,
                           uint32_t gen);
/* May (index, gen) be something that the peer gives back? Noted for a grant:
 * it does so once. Lock held. */
bool kdeleg_returns(struct kpeer *, uint32_t index, uint32_t gen);
/* `from` introduced the object to `to`, who names it by `number`. LIMIT:
 * it did that too often already. */
FIEF_MUST enum fief_err kgrant_add_locked(struct kif_pd *, struct kpeer *from,
                                          struct kpeer *to, uint32_t number,
                                          uint32_t own, uint32_t ogen);
/* What core announced: `peer` introduces something. The oldest one that no
 * message named is given up for it. */
void kpeer_intro_locked(struct kif_pd *, struct kpeer *, const struct kintro *);
struct kintro *kpeer_intro_find(const struct kpeer *, uint32_t number);
/* The channel to its owner, NULL if it is dead or another has its number. */
struct kchan *kintro_channel(struct kif_pd *, const struct kintro *);
/* Nobody will take it: back to its owner. */
void kintro_give_up_locked(struct kif_pd *, struct kintro *);
/* Everything this PD ever gave to `peer` becomes void. */
void kpeer_forget_locked(struct kif_pd *, struct kpeer *);
