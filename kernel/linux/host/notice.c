/* SPDX-License-Identifier: MIT */
/* How core tells a PD something: notices, signals, descriptors. Nothing here
 * waits for the PD (invariant I6). */

#include "host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	QUEUE_MAX = 4096, /* notices kept for a PD that does not run */
	QUEUE_FIRST = 64,
};

static uint32_t outstanding(const struct kcore_pd *pd)
{
	uint32_t tail = atomic_load(&pd->core->client.notice_tail);
	uint32_t n = pd->notice_head - tail;

	/* A PD that lies about its tail only loses notices of its own. */
	return n > PDP_NOTICES ? PDP_NOTICES : n;
}

static uint32_t introducer(const struct pdp_notice *n)
{
	return n->kind == PDP_GRANT                           ? n->peer2 :
	       n->kind == PDP_INTRO || n->kind == PDP_REFUSED ? n->peer :
	                                                        CORE_PEER;
}

/* A PD may introduce as much to one that does not read as it leaves room for
 * others. */
static bool takes_too_much(const struct kcore_pd *pd, uint32_t from)
{
	uint32_t mine = 0;

	if (from == CORE_PEER || pd->queued < QUEUE_MAX / 8)
		return false;
	for (uint32_t i = 0; i < pd->queued; i++)
		mine += introducer(&pd->queue[i]) == from;
	return mine >= QUEUE_MAX - pd->queued;
}

static enum fief_err queue_add(struct kcore_pd *pd, const struct pdp_notice *n)
{
	uint32_t max = pd->queue_max ? pd->queue_max * 2 : QUEUE_FIRST;
	struct pdp_notice *queue;

	if (n->kind != PDP_DEAD &&
	    (pd->queued >= QUEUE_MAX || takes_too_much(pd, introducer(n))))
		return FIEF_LIMIT;
	if (pd->queued == pd->queue_max) {
		queue = realloc(pd->queue, max * sizeof(*queue));
		if (!queue)
			return FIEF_LIMIT;
		pd->queue = queue;
		pd->queue_max = max;
	}
	pd->queue[pd->queued++] = *n;
	return FIEF_OK;
}

static void ring_add(struct kcore_pd *pd, const struct pdp_notice *n)
{
	pd->page->notice[pd->notice_head % PDP_NOTICES] = *n;
	atomic_store(&pd->page->notice_head, ++pd->notice_head);
}

enum fief_err host_notify(struct kcore_pd *pd, const struct pdp_notice *n)
{
	const uint32_t used = outstanding(pd);
	enum fief_err e = FIEF_OK;

	if (used < PDP_NOTICES && !pd->queued) {
		ring_add(pd, n);
	} else {
		e = queue_add(pd, n);
		atomic_store(&pd->page->more, 1);
	}
	atomic_store(&pd->page->notice_end, pd->notice_head + pd->queued);
	if (used >= PDP_NOTICES / 4)
		host_bell(pd);
	return e;
}

void host_notices_pump(struct kcore_pd *pd)
{
	uint32_t n = 0;

	while (n < pd->queued && outstanding(pd) < PDP_NOTICES)
		ring_add(pd, &pd->queue[n++]);
	pd->queued -= n;
	memmove(pd->queue, pd->queue + n, pd->queued * sizeof(*pd->queue));
	atomic_store(&pd->page->more, pd->queued != 0);
	if (n)
		host_bell(pd);
}

enum fief_err host_send(struct kcore_pd *pd, const struct sock_msg *m,
                        const int *fd, unsigned nfds)
{
	union {
		char bytes[CMSG_SPACE(SOCK_FDS * sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };
	struct iovec iov = { (void *)(uintptr_t)m, sizeof(*m) };
	struct msghdr h = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = CMSG_SPACE(nfds * sizeof(int)),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&h);

	if (pd->sock < 0)
		return FIEF_GONE;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
	if (nfds)
		memcpy(CMSG_DATA(c), fd, nfds * sizeof(int));
	/* Counted first: a PD that looks too early finds nothing and is woken
	 * when the message is there. */
	atomic_fetch_add(&pd->page->sock_sent, 1);
	if (sendmsg(pd->sock, &h, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return FIEF_OK;
	atomic_fetch_sub(&pd->page->sock_sent, 1);
	return errno == EPIPE || errno == ECONNRESET ? FIEF_GONE : FIEF_LIMIT;
}

static void ring(struct kcore_pd *pd)
{
	const struct sock_msg m = { .kind = SOCK_RING };
	uint64_t one = 1;

	if (pd->wake < 0 && host_send(pd, &m, NULL, 0))
		return; /* no room: what fills the socket has rung */
	if (pd->wake >= 0 && write(pd->wake, &one, sizeof(one)) < 0)
		return; /* saturated: the PD was rung 2^64 times */
}

/* Wake the PD's initial endpoint, unless an earlier ring is still unread.
 * Partner: kif_refresh_locked stores bell_ack before it looks for news. */
void host_bell(struct kcore_pd *pd)
{
	if (pd->sock < 0)
		return; /* it is dead */
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load(&pd->core->client.bell_ack) != pd->bell_sent)
		return;
	atomic_store(&pd->page->bell, ++pd->bell_sent);
	ring(pd);
}

enum fief_err host_send_fds(struct kcore_pd *pd, const int *fd, unsigned n,
                            uint32_t *number)
{
	struct sock_msg m = { .kind = SOCK_FD };
	enum fief_err e;

	m.number = ++pd->fds_sent;
	if (!m.number)
		m.number = ++pd->fds_sent;
	e = host_send(pd, &m, fd, n);
	if (!e)
		*number = m.number;
	return e;
}

void host_signal(struct kcore_pd *pd, uint32_t index)
{
	uint32_t n = index & (CH_INDEX_SIGNAL - 1);

	if (n >= PDP_SIGNALS || pd->state == HOST_DEAD)
		return;
	atomic_fetch_add(&pd->page->signal_count[n], 1);
	atomic_fetch_add(&pd->page->signal_seq, 1);
	host_bell(pd);
}
