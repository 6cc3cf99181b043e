/* SPDX-License-Identifier: MIT */
/* Attacks on the kernel object: operations below the session layer. */

#include "attack.h"

#include <lib/mem.h>
#include <session/pd.h>

enum { CLONE_THREAD_FLAGS = 0x3d0f00, CLONE_CHILD_FLAGS = 0x8011 };

/* ---- every operation with wild arguments ---- */

static uint32_t wild(void)
{
	static const uint32_t edge[] = {
		0,        1,          2,          3,         4,
		5,        6,          7,          8,         63,
		64,       255,        0x400001,   0x800000,  0x800001,
		0xffffff, 0x7fffffff, 0x80000000, 0xffffffff
	};
	uint64_t r = attack_random();

	return r & 1 ? (uint32_t)(r >> 32) :
	               edge[(r >> 8) % (sizeof(edge) / sizeof(edge[0]))];
}

static int kop_fuzz(void)
{
	uint64_t end = ATTACK_MS(700);
	unsigned n = 0, ok = 0;

	attack_get(HOSTILE_CANARY, 0);
	for (; fief_kif->time() < end; n++) {
		uint32_t label = (uint32_t)attack_random() % (KOP_COUNT + 2);
		struct kop op = {
			.chan = wild(),
			.index = wild(),
			.gen = wild(),
			.peer = wild() % 16,
			.a = wild(),
			.b = wild(),
			.size = (uint64_t)wild() << (wild() & 31),
			.number = wild(),
			.via = wild() % 4,
			.slot = wild(),
			.seq = wild(),
			.owner = wild() % 16,
			.at = wild(),
			.end = (uint64_t)wild() << (wild() & 31),
		};

		if (label == KOP_LOG)
			op.a = op.a < 16 ? 1000 + op.a : op.a;
		ok += raw_kop(label, &op) == FIEF_OK;
		if (!(me.arg.arg & 1)) {
			raw_drain();
			raw_notices_skip();
		}
	}
	fief_log("kop-fuzz: %u operations, %u succeeded", n, ok);
	attack_exit_now(0);
}

/* ---- quota ---- */

static int heap_quota(void)
{
	uint64_t total = 0;
	struct kop op;
	unsigned i;

	for (i = 0; i < 100000; i++) {
		op = (struct kop){ .size = i & 1 ? 4096 : 1 << 20 };
		if (raw_kop(KOP_HEAP, &op))
			break;
		total += i & 1 ? 4096 : 1 << 20;
		raw_drain();
	}
	fief_log("heap: got %llu bytes", (unsigned long long)total);
	if (total > 8 << 20)
		fief_log("BREACH: heap beyond the quota");
	for (uint32_t a = 0; a < 100000; a++) {
		op = (struct kop){ .a = 8 };
		if (raw_kop(KOP_CAPS, &op))
			break;
		if (a == 99999)
			fief_log("BREACH: exports beyond the quota");
	}
	return 0;
}

/* ---- introductions nobody asked for ---- */

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

static int flood_intro(fief_cap cap, uint32_t peer, uint64_t ms)
{
	uint64_t end = ATTACK_MS(ms);
	unsigned done = 0, refused = 0;
	struct kop op;

	while (fief_kif->time() < end) {
		op = introduction(cap, peer, done + 1);
		if (raw_kop(KOP_INTRODUCE, &op))
			refused++;
		else
			done++;
	}
	fief_log("introduced %u times, refused %u", done, refused);
	return 0;
}

/* The canary's object to core, which takes no notice: each one makes an
 * entry in the canary's tables. */
static int grant_flood(void)
{
	return flood_intro(attack_get(HOSTILE_CANARY, 0), CORE_PEER,
	                   me.arg.arg);
}

/* An object of core to the canary: each one makes an entry in core. */
static int intro_flood(void)
{
	struct kchan *ch = raw_channel(attack_get(HOSTILE_CANARY, 0));

	return flood_intro(me.env->pd, ch->peer->id, me.arg.arg);
}

/* Introductions that core refuses for a call to the canary. */
static int refuse_flood(void)
{
	struct kchan *ch = raw_channel(attack_get(HOSTILE_CANARY, 0));
	uint64_t end = ATTACK_MS(me.arg.arg);
	struct kop op;

	while (fief_kif->time() < end) {
		op = (struct kop){ .chan = 77,
			           .via = ch->number,
			           .slot = 3,
			           .peer = ch->peer->id };
		raw_kop(KOP_INTRODUCE, &op);
	}
	return 0;
}

/* ---- what core keeps for somebody who never gives back ---- */

static int never_release(void)
{
	uint64_t end = ATTACK_MS(me.arg.arg);
	unsigned n = 0;
	struct kchan *ch = raw_channel(me.env->pd);
	const struct kcap *c = raw_cap(me.env->pd);
	struct ch_slot *slot = &ch->page->slot[RAW_SLOT];

	raw_reserve(ch);
	while (fief_kif->time() < end) {
		/* allocRam(4096), one word of parameters; then freeRam. */
		slot->data[0] = 1ull << 32;
		slot->data[1] = 4096;
		raw_post(ch, c->word, c->gen, 0, 16);
		if (raw_wait(ch, 1000))
			break;
		slot->data[0] = 1ull << 48;
		slot->data[1] = 3; /* capability pointer 0 */
		slot->cap[0].word = CH_CAP_YOURS << CH_KIND_SHIFT |
		                    (slot->cap[0].word & CH_INDEX_MASK);
		raw_post(ch, c->word, c->gen, 1, 1 << 16 | 16);
		if (raw_wait(ch, 1000))
			break;
		n++;
	}
	fief_log("never released %u capabilities", n);
	return n > 1000 ? 0 : 9;
}

/* ---- ends of channels that nobody reads of ---- */

static int churn(uint32_t peer, bool read_notices, uint64_t ms)
{
	uint64_t end = ATTACK_MS(ms);
	unsigned n = 0, failed = 0;
	struct kop op;

	for (; fief_kif->time() < end; n++) {
		op = (struct kop){ 0 };
		if (raw_kop(KOP_EP, &op))
			break;
		for (uint32_t ep = op.b; ep; ep = 0) {
			struct kop r = { .peer = peer, .a = ep };
			struct kop d = { .a = ep };

			failed += raw_kop(KOP_REVERSE, &r) != 0;
			raw_drain();
			raw_kop(KOP_EP_DESTROY, &d);
		}
		raw_drain();
		if (read_notices)
			raw_notices_skip();
	}
	fief_log("churned %u channels, %u refused", n, failed);
	return 0;
}

/* A channel to itself, again and again, without reading what died. */
static int end_growth(void)
{
	uint32_t self = 0;
	struct kop op = { 0 };
	uint32_t e = raw_kop(KOP_EP, &op);

	if (e) {
		fief_log("end-growth: endpoint: %u", e);
		return 9;
	}
	/* It talks to few; the youngest of those is itself. */
	for (uint32_t id = 16; id && !self; id--) {
		struct kop r = { .peer = id, .a = op.b };

		if (!raw_kop(KOP_REVERSE, &r))
			self = id;
	}
	return churn(self, false, me.arg.arg);
}

/* Channels to the canary that come and go. */
static int churn_canary(void)
{
	struct kchan *ch = raw_channel(attack_get(HOSTILE_CANARY, 0));

	return churn(ch->peer->id, true, me.arg.arg);
}

/* The same to the warden, which is init. */
static int churn_parent(void)
{
	return churn(raw_channel(me.env->parent)->peer->id, false, me.arg.arg);
}

/* ---- threads ---- */

static long raw_clone(long flags)
{
	return sys_call6(__NR_clone, flags, 0, 0, 0, 0, 0);
}

/* Ask for processes; core refuses each. Several threads ask at once. */
static void cloner(void *arg)
{
	(void)arg;
	for (;;)
		if (raw_clone(CLONE_CHILD_FLAGS) >= 0)
			fief_log("BREACH: a process was forked");
}

static int clone_flood(void)
{
	for (unsigned i = 0; i < 7; i++)
		attack_thread(cloner, NULL);
	cloner(NULL);
	return 0;
}

static int fork_once(void)
{
	long r = raw_clone(CLONE_CHILD_FLAGS);

	if (!r)
		attack_exit_now(0); /* the child */
	fief_log("fork: %ld", r);
	if (r > 0)
		fief_log("BREACH: a process was forked");
	return 0;
}

static _Atomic unsigned running;

static void idle(void *arg)
{
	(void)arg;
	atomic_fetch_add(&running, 1);
	attack_park();
}

static int count_threads(unsigned limit)
{
	unsigned n = 1;

	while (n < 60 && attack_thread(idle, NULL))
		n++;
	fief_log("threads: %u run", n);
	if (n > limit)
		fief_log("BREACH: %u threads, limit %u", n, limit);
	return 0;
}

static int thread_bomb(void)
{
	return count_threads(8);
}

/* The limit is the parent's to set, not the component's own. */
static int limit_raise(void)
{
	if (pd_limit_threads((struct pd_cap){ me.env->pd }, 10000))
		fief_log("limit_threads: refused");
	return count_threads(8);
}

const struct attack attacks_kernel[] = {
	{ "kop-fuzz", kop_fuzz },
	{ "heap-quota", heap_quota },
	{ "grant-flood", grant_flood },
	{ "intro-flood", intro_flood },
	{ "refuse-flood", refuse_flood },
	{ "never-release", never_release },
	{ "end-growth", end_growth },
	{ "churn", churn_canary },
	{ "churn-parent", churn_parent },
	{ "clone-flood", clone_flood },
	{ "fork", fork_once },
	{ "thread-bomb", thread_bomb },
	{ "limit-raise", limit_raise },
	{ 0 },
};
