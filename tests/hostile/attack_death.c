/* SPDX-License-Identifier: MIT */
/* Dying at each step of the protocols, and servers that die or lie. */

#include "attack.h"

#include <fief/entrypoint_loop.h>
#include <lib/mem.h>
#include <session/pd.h>

/* ---- as a client ---- */

static struct kchan *canary_channel(const struct kcap **c)
{
	fief_cap cap = attack_get(HOSTILE_CANARY, 0);
	struct kchan *ch = raw_channel(cap);

	*c = raw_cap(cap);
	raw_reserve(ch);
	return ch;
}

static void post_with_intro(struct kchan *ch, const struct kcap *c, bool ask)
{
	const struct kcap *pd = raw_cap(me.env->pd);
	struct ch_slot *slot = &ch->page->slot[RAW_SLOT];
	struct kop op = {
		.chan = CORE_CHANNEL,
		.index = pd->word,
		.gen = pd->gen,
		.peer = ch->peer->id,
		.number = 7,
		.via = ch->number,
		.slot = RAW_SLOT,
		.seq = 1,
	};

	if (ask)
		raw_kop(KOP_INTRODUCE, &op);
	slot->cap[0].word = CH_CAP_INTRO << CH_KIND_SHIFT;
	slot->cap[0].gen = 7;
	raw_post(ch, c->word, c->gen, CANARY_TAKE, 1 << 16 | 32);
}

static int client_dies(void)
{
	const struct kcap *c;
	struct kchan *ch = canary_channel(&c);
	struct ch_slot *slot = &ch->page->slot[RAW_SLOT];
	struct kop op = { 0 };

	slot->target = c->word;
	slot->gen = c->gen;
	switch (me.arg.round % 10) {
	case 0: /* before posting */
		slot->label = CANARY_NULL;
		break;
	case 1: /* posted, not rung */
		slot->label = CANARY_NULL;
		slot->meta = 32;
		atomic_store(&slot->req, 1);
		break;
	case 2: /* rung */
		raw_post(ch, c->word, c->gen, CANARY_NULL, 32);
		break;
	case 3: /* while it is served */
		slot->data[0] = 5;
		raw_post(ch, c->word, c->gen, CANARY_BUSY, 32);
		fief_kif->park(ATTACK_MS(2));
		break;
	case 4: /* after the reply */
		raw_post(ch, c->word, c->gen, CANARY_NULL, 32);
		raw_wait(ch, 100);
		break;
	case 5: /* the call waits for an introduction that never comes */
		post_with_intro(ch, c, false);
		break;
	case 6: /* introduced, not yet taken */
		post_with_intro(ch, c, true);
		break;
	case 7: /* in a request to core, with what it holds of the server */
		op = (struct kop){ .chan = ch->number,
			           .index = c->word,
			           .gen = c->gen,
			           .slot = KOP_NO_SLOT,
			           .number = 9 };
		raw_kop(KOP_INTRODUCE, &op);
		break;
	case 8: /* with a descriptor on the way */
		op.size = 4096;
		raw_kop(KOP_HEAP, &op);
		break;
	default: /* with core's lock-step broken */
		atomic_store(&((struct ch_page *)LAYOUT_CHANNELS)->slot[1].req,
		             99);
		break;
	}
	attack_exit_now(0);
}

/* Everything at once, until the warden kills. */
static int busy_bee(void)
{
	fief_cap canary = attack_get(HOSTILE_CANARY, 0);
	fief_cap other = attack_get(HOSTILE_WARDEN, 0);
	struct dataspace_cap ds;

	while (canary != FIEF_CAP_NULL) {
		attack_call(canary, CANARY_TAKE, me.env->pd);
		attack_call(canary, CANARY_TAKE, other);
		if (!attack_call(canary, CANARY_OBJECT, FIEF_CAP_NULL))
			fief_rpc_drop_caps(&me.msg);
		if (!pd_alloc_ram((struct pd_cap){ me.env->pd }, 4096, &ds)) {
			attack_call(canary, CANARY_TAKE, ds.cap);
			if (pd_free_ram((struct pd_cap){ me.env->pd }, ds))
				fief_log("BREACH: own memory not found");
		}
		attack_call(me.env->parent, HOSTILE_BURST, me.env->pd);
	}
	return 0;
}

/* ---- as a server: attacker 0 serves attacker 1 ---- */

static fief_cap serve_object(void)
{
	fief_cap cap = FIEF_CAP_NULL;

	if (fief_kif->export(0, 0x77, KIF_OBJECT_RPC, &cap))
		fief_exit(me.env, 96);
	attack_register(cap);
	return cap;
}

static void wait_call(struct kif_wait *w)
{
	do {
		*w = (struct kif_wait){ .deadline = FIEF_NEVER,
			                .flags = KIF_WAIT };
		if (fief_kif->reply_wait(0, &me.msg, w))
			fief_exit(me.env, 95);
	} while (w->event != KIF_EVENT_CALL);
}

static struct kchan *inbound(void)
{
	struct kif_pd *pd = kif_pd_self();

	for (uint32_t i = 1; i < pd->chans.used; i++) {
		struct kchan *ch = ktable_at(&pd->chans, sizeof(*ch), i);

		if (ch->dir == KCHAN_IN && !ch->dead)
			for (unsigned n = 0; n < CH_SLOTS; n++)
				if (ch->open[n])
					return ch;
	}
	return NULL;
}

static void server_step(uint32_t step)
{
	struct kif_wait w;
	struct kchan *ch;

	if (step == 0)
		attack_exit_now(0); /* before any call */
	wait_call(&w);
	ch = inbound();
	switch (step) {
	case 1: /* served */
		break;
	case 2: /* a reply half written */
		if (ch)
			ch->page->slot[0].meta = 0xffffffff;
		break;
	case 3: /* answered */
		me.msg.ncaps = 0;
		w.flags = KIF_REPLY;
		if (fief_kif->reply_wait(0, &me.msg, &w))
			break;
		break;
	case 4: /* asleep in its reply: `wait` cleared under the client */
		for (unsigned n = 0; ch && n < CH_SLOTS; n++)
			atomic_store(&ch->page->slot[n].wait, 0);
		break;
	default: /* the reply word is a lie, nobody is woken */
		for (unsigned n = 0; ch && n < CH_SLOTS; n++)
			atomic_store(&ch->page->slot[n].rep, 0x55555550);
		break;
	}
	attack_exit_now(0);
}

static int server_dies(void)
{
	enum fief_err e;
	fief_cap cap;

	if (me.arg.index == 0) {
		serve_object();
		server_step(me.arg.arg);
	}
	cap = attack_sibling(0);
	do
		e = attack_call(cap, 1, FIEF_CAP_NULL);
	while (e != FIEF_GONE && cap != FIEF_CAP_NULL);
	fief_log("the caller of the dead reads gone");
	return 0;
}

static void canceler(void *arg)
{
	fief_thread t = *(fief_thread *)arg;

	for (uint64_t nr = 0;; nr++) {
		fief_kif->park(ATTACK_MS(1));
		fief_kif->cancel(t, nr % 4000);
	}
}

/* A server that never replies; its caller gives up again and again. */
static int never_replies(void)
{
	static fief_thread self;
	struct kif_wait w;
	fief_cap cap;
	enum fief_err e;

	if (me.arg.index == 0) {
		serve_object();
		for (;;)
			wait_call(&w);
	}
	cap = attack_sibling(0);
	self = fief_kif->thread_self();
	attack_thread(canceler, &self);
	for (uint32_t i = 0; i < me.arg.arg; i++) {
		e = attack_call(cap, 1, FIEF_CAP_NULL);
		fief_log("call %u: %s", i, fief_err_name(e));
	}
	return 0;
}

/* A server whose replies are random bytes, and whose page never rests. */
static void liar(void *arg)
{
	struct ch_page *page = arg;
	uint64_t x = fief_kif->time() | 1;

	for (;;) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		((volatile uint32_t *)page)[160 + x % 144] =
			(uint32_t)(x >> 20) & (x & 1 << 18 ? 0x3ff : ~0u);
	}
}

static int hostile_replies(void)
{
	uint64_t end = ATTACK_MS(600);
	unsigned n = 0;
	struct kif_wait w;
	fief_cap cap;

	if (me.arg.index == 0) {
		serve_object();
		wait_call(&w);
		attack_thread(liar, inbound()->page);
		for (;;) {
			w.flags = KIF_REPLY | KIF_WAIT;
			w.deadline = ATTACK_MS(1);
			me.msg.ncaps = 4;
			for (unsigned i = 0; i < 4; i++)
				me.msg.cap[i] =
					(fief_cap)attack_random() & 0x30000ff;
			if (fief_kif->reply_wait(0, &me.msg, &w))
				break;
		}
	}
	cap = attack_sibling(0);
	for (; fief_kif->time() < end; n++)
		if (!attack_call(cap, 1, FIEF_CAP_NULL))
			fief_rpc_drop_caps(&me.msg);
	fief_log("the client of the liar made %u calls", n);
	return 0;
}

const struct attack attacks_death[] = {
	{ "client-dies", client_dies },
	{ "busy-bee", busy_bee },
	{ "server-dies", server_dies },
	{ "never-replies", never_replies },
	{ "hostile-replies", hostile_replies },
	{ 0 },
};
