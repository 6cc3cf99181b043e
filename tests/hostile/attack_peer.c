/* SPDX-License-Identifier: MIT */
/* Attacks on third parties through introductions, identities and signals. */

#include "attack.h"

#include <lib/mem.h>
#include <session/pd.h>

static struct kop introduction(fief_cap cap, uint32_t peer, uint32_t number)
{
	const struct kcap *c = raw_cap(cap);

	return (struct kop){
		.chan = kcap_chan(c),
		.owner = raw_channel(cap)->peer->id,
		.index = c->word,
		.gen = c->gen,
		.peer = peer,
		.number = number,
		.slot = KOP_NO_SLOT,
	};
}

/* Attacker 0 takes nothing from its socket and reads no notice; attacker 1
 * introduces things to it. */
static int no_drain(void)
{
	uint64_t end = ATTACK_MS(500);
	unsigned n = 0, refused = 0;
	fief_cap cap = FIEF_CAP_NULL;
	struct kchan *ch;

	if (me.arg.index == 0) {
		if (fief_kif->export(0, 0x77, KIF_OBJECT_RPC, &cap))
			return 9;
		attack_register(cap);
		attack_park();
	}
	ch = raw_channel(attack_sibling(0));
	for (; fief_kif->time() < end; n++) {
		struct kop op = introduction(me.env->pd, ch->peer->id, n + 1);
		struct kop ep = { 0 };

		refused += raw_kop(KOP_INTRODUCE, &op) != 0;
		if (!raw_kop(KOP_EP, &ep)) {
			struct kop r = { .peer = ch->peer->id, .a = ep.b };
			struct kop d = { .a = ep.b };

			refused += raw_kop(KOP_REVERSE, &r) != 0;
			raw_kop(KOP_EP_DESTROY, &d);
		}
		raw_drain();
		raw_notices_skip();
	}
	fief_log("no-drain: %u rounds, %u refused", n, refused);
	return refused ? 0 : 9;
}

/*
 * The warden's good signal is held by the canary server, introduced by
 * attacker 0, who is honest here. Attacker 1 introduces its own signal context
 * (evil) until the numbers have gone round. Then the canary fires: the warden
 * must see the good one.
 */
static int signal_theft(void)
{
	fief_cap canary = attack_get(HOSTILE_CANARY, 0);
	struct kchan *ch = raw_channel(canary);
	fief_cap s = attack_get(HOSTILE_SIGNAL, me.arg.index);
	struct kop op;

	if (me.arg.index == 0) {
		me.msg.data[0] = 0;
		if (attack_call(canary, CANARY_HOLD, s))
			return 9;
		fief_kif->park(ATTACK_MS(300)); /* the other one acts */
		me.msg.data[0] = 0;
		return attack_call(canary, CANARY_FIRE, FIEF_CAP_NULL) ? 8 : 0;
	}
	fief_kif->park(ATTACK_MS(100));
	for (uint32_t n = 1; n <= 64; n++) {
		op = introduction(s, ch->peer->id, n);
		raw_kop(KOP_INTRODUCE, &op);
		fief_kif->park(ATTACK_MS(1));
	}
	return 0;
}

/*
 * Round 0 learns nothing but makes the server busy and is killed meanwhile.
 * Round 1 is another PD with the same id: it tries what round 0 had.
 */
static int successor(void)
{
	fief_cap canary = attack_get(HOSTILE_CANARY, 0);
	struct kchan *ch = raw_channel(canary);
	const struct kcap *c = raw_cap(canary);
	struct ch_slot *slot = &ch->page->slot[RAW_SLOT];

	raw_reserve(ch);
	for (uint32_t i = 0; i < 32; i++)
		for (uint32_t g = 0; g < 4; g++) {
			raw_post(ch, i, g, CANARY_NULL, 32);
			if (!raw_wait(ch, 2000) &&
			    slot->data[0] == CANARY_SECRET)
				fief_log("BREACH: reached the secret object "
				         "of a dead PD by entry %u",
				         i);
		}
	fief_log("successor: peer %u, own entry 0x%x", ch->peer->id, c->word);
	return 0;
}

static int predecessor(void)
{
	fief_cap secret = attack_get(HOSTILE_SECRET, 0);
	struct kchan *ch = raw_channel(secret);
	const struct kcap *c = raw_cap(secret);

	/* The name of an entry, not of a grant: the server gives it. */
	attack_call(secret, CANARY_NULL, FIEF_CAP_NULL);
	raw_reserve(ch);
	ch->page->slot[RAW_SLOT].data[0] = 400;
	raw_post(ch, c->word, c->gen, CANARY_BUSY, 32);
	raw_wait(ch, 5);
	attack_exit_now(0);
}

static int identity(void)
{
	return me.arg.round ? successor() : predecessor();
}

/* Parts of the warden's scripts. */
static int sigh_of_spare(void)
{
	struct pd_cap spare = { attack_get(HOSTILE_SPARE_PD, 0) };
	fief_cap cap = FIEF_CAP_NULL;
	struct dataspace_cap ds;
	void *at;

	if (fief_kif->export(0, 0x99, KIF_OBJECT_SIGNAL, &cap) ||
	    pd_death_sigh(spare, (struct signal_cap){ cap }))
		return 9;
	/* Much memory, so that its end takes a while. */
	if (!pd_alloc_ram((struct pd_cap){ me.env->pd }, 24 << 20, &ds) &&
	    !fief_kif->map(ds.cap, 0, 0, NULL, 3, &at))
		memset(at, 1, 24 << 20);
	attack_register(cap);
	attack_park();
}

static int give_object(void)
{
	fief_cap cap = FIEF_CAP_NULL;
	struct dataspace_cap ds;
	void *at;

	if (fief_kif->export(0, 0x99, KIF_OBJECT_RPC, &cap))
		return 9;
	if (!pd_alloc_ram((struct pd_cap){ me.env->pd }, 24 << 20, &ds) &&
	    !fief_kif->map(ds.cap, 0, 0, NULL, 3, &at))
		memset(at, 1, 24 << 20);
	attack_register(cap);
	attack_park();
}

/* Stays and does nothing. */
static int bystander(void)
{
	attack_park();
}

const struct attack attacks_peer[] = {
	{ "no-drain", no_drain },
	{ "signal-theft", signal_theft },
	{ "identity", identity },
	{ "sigh-of-spare", sigh_of_spare },
	{ "give-object", give_object },
	{ "bystander", bystander },
	{ 0 },
};
