/* SPDX-License-Identifier: MIT */
/* Attacks that need the rights of a parent: who opens and closes PD sessions.
 * A hostile sub-init could do each of them. */

#include "warden.h"

#include <fief/kif_table.h>
#include <fief/log.h>
#include <kernel/linux/abi/core.h>
#include <kernel/linux/kif/caps.h>
#include <session/parent.h>
#include <session/pd.h>

#define MS(n) (fief_kif->time() + (uint64_t)(n)*1000000u)

static struct kif_pd *self(void)
{
	return kif_pd_self();
}

static struct kchan *core_channel(void)
{
	return ktable_at(&self()->chans, sizeof(struct kchan), CORE_CHANNEL);
}

static const struct kcap *entry(fief_cap cap)
{
	return ktable_get(&self()->caps, sizeof(struct kcap), cap & 0xffffff);
}

/* Any call makes core look at all slots of the channel. */
static void ring_core(void)
{
	enum pd_state state;
	int32_t code;

	if (pd_status((struct pd_cap){ warden.spare.cap }, &state, &code))
		fief_log("WARDEN: status");
}

/* One call on core's channel without kif; slot 5 is ours. */
static uint32_t raw_call(const struct kcap *c, uint32_t label, uint32_t meta)
{
	struct kchan *ch = core_channel();
	struct ch_slot *slot = &ch->page->slot[5];
	uint64_t end = MS(500);

	atomic_fetch_or(&ch->busy, 1u << 5);
	slot->target = c->word;
	slot->gen = c->gen;
	slot->label = label;
	slot->meta = meta;
	ch->seq[5] = ch_seq_next(ch->seq[5]);
	atomic_store(&slot->req, ch->seq[5]);
	while (ch_rep_seq(atomic_load(&slot->rep)) != ch->seq[5]) {
		ring_core();
		if (fief_kif->time() > end)
			return 1000;
	}
	return slot->label | (atomic_load(&slot->rep) & CH_ERR_MASK) << 8;
}

static void start_spare(struct parent_cap parent)
{
	struct dataspace_cap binary = { warden.attacker_rom.ds };
	enum fief_err e = pd_start((struct pd_cap){ warden.spare.cap }, binary,
	                           parent, (struct cpu_cap){ FIEF_CAP_NULL },
	                           (struct log_cap){ FIEF_CAP_NULL });

	if (e)
		fief_log("WARDEN: spare: %s", fief_err_name(e));
}

/*
 * 1: the spare PD (older) dies while the PD that wants to be told is destroyed
 * but not reaped yet.
 */
static void told_after_death(void)
{
	struct child *a = &warden.attacker[0];

	warden_serve(MS(2000), child_registered, a);
	start_spare((struct parent_cap){ warden.spare_parent.obj.cap });
	warden_serve(MS(50), NULL, NULL);
	if (pd_stop((struct pd_cap){ warden.spare.cap }))
		fief_log("WARDEN: stop");
	child_close(a);
	warden_serve(MS(200), NULL, NULL);
	fief_log("script: survived");
}

/*
 * 2: an object is introduced to core, its owner is destroyed but not reaped
 * yet, and a PD is started with that object as its parent.
 */
static void parent_after_death(void)
{
	struct child *a = &warden.attacker[0];
	struct ch_slot *slot = &core_channel()->page->slot[5];
	const struct kcap *c, *spare;
	fief_cap given, binary;
	const struct kchan *ch;
	struct kop op;

	warden_serve(MS(2000), child_registered, a);
	warden_serve(MS(100), NULL, NULL);
	given = a->given[0];
	c = entry(given);
	ch = ktable_at(&self()->chans, sizeof(*ch), kcap_chan(c));
	op = (struct kop){ .chan = kcap_chan(c),
		           .owner = ch->peer->id,
		           .index = c->word,
		           .gen = c->gen,
		           .number = 0x777,
		           .slot = KOP_NO_SLOT };
	*(struct kop *)slot->data = op;
	if (raw_call(entry(self()->kernel), KOP_INTRODUCE, sizeof(op)))
		fief_log("WARDEN: introduce");
	binary = warden.attacker_rom.ds;
	spare = entry(warden.spare.cap);
	child_close(a);
	/* Pd.start(binary, parent): four pointers, two of them null. */
	slot->data[0] = 4ull << 48;
	slot->data[1] = 3;
	slot->data[2] = 3 | 1ull << 32;
	slot->data[3] = slot->data[4] = 0;
	slot->cap[0].word = CH_CAP_YOURS << CH_KIND_SHIFT | entry(binary)->word;
	slot->cap[0].gen = entry(binary)->gen;
	slot->cap[1].word = CH_CAP_INTRO << CH_KIND_SHIFT;
	slot->cap[1].gen = 0x777;
	fief_log("script: start says %u", raw_call(spare, 6, 2 << 16 | 40));
	warden_serve(MS(200), NULL, NULL);
	fief_log("script: survived");
}

/* 3: a signal context dies and its number is used again before core gave the
 * number back; then the new one counts. */
static void number_again(void)
{
	struct pd_cap spare = { warden.spare.cap };
	static struct fief_signal_handler h;
	unsigned seen = warden.good_seen;

	h.handle = warden.good.handle;
	for (unsigned i = 0; i < 2; i++) {
		if (fief_signal_manage(warden.env->ep, &h) ||
		    pd_death_sigh(spare, (struct signal_cap){ h.cap }) ||
		    (!i && pd_death_sigh(spare, (struct signal_cap){ 0 })))
			fief_log("WARDEN: death_sigh");
		if (!i)
			fief_signal_dissolve(warden.env->ep, &h);
	}
	start_spare((struct parent_cap){ warden.spare_parent.obj.cap });
	warden_serve(MS(50), NULL, NULL);
	if (pd_stop(spare))
		fief_log("WARDEN: stop");
	warden_serve(MS(200), NULL, NULL);
	fief_log("script: death told %u times", warden.good_seen - seen);
}

void warden_script(uint64_t number)
{
	if (number == 1)
		told_after_death();
	else if (number == 2)
		parent_after_death();
	else if (number == 3)
		number_again();
}
