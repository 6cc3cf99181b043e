/* SPDX-License-Identifier: MIT */
/* The channel protocol and the socket as an attacker uses them: without kif,
 * one slot, no promises. */

#include "attack.h"

#include <lib/mem.h>

struct kcap *raw_cap(fief_cap handle)
{
	struct kif_pd *pd = kif_pd_self();

	return ktable_get(&pd->caps, sizeof(struct kcap), handle & 0xffffff);
}

struct kchan *raw_channel(fief_cap handle)
{
	struct kif_pd *pd = kif_pd_self();
	const struct kcap *c = raw_cap(handle);

	return ktable_get(&pd->chans, sizeof(struct kchan), kcap_chan(c));
}

void raw_reserve(struct kchan *ch)
{
	atomic_fetch_or(&ch->busy, 1u << RAW_SLOT);
}

void raw_ring(const struct kchan *ch)
{
	uint64_t one = 1;

	sys_write(ch->bell, &one, sizeof(one));
}

void raw_post(struct kchan *ch, uint32_t target, uint32_t gen, uint32_t label,
              uint32_t meta)
{
	struct ch_slot *slot = &ch->page->slot[RAW_SLOT];

	slot->target = target;
	slot->gen = gen;
	slot->label = label;
	slot->meta = meta;
	ch->seq[RAW_SLOT] = ch_seq_next(ch->seq[RAW_SLOT]);
	atomic_store(&slot->req, ch->seq[RAW_SLOT]);
	raw_ring(ch);
}

uint32_t raw_wait(struct kchan *ch, uint32_t ms)
{
	struct ch_slot *slot = &ch->page->slot[RAW_SLOT];
	uint64_t end = ATTACK_MS(ms);
	struct {
		long sec, ns;
	} ts = { (long)(end / 1000000000u), (long)(end % 1000000000u) };
	uint32_t rep;

	atomic_store(&slot->wait, 1);
	for (;;) {
		rep = atomic_load(&slot->rep);
		if (rep & CH_DEAD)
			return FIEF_GONE;
		if (ch_rep_seq(rep) == ch->seq[RAW_SLOT])
			break;
		if (fief_kif->time() >= end)
			return RAW_TIMEOUT;
		sys_call6(__NR_futex, (long)&slot->rep, 9, (int)rep, (long)&ts,
		          0, -1);
	}
	switch ((rep & CH_ERR_MASK) >> CH_ERR_SHIFT) {
	case CH_ERR_NONE:
		return slot->label;
	case CH_ERR_GONE:
		return FIEF_GONE;
	case CH_ERR_INVALID:
		return FIEF_INVALID;
	default:
		return FIEF_LIMIT;
	}
}

uint32_t raw_kop(uint32_t label, struct kop *op)
{
	struct kif_pd *pd = kif_pd_self();
	struct kchan *ch = ktable_at(&pd->chans, sizeof(*ch), CORE_CHANNEL);
	const struct kcap *k = raw_cap(pd->kernel);
	struct ch_slot *slot = &ch->page->slot[RAW_SLOT];
	uint32_t e;

	raw_reserve(ch);
	memcpy(slot->data, op, sizeof(*op));
	raw_post(ch, k->word, k->gen, label, sizeof(*op));
	e = raw_wait(ch, 2000);
	if (!e)
		memcpy(op, slot->data, sizeof(*op));
	return e;
}

struct raw_iovec {
	void *base;
	size_t len;
};

struct raw_msghdr {
	void *name;
	uint32_t namelen;
	struct raw_iovec *iov;
	size_t iovlen;
	void *control;
	size_t controllen;
	uint32_t flags;
};

bool raw_receive(int fd[SOCK_FDS])
{
	struct kif_pd *pd = kif_pd_self();
	struct {
		size_t len;
		int32_t level, type;
		int32_t fd[SOCK_FDS];
	} control = { 0 };
	struct sock_msg m;
	struct raw_iovec iov = { &m, sizeof(m) };
	struct raw_msghdr h = {
		.iov = &iov,
		.iovlen = 1,
		.control = &control,
		.controllen = sizeof(control),
	};
	int n;

	if (sys_call3(__NR_recvmsg, pd->sock, (long)&h, 0x40) <= 0)
		return false;
	pd->sock_taken++;
	n = control.len >= 16 ? (int)((control.len - 16) / 4) : 0;
	for (int i = 0; i < SOCK_FDS; i++)
		fd[i] = i < n ? control.fd[i] : -1;
	return true;
}

void raw_drain(void)
{
	int fd[SOCK_FDS];

	while (raw_receive(fd))
		for (int i = 0; i < SOCK_FDS; i++)
			if (fd[i] >= 0)
				sys_close(fd[i]);
}

void raw_notices_skip(void)
{
	struct kif_pd *pd = kif_pd_self();
	struct ch_page *core = (struct ch_page *)LAYOUT_CHANNELS;

	pd->notice_tail = atomic_load(&pd->page->notice_head);
	atomic_store(&core->client.notice_tail, pd->notice_tail);
}
