/* SPDX-License-Identifier: MIT */
/*
 * Client side of a channel: post a call, wait for its outcome. The words and
 * fences are those of tests/model (rules R1..R14 there).
 */

#include "call.h"

#include "caps.h"
#include "lock.h"
#include "mem.h"
#include "message.h"
#include "signals.h"
#include "sys.h"

enum { SLOTS_ALL = KCHAN_BUSY, SPIN_MISSES = 3, SPIN_PROBE = 63 };

/* ---- slots ---- */

static void slot_put(struct kchan *ch, unsigned n)
{
	atomic_fetch_and(&ch->busy, ~(1u << n));
	if (atomic_load(&ch->slot_waiters))
		kif_futex_wake(&ch->busy);
}

/* A canceled call was answered after all: its slot may be used again, and the
 * capabilities of the late reply are dropped (R4). In this order: what they
 * are may take news of core, which wait until no slot of a dead channel is in
 * use. */
static void slot_reclaim(struct kif_pd *pd, struct kchan *ch, uint32_t life,
                         unsigned n)
{
	struct ch_slot *slot = &ch->page->slot[n];
	struct ch_cap cap[KIF_CAPS_MAX];
	struct kif_msg late;
	const bool sane = !(atomic_load(&slot->rep) & CH_ERR_MASK) &&
	                  kif_take(slot, &late, cap);

	slot_put(ch, n);
	if (!sane || !late.ncaps)
		return;
	kcaps_decode(pd, ch, life, cap, &late);
	for (unsigned i = 0; i < late.ncaps; i++)
		kif_drop(late.cap[i], 1);
}

static bool slot_answered(struct kchan *ch, unsigned n)
{
	uint32_t rep = atomic_load_explicit(&ch->page->slot[n].rep,
	                                    memory_order_acquire);

	return ch_rep_seq(rep) == ch->seq[n];
}

static bool call_canceled(void)
{
	struct kif_thread *t = kif_self();

	return atomic_load(&t->cancel_nr) ==
	       atomic_load_explicit(&t->call_nr, memory_order_relaxed);
}

/*
 * Sleep until a slot may have become free. A cancel wakes the word that is
 * waited for; its sender repeats it, so that none is missed for good. Where
 * only some slots are retired, either kind may be free first, and the rest may
 * wait for what this thread is about to send: then look again soon. Where all
 * are, one of them is watched, and the others are looked at now and then: that
 * one may be of a server that never answers.
 */
static void slot_wait_free(struct kchan *ch, uint32_t busy, bool cancelable)
{
	enum { LOOK_AGAIN_NS = 200000, LOOK_AT_ALL_NS = 10000000 };
	struct kif_thread *t = kif_self();
	struct ch_slot *slot = &ch->page->slot[0];
	uint32_t retired = busy >> KCHAN_RETIRED_SHIFT & SLOTS_ALL;
	uint32_t rep;

	atomic_fetch_add(&ch->slot_waiters, 1);
	if (retired != SLOTS_ALL) {
		atomic_store(&t->slot_wait, &ch->busy);
		if (!cancelable || !call_canceled())
			kif_futex_wait(&ch->busy, busy,
			               retired ? kif_time() + LOOK_AGAIN_NS :
			                         FIEF_NEVER);
	} else {
		atomic_store(&t->slot_wait, &slot->rep);
		atomic_store(&slot->wait, 1);
		rep = atomic_load(&slot->rep);
		if (ch_rep_seq(rep) != ch->seq[0] && !(rep & CH_DEAD) &&
		    (!cancelable || !call_canceled()))
			kif_futex_wait(&slot->rep, rep,
			               kif_time() + LOOK_AT_ALL_NS);
	}
	atomic_store(&t->slot_wait, NULL);
	atomic_fetch_sub(&ch->slot_waiters, 1);
}

/* A retired slot that was answered meanwhile, or -1. */
static int slot_late(struct kchan *ch, uint32_t busy)
{
	const uint32_t retired = busy >> KCHAN_RETIRED_SHIFT & SLOTS_ALL;

	for (unsigned n = 0; retired >> n; n++)
		if (retired >> n & 1 && slot_answered(ch, n))
			return (int)n;
	return -1;
}

enum { SLOT_DEAD = -1, SLOT_CANCELED = -2 };

/* A slot of one's own, or why there is none: the channel must still be the one
 * that has `life`, and it stays that until the slot is put back or retired.
 * `cancelable`: see kif_cancel. */
static int slot_take(struct kif_pd *pd, struct kchan *ch, uint32_t life,
                     bool cancelable)
{
	uint32_t busy = atomic_load(&ch->busy);
	uint32_t bit;
	int n;

	for (;;) {
		if ((busy ^ life << (KCHAN_DEAD_SHIFT + 1)) >>
		            KCHAN_DEAD_SHIFT ||
		    atomic_load(&ch->page->slot[0].rep) & CH_DEAD)
			return SLOT_DEAD;
		n = slot_late(ch, busy);
		if (n >= 0) {
			bit = 1u << n << KCHAN_RETIRED_SHIFT;
			if (atomic_compare_exchange_weak(&ch->busy, &busy,
			                                 busy & ~bit))
				slot_reclaim(pd, ch, life, (unsigned)n);
			busy = atomic_load(&ch->busy);
			continue;
		}
		if ((busy & SLOTS_ALL) == SLOTS_ALL) {
			if (cancelable && call_canceled())
				return SLOT_CANCELED;
			slot_wait_free(ch, busy, cancelable);
			busy = atomic_load(&ch->busy);
			continue;
		}
		bit = ~busy & (busy + 1);
		if (atomic_compare_exchange_weak(&ch->busy, &busy, busy | bit))
			return __builtin_ctz(bit);
	}
}

static void slot_retire(struct kchan *ch, unsigned n)
{
	atomic_fetch_or(&ch->busy, 1u << n << KCHAN_RETIRED_SHIFT);
}

/* ---- waiting ---- */

static bool call_ended(uint32_t rep, uint32_t seq)
{
	return ch_rep_seq(rep) == seq || rep & (CH_DEAD | CH_CANCEL);
}

/*
 * Spin while it can pay: the server runs on another CPU, and spinning was not
 * in vain three times in a row (then only one wait in 64 probes again).
 */
static bool call_spin(struct kif_pd *pd, struct kchan *ch, struct ch_slot *slot,
                      uint32_t seq)
{
	uint64_t start;

	if (ch->misses >= SPIN_MISSES && (++ch->misses & SPIN_PROBE))
		return false;
	start = kif_ticks();
	for (unsigned i = 0;; i++) {
		if (call_ended(atomic_load_explicit(&slot->rep,
		                                    memory_order_acquire),
		               seq)) {
			ch->misses = 0;
			return true;
		}
		if (!(i & 7)) {
			uint32_t cpu = atomic_load_explicit(
				&ch->page->server.cpu, memory_order_relaxed);

			if (!cpu || cpu == kif_cpu(pd))
				return false;
			if (kif_ticks() - start > pd->spin_ticks)
				break;
		}
		kif_pause();
	}
	ch->misses++;
	return false;
}

static uint32_t call_wait(struct kif_pd *pd, struct kchan *ch,
                          struct ch_slot *slot, uint32_t seq)
{
	uint32_t rep;

	if (!call_spin(pd, ch, slot, seq)) {
		atomic_store(&slot->wait, 1); /* fence: partner in reply() */
		for (;;) {
			rep = atomic_load(&slot->rep);
			if (call_ended(rep, seq))
				break;
			kif_futex_wait(&slot->rep, rep, FIEF_NEVER);
		}
		atomic_store_explicit(&slot->wait, 0, memory_order_relaxed);
	}
	return atomic_load_explicit(&slot->rep, memory_order_acquire);
}

/* ---- the call ---- */

void kchan_ring(struct kchan *ch)
{
	uint64_t one = 1;

	if (!atomic_load(&ch->page->server.polled))
		sys_write(ch->bell, &one, sizeof(one));
}

static void call_post(struct kchan *ch, const struct kcap *c, unsigned n,
                      const struct kif_msg *msg,
                      const struct ch_cap cap[KIF_CAPS_MAX])
{
	struct ch_slot *slot = &ch->page->slot[n];
	const uint32_t cpu = kif_cpu(kif_pd_self());

	slot->target = c->word;
	slot->gen = c->gen;
	kif_put(slot, msg, cap);
	if (atomic_load_explicit(&ch->page->client.cpu, memory_order_relaxed) !=
	    cpu)
		atomic_store_explicit(&ch->page->client.cpu, cpu,
		                      memory_order_relaxed);
	ch->seq[n] = ch_seq_next(ch->seq[n]);
	/* Fence between the request and the look at `polled`; partner: the
	 * server's store to `polled` before it re-checks `req`. */
	atomic_exchange(&slot->req, ch->seq[n]);
}

/* Core ended the call: an introduction in it was refused. */
static enum fief_err call_refused(uint32_t rep)
{
	static const enum fief_err err[] = {
		[CH_ERR_NONE] = FIEF_OK,
		[CH_ERR_GONE] = FIEF_GONE,
		[CH_ERR_LIMIT] = FIEF_LIMIT,
		[CH_ERR_INVALID] = FIEF_INVALID,
	};

	return err[(rep & CH_ERR_MASK) >> CH_ERR_SHIFT];
}

static enum fief_err call_finish(struct kif_pd *pd, struct kchan *ch,
                                 unsigned n, uint32_t life, uint32_t rep,
                                 struct kif_msg *msg)
{
	struct ch_slot *slot = &ch->page->slot[n];
	struct ch_cap cap[KIF_CAPS_MAX];
	bool sane;

	msg->len = 0;
	msg->ncaps = 0;
	if (FIEF_UNLIKELY(ch_rep_seq(rep) == ch->seq[n] && rep & CH_ERR_MASK)) {
		slot_put(ch, n);
		return call_refused(rep);
	}
	if (FIEF_LIKELY(ch_rep_seq(rep) == ch->seq[n])) {
		sane = kif_take(slot, msg, cap);
		slot_put(ch, n);
		if (msg->ncaps)
			kcaps_decode(pd, ch, life, cap, msg);
		return sane ? FIEF_OK : FIEF_INVALID;
	}
	if (rep & CH_DEAD) {
		slot_put(ch, n);
		return FIEF_GONE;
	}
	slot_retire(ch, n);
	return FIEF_CANCELED;
}

static enum fief_err call_channel(struct kif_pd *pd, struct kchan *ch,
                                  const struct kcap *c, struct kif_msg *msg,
                                  const struct ch_cap cap[KIF_CAPS_MAX])
{
	const uint32_t life = ch->life;
	struct ch_slot *slot;
	uint32_t rep;
	int n;

	n = slot_take(pd, ch, life, false);
	if (n < 0)
		return FIEF_GONE;
	slot = &ch->page->slot[n];
	call_post(ch, c, (unsigned)n, msg, cap);
	kchan_ring(ch);
	rep = call_wait(pd, ch, slot, ch->seq[n]);
	return call_finish(pd, ch, (unsigned)n, life, rep, msg);
}

/* Ask core for the introductions of a posted call, without waiting for the
 * answers: core rings the server, or ends the call if it refuses. */
static void call_forward(struct kif_pd *pd, const struct kchan *ch, unsigned n,
                         struct kforward *forward)
{
	struct kchan *core = ktable_at(&pd->chans, sizeof(*core), CORE_CHANNEL);
	struct kcap *kernel = kcap_get(pd, pd->kernel);
	struct kif_msg msg = { .label = KOP_INTRODUCE,
		               .len = sizeof(struct kop) };
	int slot;

	for (unsigned i = 0; i < forward->n; i++) {
		struct kop *op = &forward->op[i];

		op->via = ch->number;
		op->slot = n;
		op->seq = ch->seq[n];
		memcpy(msg.data, op, sizeof(*op));
		slot = slot_take(pd, core, core->life, false);
		if (slot < 0)
			return; /* core is gone, and so are we */
		call_post(core, kernel, (unsigned)slot, &msg, NULL);
		slot_retire(core, (unsigned)slot);
		kchan_ring(core);
	}
}

/* The same, open to kif_cancel, and `life` is that of when the handle was
 * looked up: the number may be another channel's since. */
static enum fief_err call_cancelable(struct kif_pd *pd, struct kchan *ch,
                                     uint32_t life, const struct kcap *c,
                                     struct kif_msg *msg,
                                     const struct ch_cap cap[KIF_CAPS_MAX],
                                     struct kforward *forward)
{
	struct kif_thread *t = kif_self();
	const uint64_t nr =
		atomic_load_explicit(&t->call_nr, memory_order_relaxed);
	struct ch_slot *slot;
	uint32_t rep;
	int n;

	n = slot_take(pd, ch, life, true);
	if (n < 0)
		return n == SLOT_DEAD ? FIEF_GONE : FIEF_CANCELED;
	slot = &ch->page->slot[n];
	atomic_store_explicit(&t->slot_seq, ch_seq_next(ch->seq[n]),
	                      memory_order_relaxed);
	atomic_store_explicit(&t->slot, slot, memory_order_release);
	call_post(ch, c, (unsigned)n, msg, cap);
	if (FIEF_UNLIKELY(forward->n))
		call_forward(pd, ch, (unsigned)n, forward);
	else
		kchan_ring(ch);
	if (FIEF_UNLIKELY(atomic_load(&t->cancel_nr) == nr))
		kif_cancel(t->number, nr); /* it came before the slot */
	rep = call_wait(pd, ch, slot, ch->seq[n]);
	atomic_store_explicit(&t->slot, NULL, memory_order_release);
	return call_finish(pd, ch, (unsigned)n, life, rep, msg);
}

enum fief_err kif_call_kernel(struct kif_pd *pd, struct kif_msg *msg)
{
	struct kchan *ch = ktable_at(&pd->chans, sizeof(*ch), CORE_CHANNEL);
	struct kcap *c = kcap_get(pd, pd->kernel);

	return c ? call_channel(pd, ch, c, msg, NULL) : FIEF_INVALID;
}

/* A thread that keeps calling, as init does while it starts children, may get
 * more descriptors than the socket holds, and more notices than core keeps,
 * before it waits again. */
static void call_collect(struct kif_pd *pd)
{
	enum { MANY = 16 };
	const struct pd_page *page = pd->page;

	if (page &&
	    atomic_load_explicit(&page->sock_sent, memory_order_relaxed) -
	                    pd->sock_taken <
	            MANY &&
	    !atomic_load_explicit(&page->more, memory_order_relaxed))
		return;
	kif_lock(pd);
	pd->backend->refresh(pd);
	kif_unlock(pd);
}

/* The next channel with this number may be held until all have left. */
static void call_left(struct kif_pd *pd)
{
	kif_lock(pd);
	pd->backend->refresh(pd);
	kif_unlock(pd);
}

static void call_count(void)
{
	struct kif_thread *t = kif_self();
	const uint64_t nr =
		atomic_load_explicit(&t->call_nr, memory_order_relaxed);

	atomic_store_explicit(&t->call_nr, nr + 1, memory_order_relaxed);
}

enum fief_err kif_call(fief_cap cap, struct kif_msg *msg)
{
	struct kif_pd *pd = kif_pd_self();
	struct kcap *c = kcap_get(pd, cap);
	struct ch_cap caps[KIF_CAPS_MAX];
	struct kforward forward;
	struct kchan *ch;
	enum fief_err e;
	uint32_t life;

	forward.n = 0;
	call_count(); /* refused ones count, too: numbers are predictable */
	if (!c || kcap_kind(c) != KCAP_FOREIGN || !kif_msg_fits(msg) ||
	    (c->word & CH_INDEX_SIGNAL && !(c->word & CH_INDEX_GRANT)))
		return FIEF_INVALID;
	ch = ktable_get(&pd->chans, sizeof(*ch), kcap_chan(c));
	if (!ch || ch->dead)
		return FIEF_GONE; /* or closed and its number used again */
	life = ch->life;
	if (kcap_chan(c) != ch->number)
		return FIEF_GONE; /* just now */
	if (ch->dir != KCHAN_OUT)
		return FIEF_INVALID;
	if (FIEF_UNLIKELY(msg->ncaps)) {
		e = kcaps_encode(pd, ch->peer, msg, caps, &forward);
		if (e)
			return e;
	}
	if (FIEF_UNLIKELY(ch->npending)) {
		kif_lock(pd);
		kchan_flush_releases(ch);
		kif_unlock(pd);
	}
	e = call_cancelable(pd, ch, life, c, msg, caps, &forward);
	if (FIEF_UNLIKELY(ch->dead))
		call_left(pd);
	else
		call_collect(pd);
	return e;
}

/* ---- cancel ---- */

void kif_cancel(fief_thread thread, uint64_t call_nr)
{
	struct kif_pd *pd = kif_pd_self();
	struct kif_thread *t;
	_Atomic uint32_t *word;
	struct ch_slot *slot;
	uint32_t seq, rep;
	uint64_t now;

	if (thread >= KIF_THREADS || !(t = pd->thread[thread]))
		return;
	now = atomic_load(&t->call_nr);
	if (call_nr != now && call_nr != now + 1)
		return; /* over, or too early to be kept */
	atomic_store(&t->cancel_nr, call_nr);
	if (atomic_load(&t->call_nr) != call_nr)
		return;
	word = atomic_load(&t->slot_wait);
	if (word)
		kif_futex_wake(word);
	slot = atomic_load(&t->slot);
	seq = atomic_load(&t->slot_seq);
	/* Both belong to that call if it still is the current one. */
	if (!slot || atomic_load(&t->call_nr) != call_nr)
		return;
	/* Only while exactly this call is pending: a later one of the slot has
	 * another number, and an outcome that exists is left alone (R6). */
	rep = atomic_load(&slot->rep);
	while (ch_rep_seq(rep) == ((seq - 1) & CH_SEQ_MASK) &&
	       !(rep & (CH_DEAD | CH_CANCEL)))
		if (atomic_compare_exchange_weak(
			    &slot->rep, &rep,
			    (rep & ~(uint32_t)CH_ERR_MASK) | CH_CANCEL)) {
			kif_futex_wake(&slot->rep);
			return;
		}
}

uint64_t kif_call_nr(void)
{
	return atomic_load(&kif_self()->call_nr);
}

/* ---- signals ---- */

static void signal_channel(struct kchan *ch, uint32_t n)
{
	struct ch_page *page = ch->page;

	if (n >= CH_SIGNALS || ch->dead)
		return;
	atomic_fetch_add(&page->signal_count[n], 1);
	atomic_fetch_or(&page->client.signals, 1ull << n); /* fence */
	kchan_ring(ch);
}

void kif_signal(fief_cap cap)
{
	struct kif_pd *pd = kif_pd_self();
	struct kcap *c = kcap_get(pd, cap);
	struct kchan *ch;
	uint32_t n;

	if (!c)
		return;
	if (kcap_kind(c) == KCAP_OWN) {
		kif_signal_local(pd, cap, c);
		return;
	}
	ch = ktable_get(&pd->chans, sizeof(*ch), kcap_chan(c));
	if (!ch || ch->dir == KCHAN_FREE || ch->dead)
		return;
	if (c->word & CH_INDEX_GRANT || !(c->word & CH_INDEX_SIGNAL))
		return;
	n = c->word & (CH_INDEX_SIGNAL - 1);
	if (ch->dir == KCHAN_OUT)
		signal_channel(ch, n);
	else
		pd->backend->signal_in(pd, ch, n);
}
