/* SPDX-License-Identifier: MIT */
/*
 * The component's side of what is between a PD and core: kernel-object calls,
 * the socket that brings descriptors, the ring of notices. Core is trusted;
 * nobody else can write to either.
 */

#include "backend.h"

#include "call.h"
#include "caps.h"
#include "chan.h"
#include "host.h"
#include "lock.h"
#include "mem.h"
#include "release.h"
#include "serve.h"
#include "sys.h"
#include "sysmsg.h"
#include <kernel/linux/abi/layout.h>

enum {
	PROT_R = 1,
	PROT_W = 2,
	MAP_SHARED_FIXED = 0x01 | 0x10,
	MSG_NOWAIT_CLOEXEC = 0x40 | 0x40000000,
	SOL_SOCKET_LEVEL = 1,
	SCM_RIGHTS_TYPE = 1,
};

/* ---- kernel object ---- */

enum fief_err kif_kop(struct kif_pd *pd, uint32_t label, struct kop *op,
                      const void *more, size_t bytes)
{
	struct kif_msg msg = { .label = label };
	enum fief_err e;

	if (bytes > KIF_DATA_MAX - sizeof(*op))
		return FIEF_TOO_LONG;
	memcpy(msg.data, op, sizeof(*op));
	if (bytes)
		memcpy((char *)msg.data + sizeof(*op), more, bytes);
	msg.len = (uint16_t)(sizeof(*op) + bytes);
	e = kif_call_kernel(pd, &msg);
	if (e)
		return e;
	memcpy(op, msg.data, sizeof(*op));
	return fief_err_from_wire(msg.label);
}

/* ---- socket ---- */

struct host_cmsg {
	size_t len;
	int32_t level, type;
	int32_t fd[SOCK_FDS];
};

/* One message of core; returns the number of descriptors, -1 if there is none,
 * -2 if core is gone. */
static int sock_receive(int sock, struct sock_msg *m, int fd[SOCK_FDS])
{
	struct host_cmsg control;
	struct host_iovec iov = { m, sizeof(*m) };
	struct host_msghdr h = {
		.iov = &iov,
		.iovlen = 1,
		.control = &control,
		.controllen = sizeof(control),
	};
	int n = 0;
	long r;

	control.len = 0;
	r = sys_call3(__NR_recvmsg, sock, (long)&h, MSG_NOWAIT_CLOEXEC);
	if (r <= 0)
		return r ? -1 : -2;
	if (h.controllen >= 16 && control.level == SOL_SOCKET_LEVEL &&
	    control.type == SCM_RIGHTS_TYPE)
		n = (int)((control.len - 16) / sizeof(int32_t));
	for (int i = 0; i < SOCK_FDS; i++)
		fd[i] = i < n ? control.fd[i] : -1;
	return n;
}

bool kif_core_alive(struct kif_pd *pd)
{
	char byte;
	struct host_iovec iov = { &byte, 1 };
	struct host_msghdr h = { .iov = &iov, .iovlen = 1 };

	/* A look without taking anything: 0 is the end of the stream. */
	return sys_call3(__NR_recvmsg, pd->sock, (long)&h,
	                 MSG_NOWAIT_CLOEXEC | 2 /* PEEK */) != 0;
}

static void sock_channel(struct kif_pd *pd, const struct kheld *m)
{
	char *at = (char *)LAYOUT_CHANNELS + (size_t)m->chan * KIF_PAGE;
	struct kchan_new n = {
		.number = m->chan,
		.peer = m->peer,
		.inbound = m->inbound,
		.ep = m->ep,
		.page = (void *)at,
		.bell = m->inbound ? -1 : m->fd[1],
	};
	long mapped = -1;

	if ((uint64_t)at < LAYOUT_CHANNELS_END)
		mapped = sys_mmap(at, KIF_PAGE, PROT_R | PROT_W,
		                  MAP_SHARED_FIXED, m->fd[0], 0);
	sys_close(m->fd[0]);
	if (mapped == (long)at && !kchan_add_locked(pd, &n)) {
		if (!m->inbound)
			return;
		if (kif_ep_watch(&pd->ep[m->ep], m->fd[1],
		                 (uint64_t)KIF_TAG_CHANNEL << 32 | m->chan))
			kif_log("kif: cannot watch a channel\n", 28);
		/* The client holds the eventfd and keeps it in the set. */
	}
	sys_close(m->fd[1]);
}

/* A free place. A dataspace that nobody has mapped yet makes room for an
 * answer that is waited for: its descriptor can be had again. */
static struct kstash *stash_room(struct kif_pd *pd, uint32_t kind)
{
	struct kstash *evict = NULL;

	for (unsigned i = 0; i < KIF_STASH; i++) {
		if (!pd->stash[i].number)
			return &pd->stash[i];
		if (pd->stash[i].number == KIF_STASH_DS)
			evict = &pd->stash[i];
	}
	if (!evict || kind == SOCK_DS)
		return NULL;
	sys_close(evict->fd[0]);
	pd->stashed_ds--;
	return evict;
}

static void sock_stash(struct kif_pd *pd, const struct sock_msg *m,
                       int fd[SOCK_FDS])
{
	struct kstash *s = stash_room(pd, m->kind);

	if (!s) {
		for (unsigned k = 0; k < SOCK_FDS; k++)
			if (fd[k] >= 0)
				sys_close(fd[k]);
		return;
	}
	s->number = m->kind == SOCK_DS ? KIF_STASH_DS : m->number;
	s->index = m->index;
	s->gen = m->gen;
	s->size = m->size;
	for (unsigned k = 0; k < SOCK_FDS; k++)
		s->fd[k] = fd[k];
	pd->stashed_ds += m->kind == SOCK_DS;
}

/* A channel needs tables, and a table that grows reads the socket: what comes
 * then waits until it has grown. It also waits for threads that are still in a
 * call of the last one with its number, which died: the page is where theirs
 * was. */
static void sock_hold(struct kif_pd *pd, const struct sock_msg *m,
                      int fd[SOCK_FDS])
{
	struct kheld h = {
		.chan = m->chan,
		.peer = m->peer,
		.fd = { fd[0], fd[1] },
		.inbound = m->inbound != 0,
		.ep = (uint8_t)m->ep,
	};

	if (!pd->holding && !pd->nheld && kchan_left(pd, m->chan))
		sock_channel(pd, &h);
	else
		pd->held[pd->nheld++] = h;
}

/* Is there one that need not be held any more? */
static bool sock_held_ready(const struct kif_pd *pd)
{
	return pd->nheld && !pd->holding && kchan_left(pd, pd->held[0].chan);
}

static void sock_held_locked(struct kif_pd *pd)
{
	struct kheld h;

	while (sock_held_ready(pd)) {
		h = pd->held[0];
		pd->nheld--;
		for (uint32_t i = 0; i < pd->nheld; i++)
			pd->held[i] = pd->held[i + 1];
		sock_channel(pd, &h);
	}
}

/* Returns false if core is gone. */
static bool sock_take_locked(struct kif_pd *pd)
{
	struct sock_msg m;
	int fd[SOCK_FDS], n = 0;

	while (pd->sock_taken != atomic_load(&pd->page->sock_sent) &&
	       pd->nheld < KIF_HELD) {
		n = sock_receive(pd->sock, &m, fd);
		if (n < 0)
			break;
		pd->sock_taken++;
		if (m.kind == SOCK_CHANNEL)
			sock_hold(pd, &m, fd);
		else if (m.kind != SOCK_RING)
			sock_stash(pd, &m, fd);
	}
	return n != -2;
}

/* All that is there now; a channel that makes a table grow has those behind it
 * held, and notices that name them are read next. */
static bool sock_drain_locked(struct kif_pd *pd)
{
	bool alive;

	pd->socket_ready = false;
	do {
		sock_held_locked(pd);
		alive = sock_take_locked(pd);
	} while (alive && sock_held_ready(pd));
	return alive;
}

enum fief_err kif_take_fds_locked(struct kif_pd *pd, uint32_t number,
                                  int fd[SOCK_FDS])
{
	enum fief_err e = FIEF_GONE;

	sock_drain_locked(pd);
	for (unsigned i = 0; i < KIF_STASH && number; i++) {
		if (pd->stash[i].number != number)
			continue;
		pd->stash[i].number = 0;
		for (unsigned k = 0; k < SOCK_FDS; k++)
			fd[k] = pd->stash[i].fd[k];
		e = FIEF_OK;
	}
	return e;
}

enum fief_err kif_take_held_locked(struct kif_pd *pd, uint32_t number,
                                   int fd[SOCK_FDS])
{
	enum fief_err e;

	pd->holding = true;
	e = kif_take_fds_locked(pd, number, fd);
	pd->holding = false;
	pd->socket_ready = true; /* for what is held now */
	return e;
}

bool kif_take_ds_locked(struct kif_pd *pd, uint32_t index, uint32_t gen,
                        int *fd, uint64_t *size)
{
	sock_drain_locked(pd);
	for (unsigned i = 0; i < KIF_STASH && pd->stashed_ds; i++) {
		struct kstash *s = &pd->stash[i];

		if (s->number != KIF_STASH_DS || s->index != index ||
		    s->gen != gen)
			continue;
		s->number = 0;
		pd->stashed_ds--;
		*fd = s->fd[0];
		*size = s->size;
		return true;
	}
	return false;
}

/* ---- notices ---- */

/* The same for a signal: core chose the number on the new holder's channel
 * to the endpoint. */
static void notice_grant_signal(struct kif_pd *pd, struct kpeer *from,
                                struct kpeer *to, const struct pdp_notice *n)
{
	struct ksignal *have = kchan_signal_any(pd, from, n->index), *s;
	struct kcap *c = NULL;

	if (have && have->gen == n->gen)
		c = kobj_live(pd, have->own, have->ogen);
	if (!c)
		return;
	s = kchan_signal_slot(pd, to, kcap_ep(c), n->number);
	if (s)
		*s = (struct ksignal){ have->own, have->ogen, s->seen, 0 };
}

/* Peer `peer` shall reach, by the name `number`, what `peer2` knows as
 * (index, gen): resolved now, before the death of peer2 can be read. */
static void notice_grant(struct kif_pd *pd, const struct pdp_notice *n)
{
	struct kpeer *from = kpeer_find(pd, n->peer2), *to;
	uint32_t own = 0, ogen = 0;

	if (!from || kpeer_get_locked(pd, n->peer, &to))
		return;
	if (n->number & CH_INDEX_SIGNAL) {
		notice_grant_signal(pd, from, to, n);
		return;
	}
	for (unsigned i = 0; i < KIF_EPS; i++)
		if (to->in[i])
			kchan_take_releases_locked(pd, to->in[i]);
	if (!kdeleg_object(pd, from, n->index, n->gen, &own, &ogen))
		return; /* revoked: the new holder reads GONE */
	if (kgrant_add_locked(pd, from, to, n->number, own, ogen))
		return; /* too many: the same */
}

static void notice_intro(struct kif_pd *pd, const struct pdp_notice *n)
{
	const struct kintro in = {
		.number = n->number,
		.chan = n->chan,
		.index = n->index,
		.gen = n->gen,
	};
	struct kpeer *peer = kpeer_find(pd, n->peer);

	if (peer)
		kpeer_intro_locked(pd, peer, &in);
}

static void notice_dead(struct kif_pd *pd, uint32_t number)
{
	struct kchan *ch = ktable_get(&pd->chans, sizeof(*ch), number);

	if (ch)
		kchan_dead_locked(pd, ch);
}

static void notice_handle(struct kif_pd *pd, const struct pdp_notice *n)
{
	struct kpeer *peer;
	struct kchan *core = ktable_at(&pd->chans, sizeof(*core), CORE_CHANNEL);

	switch (n->kind) {
	case PDP_DEAD:
		notice_dead(pd, n->chan);
		break;
	case PDP_GRANT:
		notice_grant(pd, n);
		break;
	case PDP_INTRO:
		notice_intro(pd, n);
		break;
	case PDP_REFUSED: /* core ended the call: look at it again */
		kintro_news(pd);
		peer = kpeer_find(pd, n->peer);
		if (peer)
			kpeer_look_locked(pd, peer);
		break;
	case PDP_RELEASE:
		kchan_released_locked(pd, core, n->index, n->gen);
		break;
	default:
		break;
	}
}

/* Up to `head`: what it counts, and the channels it names, are here. */
static void notices_drain_locked(struct kif_pd *pd, uint32_t head)
{
	struct ch_page *core = (struct ch_page *)LAYOUT_CHANNELS;
	struct pd_page *page = pd->page;
	const bool read = pd->notice_tail != head;
	struct pdp_notice n;

	while (pd->notice_tail != head) {
		n = page->notice[pd->notice_tail % PDP_NOTICES];
		pd->notice_tail++;
		notice_handle(pd, &n);
		krelease_apply_locked(pd);
	}
	atomic_store(&core->client.notice_tail, pd->notice_tail);
	/* Core fills the ring again when it is asked, once for each time. */
	if (!atomic_load(&page->more)) {
		pd->asked_more = false;
	} else if (!pd->asked_more || read) {
		uint64_t one = 1;
		struct kchan *ch = ktable_at(&pd->chans, sizeof(*ch), 0);

		pd->asked_more = true;
		sys_write(ch->bell, &one, sizeof(one));
	}
}

bool kif_refresh_locked(struct kif_pd *pd)
{
	struct ch_page *core = (struct ch_page *)LAYOUT_CHANNELS;
	uint32_t head;
	bool alive;

	atomic_store(&core->client.bell_ack,
	             atomic_load(&pd->page->bell)); /* fence: core's ring */
	head = atomic_load(&pd->page->notice_head);
	alive = sock_drain_locked(pd);
	if (!pd->nheld) /* notices name channels that came before them */
		notices_drain_locked(pd, head);
	return alive;
}

/* Core puts into the ring what there is room for when it is called; all that
 * it had to say by now is read after few calls, whatever others add. Threads
 * that have to leave a dead channel first need nothing of us for it. */
static void component_settle(struct kif_pd *pd)
{
	const uint32_t end = atomic_load(&pd->page->notice_end);
	struct kop op = { 0 };

	kif_refresh_locked(pd);
	while ((pd->nheld || (int32_t)(end - pd->notice_tail) > 0) &&
	       !kif_kop(pd, KOP_NEWS, &op, NULL, 0))
		kif_refresh_locked(pd);
}

/* ---- backend ---- */

/* Have core charge for `bytes` and send them. What it sent before and could
 * not be fetched comes first: asked for again, it would be charged twice. */
static enum fief_err heap_ask(struct kif_pd *pd, size_t bytes)
{
	struct kop op = { .size = bytes };
	enum fief_err e;

	if (pd->heap_fd)
		return FIEF_OK;
	e = kif_kop(pd, KOP_HEAP, &op, NULL, 0);
	if (e)
		return e;
	pd->heap_fd = op.a;
	pd->heap_due = bytes;
	return FIEF_OK;
}

static enum fief_err heap_fetch(struct kif_pd *pd)
{
	char *at = pd->heap_at + pd->heap_ready;
	int fd[SOCK_FDS];
	enum fief_err e;
	long mapped;

	e = kif_take_held_locked(pd, pd->heap_fd, fd);
	if (e)
		return FIEF_OUT_OF_RAM;
	pd->heap_fd = 0;
	mapped = sys_mmap(at, pd->heap_due, PROT_R | PROT_W, MAP_SHARED_FIXED,
	                  fd[0], 0);
	sys_close(fd[0]);
	if (mapped != (long)at)
		return FIEF_OUT_OF_RAM;
	pd->heap_ready += pd->heap_due;
	return FIEF_OK;
}

static enum fief_err component_grow(struct kif_pd *pd, size_t bytes, void **out)
{
	enum fief_err e;

	if ((uint64_t)pd->heap_at + bytes > LAYOUT_HEAP_END)
		return FIEF_LIMIT;
	while (pd->heap_ready < bytes) {
		e = heap_ask(pd, bytes - pd->heap_ready);
		if (!e)
			e = heap_fetch(pd);
		if (e)
			return e;
	}
	*out = pd->heap_at;
	pd->heap_at += bytes;
	pd->heap_ready -= bytes;
	return FIEF_OK;
}

static enum fief_err component_reverse(struct kif_pd *pd, uint32_t peer,
                                       uint32_t ep)
{
	struct kop op = { .peer = peer, .a = ep };

	return kif_kop(pd, KOP_REVERSE, &op, NULL, 0);
}

static enum fief_err component_introduce(struct kif_pd *pd, struct kop *op)
{
	return kif_kop(pd, KOP_INTRODUCE, op, NULL, 0);
}

static enum fief_err component_charge(struct kif_pd *pd, uint32_t n)
{
	struct kop op = { .a = n };
	enum fief_err e = kif_kop(pd, KOP_CAPS, &op, NULL, 0);

	if (!e)
		pd->exports_paid += op.a;
	return e;
}

static void component_refresh(struct kif_pd *pd)
{
	kif_refresh_locked(pd); /* without core, the host ends this process */
}

/* A dataspace that was never mapped: its descriptor waits in vain. */
static void component_dropped(struct kif_pd *pd, uint32_t index, uint32_t gen)
{
	uint64_t size;
	int fd;

	if (pd->stashed_ds && kif_take_ds_locked(pd, index, gen, &fd, &size))
		sys_close(fd);
}

const struct kif_backend kif_component_backend = {
	.ready = kif_host_became_ready,
	.dropped = component_dropped,
	.grow = component_grow,
	.reverse = component_reverse,
	.introduce = component_introduce,
	.charge = component_charge,
	.refresh = component_refresh,
	.settle = component_settle,
};
