/* SPDX-License-Identifier: MIT */
/* Attacks through the shared page of a channel. */

#include "attack.h"

enum { META_NULL = 32 };

/* Argument 0: the canary's channel, 1: core's. */
static struct kchan *target(void)
{
	struct kif_pd *pd = kif_pd_self();

	if (me.arg.arg & 1)
		return ktable_at(&pd->chans, sizeof(struct kchan),
		                 CORE_CHANNEL);
	return raw_channel(attack_get(HOSTILE_CANARY, 0));
}

/* ---- indices and generations ---- */

static unsigned answered, tried;

static void try_index(struct kchan *ch, uint32_t index, uint32_t gen)
{
	struct ch_slot *slot = &ch->page->slot[RAW_SLOT];
	bool core = me.arg.arg & 1;
	uint32_t e;

	raw_post(ch, index, gen, core ? 0xffff : CANARY_NULL, META_NULL);
	e = raw_wait(ch, 500);
	tried++;
	if (e == FIEF_GONE || e == RAW_TIMEOUT)
		return;
	answered++;
	if (!core && slot->data[0] != CANARY_PUBLIC)
		fief_log("BREACH: entry 0x%x gen %u is object 0x%llx", index,
		         gen, (unsigned long long)slot->data[0]);
}

static int indices(void)
{
	static const uint32_t edge[] = {
		31,         32,         33,        95,         96,
		1023,       4096,       0x3fffff,  0x400000,   0x40003f,
		0x4000ff,   0x7fffff,   0x800000,  0x800001,   0xbfffff,
		0xc00000,   0xffffff,   0x1000000, 0x7fffffff, 0x80000000,
		0xff800000, 0xffffffff,
	};
	struct kchan *ch = target();
	unsigned limit = me.arg.arg & 1 ? 6 : 3;

	raw_reserve(ch);
	for (uint32_t i = 0; i < 64; i++)
		for (uint32_t g = 0; g < 6; g++)
			try_index(ch, i, g);
	for (uint32_t i = 0; i < sizeof(edge) / sizeof(edge[0]); i++)
		for (uint32_t g = 0; g < 4; g++)
			try_index(ch, edge[i], g);
	for (uint32_t g = 0; g < 600; g++)
		try_index(ch, CH_INDEX_GRANT, g);
	for (unsigned i = 0; i < 2000; i++)
		try_index(ch, (uint32_t)attack_random(),
		          (uint32_t)attack_random());
	fief_log("indices: %u tried, %u answered", tried, answered);
	/* Granted: the public object, as grant and as its entry; of core the
	 * kernel object and the PD. */
	if (answered > limit)
		fief_log("BREACH: %u entries answered", answered);
	return 0;
}

/* ---- random bytes ---- */

static void scribbler(void *page)
{
	uint64_t x = fief_kif->time() | 1;

	for (;;) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		((volatile uint32_t *)page)[x % 1024] = (uint32_t)(x >> 20);
	}
}

static int scribble(void)
{
	struct kchan *ch = target();
	uint64_t end = ATTACK_MS(700);

	raw_reserve(ch);
	attack_thread(scribbler, ch->page);
	while (fief_kif->time() < end) {
		uint32_t i = (uint32_t)attack_random();

		raw_post(ch, i & 3, i >> 8 & 3, i >> 16 & 15, i >> 20);
		if (raw_wait(ch, 1) == FIEF_GONE && !(i & 0xff))
			raw_ring(ch);
	}
	attack_exit_now(0);
}

/* ---- words that change while they are checked ---- */

static void flipper(void *page)
{
	struct ch_slot *slot = &((struct ch_page *)page)->slot[RAW_SLOT];
	static const uint32_t meta[] = {
		32, 0xffff, 4 << 16 | 512, 0xff << 16 | 513, 0, 1 << 16
	};
	uint32_t i = 0;

	for (;;) {
		*(volatile uint32_t *)&slot->meta = meta[++i % 6];
		*(volatile uint32_t *)&slot->cap[i & 3].word =
			i % 7 << CH_KIND_SHIFT | i % 33;
		*(volatile uint32_t *)&slot->cap[i & 3].gen = i % 5;
	}
}

static int toctou(void)
{
	struct kchan *ch = target();
	const struct kcap *c = raw_cap(
		me.arg.arg & 1 ? me.env->pd : attack_get(HOSTILE_CANARY, 0));
	uint64_t end = ATTACK_MS(600);
	unsigned n = 0;

	raw_reserve(ch);
	attack_thread(flipper, ch->page);
	for (; fief_kif->time() < end; n++) {
		raw_post(ch, c->word, c->gen, me.arg.arg & 1 ? 11 : CANARY_TAKE,
		         META_NULL);
		raw_wait(ch, 5);
	}
	fief_log("toctou: %u calls", n);
	attack_exit_now(0);
}

/* Every length, every number of capabilities. */
static int sizes(void)
{
	struct kchan *ch = target();
	const struct kcap *c = raw_cap(
		me.arg.arg & 1 ? me.env->pd : attack_get(HOSTILE_CANARY, 0));
	unsigned bad = 0, good = 0;
	uint32_t e;

	raw_reserve(ch);
	for (uint32_t i = 0; i < 6000; i++) {
		uint32_t len = i < 1100 ? i : (uint32_t)attack_random();
		uint32_t caps = i < 1100 ? 0 : i % 300;

		raw_post(ch, c->word, c->gen,
		         me.arg.arg & 1 ? 0xffff : CANARY_NULL,
		         (len & 0xffff) | caps << 16);
		e = raw_wait(ch, 200);
		good += !e;
		bad += e == FIEF_INVALID;
	}
	fief_log("sizes: %u taken, %u invalid", good, bad);
	return 0;
}

/* ---- floods ---- */

static int flood_bell(void)
{
	struct kchan *ch = target();

	while (ch->bell >= 0)
		raw_ring(ch);
	return 0;
}

static void caller(void *cap)
{
	struct kif_msg *msg = NULL;
	static struct kif_msg all[8];
	static _Atomic unsigned next;

	msg = &all[atomic_fetch_add(&next, 1) % 8];
	for (;;) {
		msg->len = 32;
		msg->ncaps = 0;
		if (fief_rpc_call(*(fief_cap *)cap,
		                  me.arg.arg & 1 ? 3 : CANARY_NULL,
		                  msg) == FIEF_GONE)
			break;
	}
}

static int flood_call(void)
{
	static fief_cap cap;

	cap = me.arg.arg & 1 ? me.env->pd : attack_get(HOSTILE_CANARY, 0);
	for (unsigned i = 0; i < 6; i++)
		attack_thread(caller, &cap);
	caller(&cap);
	return 0;
}

static int flood_signal(void)
{
	struct kchan *ch = target();

	while (ch->bell >= 0) {
		for (unsigned n = 0; n < CH_SIGNALS; n++)
			atomic_fetch_add(&ch->page->signal_count[n], 7);
		atomic_store(&ch->page->client.signals, UINT64_MAX);
		raw_ring(ch);
	}
	return 0;
}

/* ---- words that never come to rest ---- */

/* A request number above CH_SEQ_MASK; then sleep. The server must, too. */
static int req_high(void)
{
	struct kchan *ch = target();

	for (unsigned n = 0; n < CH_SLOTS; n++)
		atomic_store(&ch->page->slot[n].req, 0xf0000001u);
	raw_ring(ch);
	attack_park();
}

/* Calls that wait for an introduction that never comes, on all slots. */
static int parked(void)
{
	struct kchan *ch = target();
	const struct kcap *c = raw_cap(attack_get(HOSTILE_CANARY, 0));

	for (unsigned n = 1; n < CH_SLOTS; n++) {
		struct ch_slot *slot = &ch->page->slot[n];

		slot->target = c->word;
		slot->gen = c->gen;
		slot->meta = 1 << 16 | 32;
		slot->cap[0].word = CH_CAP_INTRO << CH_KIND_SHIFT;
		slot->cap[0].gen = 0x12345 + n;
		atomic_store(&slot->req, 1);
	}
	raw_ring(ch);
	attack_park();
}

/* Releases and acknowledgements that were never due. */
static int release_lies(void)
{
	struct ch_page *core = (struct ch_page *)LAYOUT_CHANNELS;
	struct kchan *ch = target();
	uint64_t end = ATTACK_MS(400);

	while (fief_kif->time() < end) {
		uint32_t r = (uint32_t)attack_random();

		ch->page->release[r % CH_RELEASES].index = r >> 8 & 0x8000ff;
		ch->page->release[r % CH_RELEASES].gen = r >> 16 & 7;
		atomic_store(&ch->page->client.release_head, r);
		atomic_store(&ch->page->client.release_tail, r >> 3);
		atomic_store(&core->client.notice_tail, r);
		atomic_store(&core->client.bell_ack, r >> 5);
		raw_ring(ch);
	}
	attack_exit_now(0);
}

/* Close and drain the doorbell, saturate it. */
static int bell_theft(void)
{
	struct kchan *ch = target();
	uint64_t big = 0xfffffffffffffffeu, got;

	for (unsigned i = 0; i < 20000; i++) {
		sys_write(ch->bell, &big, sizeof(big));
		sys_call3(__NR_read, ch->bell, (long)&got, 8);
	}
	sys_write(ch->bell, &big, sizeof(big));
	sys_close(ch->bell);
	attack_park();
}

const struct attack attacks_channel[] = {
	{ "indices", indices },
	{ "scribble", scribble },
	{ "toctou", toctou },
	{ "sizes", sizes },
	{ "flood-bell", flood_bell },
	{ "flood-call", flood_call },
	{ "flood-signal", flood_signal },
	{ "req-high", req_high },
	{ "parked", parked },
	{ "release-lies", release_lies },
	{ "bell-theft", bell_theft },
	{ 0 },
};
