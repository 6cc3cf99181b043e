/* SPDX-License-Identifier: MIT */
/*
 * Core as the only introducer: the holder of a capability lets another PD
 * have it too. Core checks that the holder has a channel to the owner and one
 * to the receiver; whether the entry that the holder names exists, only its
 * owner knows, and the owner alone resolves it (invariant I3).
 */

#include "host.h"

#include <kernel/linux/kif/caps.h>
#include <kernel/linux/kif/lock.h>

enum { SIGNALS_FIRST = CH_SIGNALS / 2 };

static uint32_t peer_id(const struct kcore_pd *pd)
{
	return pd ? pd->id : CORE_PEER;
}

/* The owner is core: the new entry is made here and now. */
static enum fief_err introduce_own(const struct host_intro *in,
                                   struct pdp_notice *n)
{
	struct kif_pd *kif = &host.kif;
	struct kpeer *from = kpeer_find(kif, peer_id(in->from));
	struct kpeer *to = kpeer_find(kif, peer_id(in->to));
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
		.peer = peer_id(in->to),
		.peer2 = peer_id(in->from),
		.index = in->index,
		.gen = in->gen,
		.number = number,
	};

	return host_notify(in->owner, &n);
}

/* How the receiver will name the capability towards its owner. A signal
 * needs a number on the receiver's channel; the upper half of them is for
 * introduced ones and is reused in turn. */
static void receiver_name(const struct host_intro *in, struct host_channel *ch,
                          uint32_t number, uint32_t *index, uint32_t *gen)
{
	uint32_t n;

	*index = CH_INDEX_GRANT;
	*gen = number;
	if (!(in->index & CH_INDEX_SIGNAL) || in->index & CH_INDEX_GRANT)
		return;
	n = ch ? SIGNALS_FIRST + ch->signals++ % (CH_SIGNALS - SIGNALS_FIRST) :
	         in->owner->signals++ % PDP_INTRODUCED;
	*index = CH_INDEX_SIGNAL | n;
	*gen = 0;
}

static void introduce_to_core(const struct host_intro *in, uint32_t index,
                              uint32_t gen)
{
	const struct kintro intro = {
		.number = in->number,
		.chan = in->owner->id,
		.index = index,
		.gen = gen,
	};

	kpeer_intro_locked(&host.kif, kpeer_find(&host.kif, peer_id(in->from)),
	                   &intro);
}

static enum fief_err introduce_foreign(const struct host_intro *in,
                                       uint32_t grant, struct pdp_notice *n)
{
	struct host_channel *ch = NULL;
	enum fief_err e = FIEF_OK;
	uint32_t name;

	if (in->to) {
		ch = host_channel_find(in->to, in->owner, in->ep);
		if (!ch)
			e = host_channel_create(in->to, in->owner, in->ep, &ch);
		if (e)
			return e;
		n->chan = ch->client_number;
	}
	receiver_name(in, ch, grant, &n->index, &n->gen);
	name = n->index & CH_INDEX_SIGNAL ? n->index : grant;
	e = owner_notice(in, name);
	if (!e && !in->to)
		introduce_to_core(in, n->index, n->gen);
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
		.peer = peer_id(in->from),
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
	if (e == FIEF_GONE && in->to && !grant) {
		/* What is introduced is dead, the message is not: the receiver
		 * gets a capability that reads GONE. */
		n.chan = KCAP_NO_CHANNEL;
		e = FIEF_OK;
	}
	if (!e && in->to && !grant)
		e = host_notify(in->to, &n);
	if (!e && grant)
		*grant = number;
	return e;
}
