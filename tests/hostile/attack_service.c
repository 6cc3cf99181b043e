/* SPDX-License-Identifier: MIT */
/* Malformed Cap'n Proto and random methods for core's services; guesses of
 * handles. */

#include "attack.h"

#include <lib/mem.h>
#include <session/cpu.h>
#include <session/pd.h>

/* What must not be called: it would end the test by right. */
static bool spared(uint32_t what, uint32_t label)
{
	if (what == 0)
		return label == 7; /* Pd.stop of itself */
	return what == HOSTILE_PARENT &&
	       (label == 10 || label == 4 || label == 19);
}

static void random_message(unsigned words)
{
	/* Mostly plausible: a root pointer and small numbers. */
	for (unsigned i = 0; i < words; i++) {
		uint64_t r = attack_random();

		me.msg.data[i] = r & 3 ? r >> 40 & 0xff : attack_random();
	}
	if (attack_random() & 3)
		me.msg.data[0] = (attack_random() & 7) << 32 |
		                 (attack_random() & 7) << 48;
	for (unsigned i = 1; i < words && attack_random() & 3; i++)
		if (!(attack_random() & 3)) /* list and text pointers */
			me.msg.data[i] = 1 | (attack_random() & 0xff) << 2 |
			                 (attack_random() & 7) << 32 |
			                 (attack_random() & 0x3ff) << 35;
}

static int fuzz(void)
{
	const fief_cap target =
		me.arg.arg ? attack_get((enum hostile_get)me.arg.arg, 0) :
			     me.env->pd;
	fief_cap canary = attack_get(HOSTILE_CANARY, 0);
	fief_cap signal = attack_get(HOSTILE_SIGNAL, 0);
	const fief_cap some[] = { me.env->pd, canary, signal, target, 0 };
	unsigned n = 0, good = 0;
	uint64_t end = ATTACK_MS(700);

	for (; fief_kif->time() < end; n++) {
		uint32_t label = (uint32_t)attack_random() % 20;
		unsigned words = (unsigned)attack_random() % 65;

		if (!(attack_random() & 15))
			label = (uint32_t)attack_random();
		if (spared(me.arg.arg, label))
			continue;
		random_message(words);
		me.msg.len = (uint16_t)(words * 8);
		if (!(attack_random() & 7))
			me.msg.len = (uint16_t)(attack_random() % 513);
		me.msg.ncaps = (uint8_t)(attack_random() % 5);
		for (unsigned i = 0; i < me.msg.ncaps; i++)
			me.msg.cap[i] = some[attack_random() % 5];
		if (!fief_rpc_call(target, label, &me.msg)) {
			good++;
			fief_rpc_drop_caps(&me.msg);
		}
	}
	fief_log("fuzz: %u calls, %u succeeded", n, good);
	return 0;
}

/* Every handle: only those that were granted work. */
static int handles(void)
{
	unsigned work = 0;

	attack_get(HOSTILE_CANARY, 0);
	for (fief_cap tag = 0; tag < 64; tag++)
		for (fief_cap i = 0; i < 300; i++) {
			enum fief_err e;

			me.msg.ncaps = 0;
			me.msg.len = 0;
			e = fief_rpc_call(tag << 24 | i, 0xffff, &me.msg);
			work += e != FIEF_INVALID && e != FIEF_GONE;
		}
	fief_log("handles: %u work", work);
	/* Kernel object, parent, PD, the canary's. */
	if (work > 4)
		fief_log("BREACH: %u handles work", work);
	return 0;
}

/* Quota of others: accounts that are not mine to move. */
static int steal_quota(void)
{
	struct pd_cap own = { me.env->pd };
	struct pd_cap spare = { attack_get(HOSTILE_SPARE_PD, 0) };

	if (!pd_transfer(own, spare, 4096, 1) ||
	    !pd_move(own, spare, own, 4096, 1) ||
	    !pd_move(own, own, spare, 4096, 1))
		fief_log("BREACH: moved quota between siblings");
	fief_log("steal-quota: done");
	return 0;
}

/* CPU time of others: a session tells of what is below its label, which is
 * that of the attackers. */
static int cpu_time_of_others(void)
{
	static const char own[] = "init -> attacker";
	const struct cpu_cap cpu = { attack_get(HOSTILE_CPU, 0) };
	uint64_t end = ATTACK_MS(300), sum = 0;
	struct cpu_time_reply r;
	uint32_t seen = 0;

	while (fief_kif->time() < end) {
		uint64_t now = 0;

		for (r.pd = 0; !cpu_time(cpu, r.pd, &r); seen++) {
			if (!capnp_text_equal(r.label, capnp_text_of(own)))
				fief_log("BREACH: CPU time of %.*s",
				         (int)r.label.len, r.label.s);
			now += r.ns;
		}
		if (now < sum)
			fief_log("BREACH: CPU time went back");
		sum = now;
		if (!cpu_time(cpu, UINT32_MAX, &r))
			fief_log("BREACH: a PD beyond all numbers");
	}
	fief_log("cpu-time: %s, %s", seen ? "seen" : "nothing",
	         sum ? "counted" : "no time");
	return 0;
}

/* A component that is no ELF image, or nearly one. */
static int elf_garbage(void)
{
	struct pd_cap spare = { attack_get(HOSTILE_SPARE_PD, 0) };
	struct pd_cap own = { me.env->pd };
	struct dataspace_cap ds;
	enum fief_err e;
	uint8_t *p;
	void *at;

	if (pd_alloc_ram(own, 8192, &ds) ||
	    fief_kif->map(ds.cap, 0, 0, NULL, KIF_READ | KIF_WRITE, &at))
		return 9;
	p = at;
	memcpy(p, "\177ELF\2\1\1", 7);
	for (unsigned i = 16; i < 8192; i++)
		p[i] = (uint8_t)attack_random();
	p[16] = 2, p[17] = 0, p[18] = 62, p[19] = 0;
	memset(p + 24, 0, 40);
	*(uint64_t *)(void *)(p + 24) = LAYOUT_IMAGE;
	*(uint64_t *)(void *)(p + 32) = 64;
	p[54] = 56, p[56] = 8;
	for (unsigned i = 0; i < 8; i++) { /* segments over each other */
		uint64_t *h = (uint64_t *)(void *)(p + 64 + i * 56);

		h[0] = 1 | (attack_random() & 7) << 32;
		h[1] = attack_random() & 0x1000;
		h[2] = LAYOUT_IMAGE + (attack_random() & 0xff000);
		h[4] = attack_random() & 0x1fff;
		h[5] = h[4] + (attack_random() & 0xffffff);
	}
	e = pd_start(spare, ds, (struct parent_cap){ me.env->parent },
	             (struct cpu_cap){ FIEF_CAP_NULL },
	             (struct log_cap){ FIEF_CAP_NULL });
	fief_log("elf-garbage: %s", fief_err_name(e));
	if (me.arg.arg && pd_free_ram(own, ds)) /* freed while it is loaded */
		return 8;
	fief_kif->park(ATTACK_MS(100));
	return 0;
}

const struct attack attacks_service[] = {
	{ "fuzz", fuzz },
	{ "handles", handles },
	{ "steal-quota", steal_quota },
	{ "cpu-time", cpu_time_of_others },
	{ "elf-garbage", elf_garbage },
	{ 0 },
};
