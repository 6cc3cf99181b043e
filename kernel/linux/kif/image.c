/* SPDX-License-Identifier: MIT */
/* The function table of the kif image, and the functions that fit nowhere
 * else: log, exit, endpoints. */

#include "image.h"

#include "backend.h"
#include "call.h"
#include "caps.h"
#include "hot.h"
#include "lock.h"
#include "memory.h"
#include "serve.h"
#include "signals.h"
#include "sys.h"
#include "thread.h"
#include <kernel/linux/abi/layout.h>

void kif_log(const char *text, size_t len)
{
	enum { CHUNK = KIF_DATA_MAX - sizeof(struct kop) };

	while (len) {
		size_t n = len < CHUNK ? len : CHUNK;
		struct kop op = { .a = (uint32_t)n };

		if (kif_kop(kif_pd_self(), KOP_LOG, &op, text, n))
			return; /* core is gone, and so is whoever would read */
		text += n;
		len -= n;
	}
}

FIEF_NORETURN static void kif_exit(int code)
{
	struct kop op = { .a = (uint32_t)code };
	enum fief_err e;

	e = kif_kop(kif_pd_self(), KOP_EXIT, &op, NULL, 0);
	for (;;)
		sys_call3(__NR_exit_group, e ? 125 : code & 0xff, 0, 0);
}

static enum fief_err ep_init_locked(struct kif_pd *pd, struct kif_ep *ep,
                                    const int fd[SOCK_FDS])
{
	enum fief_err e;

	if (ep->epoll > 0) {
		kif_ep_disband_locked(pd, ep);
		sys_close(ep->epoll);
		sys_close(ep->poke);
	}
	*ep = (struct kif_ep){ .epoll = fd[0], .poke = fd[1], .used = true };
	e = kif_ep_watch(ep, ep->poke, (uint64_t)KIF_TAG_POKE << 32);
	/* Core's ring: the initial endpoint may be busy. */
	return e ? e :
	           kif_ep_watch(ep, pd->ep[0].poke,
	                        (uint64_t)KIF_TAG_POKE << 32);
}

/* As soon as core has made it there may be channels to it: another thread may
 * be about to give away an object of the last one with that number. They are
 * held until the endpoint is known here. */
static enum fief_err kif_ep_create(fief_ep *out)
{
	struct kif_pd *pd = kif_pd_self();
	struct kop op = { 0 };
	int fd[SOCK_FDS];
	enum fief_err e;

	kif_lock(pd);
	e = kif_kop(pd, KOP_EP, &op, NULL, 0);
	if (!e)
		e = kif_take_held_locked(pd, op.a, fd);
	if (!e)
		e = ep_init_locked(pd, &pd->ep[op.b % KIF_EPS], fd);
	if (!e)
		*out = op.b;
	kif_unlock(pd);
	return e;
}

static void kif_ep_destroy(fief_ep n)
{
	struct kif_pd *pd = kif_pd_self();
	struct kop op = { .a = n };

	if (n == 0 || n >= KIF_EPS || !pd->ep[n].used)
		return;
	/* The objects first: another thread that is just giving one away gives
	 * none, rather than fail at a channel that core does not make. */
	kif_lock(pd);
	atomic_store(&pd->ep[n].used, false);
	kobj_revoke_ep_locked(pd, n);
	kif_unlock(pd);
	/* Core closes the channels to it: all callers read GONE. */
	if (kif_kop(pd, KOP_EP_DESTROY, &op, NULL, 0))
		return;
	kif_lock(pd);
	pd->backend->refresh(pd);
	/* Whoever waits there reads GONE. The descriptors stay until the
	 * endpoint is made anew: closed now, they could not wake anybody. */
	kif_ep_poke(&pd->ep[n]);
	kif_unlock(pd);
}

/* Core left it in the boot dataspace, which nobody else has. */
static enum fief_err kif_seed(uint8_t out[KIF_SEED])
{
	volatile uint8_t *at =
		(volatile uint8_t *)(LAYOUT_STATE + LAYOUT_BOOT_SEED);

	if (atomic_exchange(&kif_pd_self()->seed_taken, 1))
		return FIEF_GONE;
	for (unsigned i = 0; i < KIF_SEED; i++) {
		out[i] = at[i];
		at[i] = 0;
	}
	return FIEF_OK;
}

const struct kif kif_image_table = {
	.version = KIF_VERSION,
	.size = sizeof(struct kif),
	.call = kif_call,
	.reply_wait = kif_reply_wait,
	.ep_create = kif_ep_create,
	.ep_destroy = kif_ep_destroy,
	.export = kif_export,
	.revoke = kif_revoke,
	.drop = kif_drop,
	.ref = kif_ref,
	.badge = kif_badge,
	.recv_window = kif_recv_window,
	.signal = kif_signal,
	.park = kif_park,
	.unpark = kif_unpark,
	.cancel = kif_cancel,
	.call_nr = kif_call_nr,
	.thread_start = kif_thread_start,
	.thread_exit = kif_thread_exit,
	.thread_self = kif_thread_self,
	.thread_name = kif_thread_name,
	.thread_local_slot = kif_thread_local_slot,
	.map = kif_map,
	.unmap = kif_unmap,
	.time = kif_time,
	.seed = kif_seed,
	.log = kif_log,
	.exit = kif_exit,
};
