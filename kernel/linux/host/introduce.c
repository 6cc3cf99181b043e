/* SPDX-License-Identifier: MIT */
/*
 * Core as the only introducer: the holder of a capability lets another PD
 * have it too. Core checks that the holder has a channel to the owner and one
 * to the receiver; whether the entry that the holder names exists, only its
 * owner knows, and the owner alone resolves it (invariant I3).
 */

#include "host.h"

#include <stdlib.h>

#include <kernel/linux/kif/caps.h>
#include <kernel/linux/kif/lock.h>

static uint32_t peer_name(const struct kcore_pd *pd)
{
	return pd ? pd->name : CORE_PEER;
}

struct kpeer *host_peer(const struct kcore_pd *pd)
{
	return pd ? kpeer_find(&host.kif, pd->id) : NULL;
}

/* ---- numbers of introduced signals ---- */

/* Nobody may take them all, or others could introduce nothing. */
static enum fief_err number_take(struct host_numbers **set, unsigned max,
                                 uint32_t from, uint32_t *n)
{
	unsigned mine = 0, i, unused = max;
	struct host_numbers *s = *set;

	if (!s)
		s = *set = calloc(1, sizeof(*s));
	if (!s)
		return FIEF_LIMIT;
	for (i = max; i--;)
		if (!(s->used >> i & 1))
			unused = i;
		else
			mine += s->from[i] == from;
	if (unused == max || mine >= max / 4)
		return FIEF_LIMIT;
	s->used |= 1ull << unused;
	s->from[unused] = from;
	*n = unused;
	return FIEF_OK;
}

static void number_free(struct host_numbers *set, uint64_t mask)
{
	if (set)
		set->used &= ~mask;
}

void host_signal_returned(struct kcore_pd *owner, uint32_t index)
{
	index &= CH_INDEX_SIGNAL - 1;
	if (index < PDP_INTRODUCED)
		number_free(owner->signals, 1ull << index);
}

/* ---- names ---- */

/* The owner is core: the new entry is made here and now. */
static enum fief_err introduce_own(const struct host_intro *in,
                                   struct pdp_notice *n)
{
	struct kif_pd *kif = &host.kif;
	struct kpeer *from = host_peer(in->from);
	struct kpeer *to = host_peer(in->to);
	uint32_t own, ogen;

	if (!from || !to ||
	    !kdeleg_object(kif, from, in->index, in->gen, &own, &ogen))
		return FIEF_GONE;
	n->chan = CORE_CHANNEL;
	return kdeleg_add_locked(kif, to, own, ogen, &n->index, &n->gen);
}

static enum fief_err owner_notice(const struct host_intro *in, uint32_t number)
{
	struct pdp_notice n = {
		.kind = PDP_GRANT,
		.peer = peer_name(in->to),
		.peer2 = peer_name(in->from),
		.index = in->index,
		.gen = in->gen,
		.number = number,
	};

	return host_notify(in->owner, &n);
}

/* How the receiver will name the capability towards its owner. A signal
 * needs a number on the receiver's channel, which is taken until the receiver
 * gives it back. `ch` is NULL if core receives. */
static enum fief_err receiver_name(const struct host_intro *in,
                                   struct host_channel *ch, uint32_t number,
                                   uint32_t *index, uint32_t *gen)
{
	enum fief_err e;
	uint32_t n = 0;

	*index = CH_INDEX_GRANT;
	*gen = number;
	if (!(in->index & CH_INDEX_SIGNAL) || in->index & CH_INDEX_GRANT)
		return FIEF_OK;
	if (ch) {
		number_free(ch->signals,
		            atomic_exchange(&ch->page->server.freed, 0));
		e = number_take(&ch->signals, CH_SIGNALS - CH_INTRODUCED,
		                peer_name(in->from), &n);
		n += CH_INTRODUCED;
	} else {
		e = number_take(&in->owner->signals, PDP_INTRODUCED,
		                peer_name(in->from), &n);
	}
	*index = CH_INDEX_SIGNAL | n;
	*gen = 0;
	return e;
}

/* Nobody was told of the name. */
static void name_return(const struct host_intro *in, struct host_channel *ch,
                        uint32_t index)
{
	if (!(index & CH_INDEX_SIGNAL))
		return;
	index &= CH_INDEX_SIGNAL - 1;
	if (ch)
		number_free(ch->signals, 1ull << (index - CH_INTRODUCED));
	else
		number_free(in->owner->signals, 1ull << index);
}

static void introduce_to_core(const struct host_intro *in,
                              const struct pdp_notice *n)
{
	const struct kintro intro = {
		.number = in->number,
		.chan = n->chan,
		.index = n->index,
		.gen = n->gen,
	};

	kpeer_intro_locked(&host.kif, host_peer(in->from), &intro);
}

static enum fief_err introduce_foreign(const struct host_intro *in,
                                       uint32_t grant, struct pdp_notice *n)
{
	struct host_channel *ch = NULL;
	enum fief_err e = FIEF_OK;
	uint32_t name;

	n->chan = in->owner->id; /* core's number of the channel to it */
	if (in->to) {
		ch = host_channel_find(in->to, in->owner, in->ep);
		if (!ch)
			e = host_channel_create(in->to, in->owner, in->ep, &ch);
		if (e)
			return e;
		n->chan = ch->client_number;
	}
	e = receiver_name(in, ch, grant, &n->index, &n->gen);
	if (e)
		return e;
	name = n->index & CH_INDEX_SIGNAL ? n->index : grant;
	e = owner_notice(in, name);
	if (e)
		name_return(in, ch, n->index);
	else if (!in->to)
		introduce_to_core(in, n);
	return e;
}

/* Never 0, never with the bit that marks a signal. */
static uint32_t next_grant(void)
{
	host.grants++;
	if (host.grants & CH_INDEX_SIGNAL)
		host.grants += CH_INDEX_SIGNAL;
	if (!host.grants)
		host.grants = 1;
	return host.grants;
}

enum fief_err host_introduce(const struct host_intro *in, uint32_t *grant)
{
	struct pdp_notice n = {
		.kind = PDP_INTRO,
		.peer = peer_name(in->from),
		.number = in->number,
	};
	uint32_t number = next_grant();
	enum fief_err e;

	if (in->owner == in->to && in->to)
		return FIEF_INVALID;
	e = in->dead || (in->owner && in->owner->state == HOST_DEAD) ?
	            FIEF_GONE :
	    in->owner ? introduce_foreign(in, number, &n) :
	                introduce_own(in, &n);
	if (e == FIEF_GONE && !grant) {
		/* What is introduced is dead, the message is not: the receiver
		 * gets a capability that reads GONE, core gets none. */
		n.chan = KCAP_NO_CHANNEL;
		if (!in->to)
			introduce_to_core(in, &n);
		e = FIEF_OK;
	}
	if (!e && in->to && !grant) {
		e = host_notify(in->to, &n);
		/* The owner of a foreign one keeps an entry that is counted
		 * as caused by the introducer. */
		if (e && !in->owner && n.chan == CORE_CHANNEL)
			kdeleg_release_locked(&host.kif, host_peer(in->to),
			                      n.index, n.gen);
	}
	if (!e && grant)
		*grant = number;
	return e;
}
