/* SPDX-License-Identifier: MIT */
/*
 * Server side of channels. An awake endpoint polls its hot set, the channels
 * it served last; everything else rings an eventfd in its edge-triggered
 * epoll set. The kernel's ready list is the endpoint's queue: at most one
 * entry a client, first in, first out.
 */

#include "serve.h"

#include "call.h"
#include "caps.h"
#include "chan.h"
#include "hot.h"
#include "lock.h"
#include "message.h"
#include "release.h"
#include "signals.h"
#include "sys.h"

enum {
	EVENTS = 16,     /* taken from the host at once, = KIF_HOT */
	SERVED_MAX = 64, /* events before the host's queue is looked at */
	EPOLLIN_FLAG = 1,
	EPOLL_ADD = 1,
};

struct host_event { /* ABI of the host on x86-64: packed */
	uint32_t events;
	uint64_t data;
} __attribute__((packed));

/* ---- reply tokens: serial:30, slot:3, channel:24 ---- */

enum { SERIAL_MASK = (1u << 30) - 1 };

/* A serial rather than the client's request number: the next client with this
 * channel number begins to count anew, and may count as it likes. */
static void request_open(struct kchan *ch, unsigned n)
{
	ch->serial = (ch->serial + 1) & SERIAL_MASK;
	if (!ch->serial)
		ch->serial = 1;
	ch->open[n] = ch->serial;
}

static fief_reply token_make(const struct kchan *ch, unsigned n)
{
	return 1ull << 63 | (uint64_t)ch->number << 33 | (uint64_t)n << 30 |
	       ch->open[n];
}

static struct kchan *token_channel(struct kif_pd *pd, fief_reply token,
                                   unsigned *n)
{
	struct kchan *ch = ktable_get(&pd->chans, sizeof(*ch),
	                              (uint32_t)(token >> 33) & 0xffffff);

	*n = (unsigned)(token >> 30) & 7;
	if (!ch || ch->dir != KCHAN_IN || ch->dead || *n >= CH_SLOTS ||
	    !ch->open[*n] || ch->open[*n] != (token & SERIAL_MASK))
		return NULL;
	return ch;
}

/* End the open request of a slot (R2): only the server advances the number,
 * a cancel that came first is overwritten, a dead channel stays dead. */
static void slot_end(struct kchan *ch, unsigned n, uint32_t err)
{
	struct ch_slot *slot = &ch->page->slot[n];
	uint32_t rep = atomic_load_explicit(&slot->rep, memory_order_relaxed);
	uint32_t next = ch->seq[n] << CH_REP_SHIFT | err << CH_ERR_SHIFT;

	ch->open[n] = 0;
	while (!atomic_compare_exchange_weak(&slot->rep, &rep,
	                                     next | (rep & CH_DEAD)))
		;
	if (atomic_load(&slot->wait))
		kif_futex_wake(&slot->rep);
}

/* The call never reached an operation: the error is kif's, not a reply. */
static void slot_fail(struct kchan *ch, unsigned n, enum fief_err e)
{
	slot_end(ch, n,
	         e == FIEF_GONE    ? CH_ERR_GONE :
	         e == FIEF_INVALID ? CH_ERR_INVALID :
	                             CH_ERR_LIMIT);
}

/* A PD with one thread needs no lock for what only threads could disturb. */
static void commit_lock(struct kif_pd *pd)
{
	if (FIEF_UNLIKELY(pd->threaded))
		kif_lock(pd);
}

static void commit_unlock(struct kif_pd *pd)
{
	if (FIEF_UNLIKELY(pd->threaded))
		kif_unlock(pd);
}

/* Another thread, or this one while it asks core, may read that the client
 * died, and give its place to the next. */
static void reply(struct kif_pd *pd, fief_reply token,
                  const struct kif_msg *msg)
{
	struct ch_cap cap[KIF_CAPS_MAX];
	enum fief_err e = FIEF_OK;
	struct kchan *ch;
	unsigned n;

	ch = token_channel(pd, token, &n);
	if (!ch)
		return; /* the client is gone, or answered already */
	if (!kif_msg_fits(msg))
		e = FIEF_INVALID;
	else if (FIEF_UNLIKELY(msg->ncaps))
		e = kcaps_encode(pd, ch->peer, msg, cap, NULL);
	commit_lock(pd);
	if (token_channel(pd, token, &n) == ch) {
		if (e) {
			slot_fail(ch, n, e);
		} else {
			kif_put(&ch->page->slot[n], msg, cap);
			slot_end(ch, n, CH_ERR_NONE);
		}
	}
	commit_unlock(pd);
}

/* ---- taking events ---- */

static struct kcap *request_object(struct kif_pd *pd, struct kchan *ch,
                                   uint32_t target, uint32_t gen)
{
	uint32_t own, ogen;
	struct kcap *c;

	c = kdeleg_object(pd, ch->peer, target, gen, &own, &ogen);
	if (!c && target & CH_INDEX_GRANT) {
		kif_lock(pd);
		pd->backend->settle(pd); /* the grant may be news */
		c = kdeleg_object(pd, ch->peer, target, gen, &own, &ogen);
		kif_unlock(pd);
	}
	if (!c || kcap_is_signal(c) || kcap_ep(c) != ch->ep)
		return NULL;
	return c;
}

/* Did core end this call, so that what was copied may be torn (R9)? */
static bool call_over(const struct ch_slot *slot, uint32_t seq)
{
	uint32_t rep;

	atomic_thread_fence(memory_order_acquire);
	rep = atomic_load_explicit(&slot->rep, memory_order_relaxed);
	return ch_rep_seq(rep) != ((seq - 1) & CH_SEQ_MASK);
}

/* The request is ours from now on, unless its client is gone: what was read is
 * then not to be taken for a message of the next one. */
static bool request_commit(struct kif_pd *pd, struct kchan *ch, unsigned n,
                           uint32_t seq, uint32_t life)
{
	bool same;

	commit_lock(pd);
	same = ch->life == life && !ch->dead;
	if (same) {
		ch->seq[n] = seq;
		ch->parked[n] = 0;
		request_open(ch, n);
	}
	commit_unlock(pd);
	return same;
}

/* Core ended it. */
static void request_skip(struct kif_pd *pd, struct kchan *ch, unsigned n,
                         uint32_t seq, uint32_t life)
{
	commit_lock(pd);
	if (ch->life == life) {
		ch->seq[n] = seq;
		ch->parked[n] = 0;
	}
	commit_unlock(pd);
}

/* It waits for an introduction that comes after `news`. */
static void request_park(struct kif_pd *pd, struct kchan *ch, unsigned n,
                         uint32_t news, uint32_t life)
{
	commit_lock(pd);
	if (ch->life == life)
		ch->parked[n] = news;
	commit_unlock(pd);
}

/* Copy request number `seq` out of its slot. False if it was answered at
 * once, is over, or must wait for an introduction. */
static bool take_call(struct kif_pd *pd, struct kchan *ch, unsigned n,
                      uint32_t seq, struct kif_msg *msg, struct kif_wait *w)
{
	const uint32_t life = atomic_load(&ch->life);
	/* Before the look for introductions: what another thread reads after
	 * it, is news. */
	const uint32_t news = atomic_load(&pd->intro_news);
	struct ch_slot *slot = &ch->page->slot[n];
	uint32_t target = *(volatile uint32_t *)&slot->target;
	uint32_t gen = *(volatile uint32_t *)&slot->gen;
	struct ch_cap cap[KIF_CAPS_MAX];
	struct kcap *c;
	bool sane;

	sane = kif_take(slot, msg, cap);
	if (FIEF_UNLIKELY(call_over(slot, seq))) {
		request_skip(pd, ch, n, seq, life);
		return false;
	}
	if (FIEF_UNLIKELY(msg->ncaps) &&
	    !kcaps_complete(pd, ch->peer, cap, msg->ncaps)) {
		request_park(pd, ch, n, news, life);
		return false;
	}
	c = sane ? request_object(pd, ch, target, gen) : NULL;
	if (c) {
		w->badge = c->badge;
		atomic_thread_fence(memory_order_acquire);
		/* Revoked meanwhile: what was read may be another's. */
		if (FIEF_UNLIKELY(pd->threaded) &&
		    request_object(pd, ch, target, gen) != c)
			c = NULL;
	}
	if (!request_commit(pd, ch, n, seq, life))
		return false;
	if (!c) {
		slot_fail(ch, n, sane ? FIEF_GONE : FIEF_INVALID);
		return false;
	}
	if (FIEF_UNLIKELY(msg->ncaps))
		kcaps_decode(pd, ch, life, cap, msg);
	w->event = KIF_EVENT_CALL;
	w->reply = token_make(ch, n);
	return true;
}

static bool scan_signals(struct kif_pd *pd, struct kchan *ch,
                         struct kif_wait *w)
{
	struct ch_page *page = ch->page;
	uint32_t count;
	unsigned n;

	if (atomic_load_explicit(&page->client.signals, memory_order_relaxed))
		ch->signals |= atomic_exchange(&page->client.signals, 0);
	while (ch->signals) {
		n = (unsigned)__builtin_ctzll(ch->signals);
		ch->signals &= ch->signals - 1;
		count = atomic_exchange(&page->signal_count[n], 0);
		if (ch->signal &&
		    kif_take_signal(pd, &ch->signal[n], count, ch->ep, w))
			return true;
	}
	return false;
}

/* The slot that is looked at first: a client with one thread has only the
 * first one, but threads that keep calling must not starve those behind. */
static unsigned first_slot(const struct kchan *ch)
{
	enum { VISITS = 8 };

	return FIEF_LIKELY(ch->serial % VISITS) ?
	               0 :
	               ch->serial / VISITS % CH_SLOTS;
}

static bool scan_channel(struct kif_pd *pd, struct kchan *ch,
                         struct kif_msg *msg, struct kif_wait *w)
{
	struct ch_page *page = ch->page;
	unsigned n = first_slot(ch);
	uint32_t req;

	if (pd->backend->visited)
		pd->backend->visited(pd, ch);

	for (unsigned i = 0; i < CH_SLOTS && !(w->flags & KIF_SIGNALS);
	     i++, n = n + 1 < CH_SLOTS ? n + 1 : 0) {
		req = kslot_request(&page->slot[n]);
		if (req == ch->seq[n] || kslot_held(pd, ch, n))
			continue;
		if (take_call(pd, ch, n, req, msg, w))
			return true;
	}
	if (atomic_load_explicit(&page->client.release_head,
	                         memory_order_relaxed) != ch->release_tail) {
		kif_lock(pd);
		kchan_take_releases_locked(pd, ch);
		kif_unlock(pd);
	}
	return scan_signals(pd, ch, w);
}

static bool scan_hot(struct kif_pd *pd, struct kif_ep *ep, struct kif_msg *msg,
                     struct kif_wait *w)
{
	for (uint32_t i = 0; i < ep->nhot; i++) {
		struct kchan *ch;

		ep->turn = ep->turn + 1 < ep->nhot ? ep->turn + 1 : 0;
		ch = ep->hot[ep->turn];
		if (FIEF_UNLIKELY(!kif_ep_serves(pd, ep, ch)))
			continue; /* died just now: pruned next time */
		if (scan_channel(pd, ch, msg, w)) {
			khot_note_cpu(ch, kif_cpu(pd));
			return true;
		}
	}
	return false;
}

/* ---- sleeping ---- */

static bool news(const struct kif_pd *pd, const struct kif_ep *ep)
{
	struct pd_page *page = pd->page;

	return page && (atomic_load(&page->notice_head) != pd->notice_tail ||
	                atomic_load(&page->signal_seq) != ep->signal_seen ||
	                (atomic_load(&page->more) && !pd->asked_more));
}

static bool ep_ready(struct kif_pd *pd, struct kif_ep *ep)
{
	if (news(pd, ep) || atomic_load(&ep->local) || atomic_load(&ep->look) ||
	    (ep->backlog && !ep->signals_only))
		return true;
	for (uint32_t i = 0; i < ep->nhot; i++)
		if (kchan_ready(pd, ep, ep->hot[i]))
			return true;
	return false;
}

static bool ep_spin(struct kif_pd *pd, struct kif_ep *ep)
{
	uint64_t start = kif_ticks();
	uint32_t cpu = kif_cpu(pd);
	bool other = false;

	for (uint32_t i = 0; i < ep->nhot; i++) {
		uint32_t client = atomic_load_explicit(
			&ep->hot[i]->page->client.cpu, memory_order_relaxed);

		other |= client && client != cpu;
	}
	if (!other)
		return false;
	if (ep->idle_misses >= 3 && (++ep->idle_misses & 63))
		return false;
	do {
		for (unsigned i = 0; i < 8; i++) {
			for (uint32_t k = 0; k < ep->nhot; k++)
				if (kchan_ready(pd, ep, ep->hot[k])) {
					ep->idle_misses = 0;
					return true;
				}
			kif_pause();
		}
		if (kif_cpu(pd) != cpu)
			return false;
	} while (kif_ticks() - start < pd->spin_ticks);
	ep->idle_misses++;
	return false;
}

static long ep_host_wait(struct kif_ep *ep, struct host_event *ev,
                         uint64_t deadline)
{
	struct {
		long sec, ns;
	} ts;
	uint64_t now;

	if (deadline == FIEF_NEVER)
		return sys_call6(__NR_epoll_pwait, ep->epoll, (long)ev, EVENTS,
		                 -1, 0, 8);
	now = deadline ? kif_time() : 0;
	deadline = deadline > now ? deadline - now : 0;
	ts.sec = (long)(deadline / 1000000000u);
	ts.ns = (long)(deadline % 1000000000u);
	return sys_call6(__NR_epoll_pwait2, ep->epoll, (long)ev, EVENTS,
	                 (long)&ts, 0, 8);
}

/* Take ready channels from the host. Returns the number of events. */
static long ep_fetch(struct kif_pd *pd, struct kif_ep *ep, uint64_t deadline)
{
	struct host_event ev[EVENTS];
	long n;

	n = ep_host_wait(ep, ev, deadline);
	ep->served = 0;
	for (unsigned i = 0; i < KIF_HOT / 2 && ep->backlog; i++)
		khot_add(pd, ep, kbacklog_pop(ep));
	for (long i = 0; i < n; i++) {
		uint32_t kind = (uint32_t)(ev[i].data >> 32);
		struct kchan *ch;

		if (kind == KIF_TAG_CHANNEL) {
			ch = ktable_get(&pd->chans, sizeof(*ch),
			                (uint32_t)ev[i].data);
			if (ch)
				khot_add(pd, ep, ch);
		} else if (kind == KIF_TAG_SOCKET || kind == KIF_TAG_POKE) {
			/* Each ring is answered by a look, which acknowledges
			 * it: core does not ring again before. */
			pd->socket_ready = true;
		} else if (kind >= KIF_TAG_BACKEND) {
			pd->backend->ready(pd, ev[i].data);
			ep->interrupted = true;
		}
	}
	return n;
}

/* Go to sleep until something happens. False when the deadline passed. */
static bool ep_sleep(struct kif_pd *pd, struct kif_ep *ep, uint64_t deadline)
{
	uint32_t cpu;
	bool ready;
	long n;

	for (uint32_t i = 0; i < ep->nhot; i++)
		atomic_store_explicit(&ep->hot[i]->page->server.polled, 0,
		                      memory_order_relaxed);
	atomic_store(&ep->asleep, true);
	atomic_thread_fence(memory_order_seq_cst); /* partner: call_post */
	/* What the backend did while we were scanning must not wait. */
	ready = ep->interrupted || !atomic_load(&ep->used) || ep_ready(pd, ep);
	n = ready ? 1 : ep_fetch(pd, ep, deadline);
	atomic_store_explicit(&ep->asleep, false, memory_order_relaxed);
	cpu = kif_cpu(pd);
	for (uint32_t i = 0; i < ep->nhot; i++) {
		struct kchan *ch = ep->hot[i];

		atomic_store_explicit(&ch->page->server.polled, 1,
		                      memory_order_relaxed);
		khot_note_cpu(ch, cpu);
	}
	return n > 0 || n == -4; /* -EINTR: look again */
}

static bool ep_scan(struct kif_pd *pd, uint32_t epn, struct kif_msg *msg,
                    struct kif_wait *w)
{
	struct kif_ep *ep = &pd->ep[epn];

	if (FIEF_UNLIKELY(news(pd, ep) || pd->socket_ready)) {
		kif_lock(pd);
		pd->backend->refresh(pd);
		kif_unlock(pd);
	}
	if (FIEF_UNLIKELY(atomic_load(&pd->deaths) != ep->deaths))
		kif_ep_prune(pd, ep);
	if (FIEF_UNLIKELY(atomic_load(&ep->look) != NULL))
		klook_take(pd, ep);
	if (FIEF_UNLIKELY(ep->served++ >= SERVED_MAX))
		ep_fetch(pd, ep, 0); /* R13: nobody outside starves */
	/* Signals of one's own come first, but not again before a channel that
	 * is ready: some always have one more thing to do. */
	if (FIEF_UNLIKELY(ep->signaled)) {
		ep->signaled = false;
		if (scan_hot(pd, ep, msg, w))
			return true;
	}
	if (kif_scan_local(pd, epn, w) || kif_scan_core(pd, epn, w)) {
		ep->signaled = true;
		return true;
	}
	if (scan_hot(pd, ep, msg, w))
		return true;
	while (FIEF_UNLIKELY(ep->backlog != NULL) && !ep->signals_only) {
		khot_add(pd, ep, kbacklog_pop(ep));
		if (scan_hot(pd, ep, msg, w))
			return true;
	}
	return false;
}

enum fief_err kif_reply_wait(fief_ep epn, struct kif_msg *msg,
                             struct kif_wait *w)
{
	struct kif_pd *pd = kif_pd_self();
	struct kif_ep *ep;

	if (epn >= KIF_EPS || !pd->ep[epn].used || w->flags >= KIF_SIGNALS * 2)
		return FIEF_INVALID;
	ep = &pd->ep[epn];
	if (w->flags & KIF_REPLY)
		reply(pd, w->reply, msg);
	w->event = KIF_EVENT_NONE;
	ep->signals_only = w->flags & KIF_SIGNALS;
	if (!(w->flags & KIF_WAIT))
		return FIEF_OK;
	while (!ep_scan(pd, epn, msg, w)) {
		if (w->flags & KIF_POLL) {
			if (ep_fetch(pd, ep, 0) <= 0)
				break;
		} else if (!ep_spin(pd, ep) && !ep_sleep(pd, ep, w->deadline)) {
			break;
		}
		if (FIEF_UNLIKELY(!atomic_load_explicit(&ep->used,
		                                        memory_order_relaxed)))
			return FIEF_GONE;
		if (FIEF_UNLIKELY(ep->interrupted))
			break;
	}
	ep->interrupted = false;
	return FIEF_OK;
}

enum fief_err kif_ep_watch(struct kif_ep *ep, int fd, uint64_t tag)
{
	struct host_event ev = { EPOLLIN_FLAG | 1u << 31 /* EPOLLET */, tag };

	return sys_call6(__NR_epoll_ctl, ep->epoll, EPOLL_ADD, fd, (long)&ev, 0,
	                 0) ?
	               FIEF_LIMIT :
	               FIEF_OK;
}
