/* SPDX-License-Identifier: MIT */
/* How capabilities enter and leave messages. */

#include "caps.h"

#include "chan.h"
#include "lock.h"
#include "release.h"

static struct ch_cap ch_cap_make(uint32_t kind, uint32_t ep, uint32_t index,
                                 uint32_t gen)
{
	return (struct ch_cap){
		.word = kind << CH_KIND_SHIFT | ep << CH_EP_SHIFT | index,
		.gen = gen,
	};
}

/* The first number from `from` on that is free, or, `dead`, whose object is. */
static struct ksignal *signal_find(struct kif_pd *pd, struct kpeer *peer,
                                   uint32_t ep, bool dead, uint32_t *i)
{
	const bool core = peer->id == CORE_PEER;
	const uint32_t first = core ? PDP_INTRODUCED : 0;
	const uint32_t count = core ? PDP_SIGNALS - first : CH_INTRODUCED;
	struct ksignal *s;

	for (; *i < count; ++*i) {
		s = kchan_signal_slot(pd, peer, ep, first + *i);
		if (!s || !s->own || (dead && !kobj_live(pd, s->own, s->ogen)))
			return s;
	}
	*i = count;
	return NULL;
}

/* What came for the context that had the number before, and was not looked at
 * yet, is not for the next one, which nobody holds so far. */
static void signals_forget(struct kif_pd *pd, struct kpeer *peer, uint32_t ep,
                           struct ksignal *s, uint32_t n)
{
	struct kchan *ch;

	if (peer->id == CORE_PEER && pd->page) {
		s->seen = atomic_load(&pd->page->signal_count[n]);
		return;
	}
	ch = kchan_in_find(peer, ep);
	if (ch)
		atomic_store(&ch->page->signal_count[n], 0);
}

/* A signal context is named by its number on the channel to its endpoint, so
 * that the sender can raise it without telling anything but the number. Some
 * of the numbers are for contexts that core introduces. A number is used again
 * when its holder gave it back; if there is no such number, when its object
 * died: the generation then tells what the old holder will give back. */
static enum fief_err signal_number_locked(struct kif_pd *pd, struct kpeer *peer,
                                          uint32_t ep, struct ksignal as,
                                          uint32_t *number, uint32_t *gen)
{
	const bool core = peer->id == CORE_PEER;
	uint32_t i = core ? pd->signal_next : 0;
	struct ksignal *s = signal_find(pd, peer, ep, false, &i);

	if (!s) {
		i = 0;
		s = signal_find(pd, peer, ep, true, &i);
	}
	if (!s)
		return FIEF_LIMIT;
	s->gen += s->own != 0;
	s->own = as.own;
	s->ogen = as.ogen;
	if (core)
		pd->signal_next = i + 1;
	*number = core ? PDP_INTRODUCED + i : i;
	signals_forget(pd, peer, ep, s, *number);
	*gen = s->gen;
	return FIEF_OK;
}

/* The channel by which `peer` reaches endpoint `ep`, made if there is none. */
static enum fief_err channel_from(struct kif_pd *pd, struct kpeer *peer,
                                  uint32_t ep, struct kchan **out)
{
	enum fief_err e = FIEF_OK;

	*out = kchan_in_find(peer, ep);
	if (*out)
		return FIEF_OK;
	e = pd->backend->reverse(pd, peer->id, ep);
	if (e)
		return e;
	kif_lock(pd);
	pd->backend->settle(pd);
	kif_unlock(pd);
	*out = kchan_in_find(peer, ep);
	return *out ? FIEF_OK : FIEF_GONE;
}

static enum fief_err encode_own(struct kif_pd *pd, struct kpeer *peer,
                                fief_cap cap, struct ch_cap *out)
{
	struct kchan *ch = NULL;
	uint32_t ep, index, gen, ogen, own;
	enum fief_err e = FIEF_OK;
	struct kcap *c;

	c = kcap_get(pd, cap);
	if (!c) {
		*out = ch_cap_make(CH_CAP_NULL, 0, 0, 0);
		return FIEF_OK;
	}
	ep = kcap_ep(c);
	if (peer->id != CORE_PEER) {
		e = channel_from(pd, peer, ep, &ch);
		/* Its endpoint may have been destroyed: so is the object. */
		if (e && kcap_get(pd, cap))
			return e;
	}
	kif_lock(pd);
	c = kcap_get(pd, cap);
	if (e || !c) { /* revoked meanwhile */
		kif_unlock(pd);
		*out = ch_cap_make(CH_CAP_NULL, 0, 0, 0);
		return FIEF_OK;
	}
	own = (cap & CH_INDEX_MASK) | (c->head >> 16 & 0xff) << 24;
	ogen = c->word;
	if (kcap_is_signal(c)) {
		if (ch)
			kchan_take_releases_locked(pd, ch);
		e = signal_number_locked(pd, peer, ep,
		                         (struct ksignal){ own, ogen, 0, 0 },
		                         &index, &gen);
		index |= CH_INDEX_SIGNAL;
	} else {
		if (ch)
			kchan_take_releases_locked(pd, ch);
		e = kdeleg_add_locked(pd, peer, own, ogen, &index, &gen);
	}
	kif_unlock(pd);
	if (!e && pd->backend->gave)
		pd->backend->gave(pd, peer, cap, index, gen);
	if (!e)
		*out = ch_cap_make(CH_CAP_MINE, ep, index, gen);
	return e;
}

/* What it names, and whose it is, as one: the number of its channel may go to
 * another any time. A dead one is sent as null. */
static struct ch_cap foreign_name(struct kif_pd *pd, struct kpeer *to,
                                  fief_cap cap, struct kop *op)
{
	struct ch_cap name = ch_cap_make(CH_CAP_NULL, 0, 0, 0);
	struct kchan *ch = NULL;
	struct kcap *c;

	kif_lock(pd);
	c = kcap_get(pd, cap);
	if (c && kcap_kind(c) == KCAP_FOREIGN)
		ch = ktable_get(&pd->chans, sizeof(*ch), kcap_chan(c));
	if (ch && !ch->dead && ch->peer == to) {
		name = ch_cap_make(CH_CAP_YOURS, ch->remote_ep, c->word,
		                   c->gen);
	} else if (ch && !ch->dead) {
		name = ch_cap_make(CH_CAP_INTRO, 0, 0, 0);
		*op = (struct kop){
			.chan = ch->number,
			.owner = ch->peer->id,
			.index = c->word,
			.gen = c->gen,
			.peer = to->id,
			.slot = KOP_NO_SLOT,
		};
	}
	kif_unlock(pd);
	return name;
}

static enum fief_err encode_foreign(struct kif_pd *pd, struct kpeer *peer,
                                    fief_cap cap, struct ch_cap *out,
                                    struct kforward *forward)
{
	enum fief_err e = FIEF_OK;
	struct kop op;

	*out = foreign_name(pd, peer, cap, &op);
	if (out->word >> CH_KIND_SHIFT != CH_CAP_INTRO)
		return FIEF_OK;
	do
		op.number = atomic_fetch_add(&pd->intro_last, 1) + 1;
	while (!op.number);
	out->gen = op.number;
	if (forward)
		forward->op[forward->n++] = op;
	else
		e = pd->backend->introduce(pd, &op);
	return e;
}

enum fief_err kcaps_encode(struct kif_pd *pd, struct kpeer *peer,
                           const struct kif_msg *msg,
                           struct ch_cap out[KIF_CAPS_MAX],
                           struct kforward *forward)
{
	enum fief_err e = FIEF_OK;
	struct kcap *c;

	for (unsigned i = 0; i < msg->ncaps && !e; i++) {
		c = kcap_get(pd, msg->cap[i]);
		if (!c)
			out[i] = ch_cap_make(CH_CAP_NULL, 0, 0, 0);
		else if (kcap_kind(c) == KCAP_OWN)
			e = encode_own(pd, peer, msg->cap[i], &out[i]);
		else
			e = encode_foreign(pd, peer, msg->cap[i], &out[i],
			                   forward);
	}
	return e;
}

/* ---- receiving ---- */

static struct kcap *own_object(struct kif_pd *pd, struct kpeer *peer,
                               uint32_t ep, uint32_t index, uint32_t gen,
                               uint32_t *own)
{
	struct ksignal *s;
	uint32_t ogen;

	if (!(index & CH_INDEX_SIGNAL) || index & CH_INDEX_GRANT)
		return kdeleg_object(pd, peer, index, gen, own, &ogen);
	s = kchan_signal(pd, peer, ep, index);
	if (!s || s->gen != gen)
		return NULL;
	*own = s->own;
	return kobj_live(pd, s->own, s->ogen);
}

static fief_cap decode_yours(struct kif_pd *pd, struct kchan *ch, uint32_t ep,
                             uint32_t index, uint32_t gen)
{
	struct kpeer *peer = ch->peer;
	const uint32_t id = peer->id;
	uint32_t own = 0;
	struct kcap *c;

	c = own_object(pd, peer, ep, index, gen, &own);
	if (!c && index & (CH_INDEX_GRANT | CH_INDEX_SIGNAL)) {
		pd->backend->settle(pd); /* introduced just now */
		if (peer->id == id)
			c = own_object(pd, peer, ep, index, gen, &own);
	}
	if (!c)
		return FIEF_CAP_NULL;
	return (c->head >> 2 & 63) << 24 | (own & CH_INDEX_MASK);
}

/* Closed by core, of which nothing was read yet: the peer's endpoint was
 * destroyed, and what comes now is of the next one with that number. */
static bool closed(const struct kchan *out)
{
	return atomic_load(&out->page->slot[0].rep) & CH_DEAD;
}

static fief_cap decode_mine(struct kif_pd *pd, struct kchan *ch, uint32_t ep,
                            uint32_t index, uint32_t gen)
{
	struct kchan *out = kchan_out_find(ch->peer, ep);
	fief_cap cap;

	if (pd->page && (!out || closed(out))) {
		pd->backend->settle(pd);
		out = kchan_out_find(ch->peer, ep);
	}
	if (!out && !pd->page)
		out = ch; /* core holds it by the PD's own core channel */
	if (!out || kcap_foreign_locked(pd, out->number, index, gen, &cap))
		return FIEF_CAP_NULL;
	return cap;
}

static fief_cap decode_intro(struct kif_pd *pd, struct kchan *ch,
                             uint32_t number)
{
	struct kintro *in = kpeer_intro_find(ch->peer, number);
	fief_cap cap;

	if (!in) {
		pd->backend->settle(pd);
		in = kpeer_intro_find(ch->peer, number);
	}
	if (!in)
		return FIEF_CAP_NULL;
	in->number = 0;
	if (!kintro_channel(pd, in) ||
	    kcap_foreign_locked(pd, in->chan, in->index, in->gen, &cap))
		return FIEF_CAP_NULL;
	return cap;
}

/* A capability that this PD does not take goes back to its owner. */
static void decline(struct kif_pd *pd, struct kchan *ch, uint32_t kind,
                    uint32_t ep, const struct ch_cap *in)
{
	struct kchan *out = kchan_out_find(ch->peer, ep);
	struct kintro *intro;

	if (kind == CH_CAP_MINE) {
		if (!pd->page)
			out = ch;
		kchan_release_locked(pd, out, in->word & CH_INDEX_MASK,
		                     in->gen);
		return;
	}
	intro = kpeer_intro_find(ch->peer, in->gen);
	if (kind == CH_CAP_INTRO && intro)
		kintro_give_up_locked(pd, intro);
}

bool kcaps_complete(struct kif_pd *pd, const struct kpeer *peer,
                    const struct ch_cap *in, unsigned n)
{
	bool complete = true;

	for (unsigned i = 0; i < n && complete; i++)
		if (in[i].word >> CH_KIND_SHIFT == CH_CAP_INTRO) {
			kif_lock(pd);
			if (!kpeer_intro_find(peer, in[i].gen))
				pd->backend->refresh(pd);
			complete = kpeer_intro_find(peer, in[i].gen) != NULL;
			kif_unlock(pd);
		}
	return complete;
}

void kcaps_decode(struct kif_pd *pd, struct kchan *ch, uint32_t life,
                  const struct ch_cap *in, struct kif_msg *msg)
{
	kif_lock(pd);
	for (unsigned i = 0; i < msg->ncaps; i++) {
		uint32_t kind = in[i].word >> CH_KIND_SHIFT;
		uint32_t ep = in[i].word >> CH_EP_SHIFT & (KIF_EPS - 1);
		uint32_t index = in[i].word & CH_INDEX_MASK;
		fief_cap cap = FIEF_CAP_NULL;

		if (FIEF_UNLIKELY(ch->life != life)) {
			/* Also while an earlier one was looked for. */
			msg->flags |= KIF_MSG_CAPS_LOST;
			msg->cap[i] = FIEF_CAP_NULL;
			continue;
		}
		if (kind == CH_CAP_YOURS) {
			cap = decode_yours(pd, ch, ep, index, in[i].gen);
		} else if (kind != CH_CAP_NULL && i < pd->window) {
			cap = kind == CH_CAP_MINE ?
			              decode_mine(pd, ch, ep, index,
			                          in[i].gen) :
			              decode_intro(pd, ch, in[i].gen);
		}
		if (kind == CH_CAP_MINE || kind == CH_CAP_INTRO)
			if (cap == FIEF_CAP_NULL) {
				decline(pd, ch, kind, ep, &in[i]);
				msg->flags |= KIF_MSG_CAPS_LOST;
			}
		msg->cap[i] = cap;
	}
	kif_unlock(pd);
}
