/* SPDX-License-Identifier: MIT */
/* Core as a user of kif: the same channel code as in components, with core
 * itself behind it. */

#include "host.h"

#include <asm/prctl.h>
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <kernel/linux/kif/call.h>
#include <kernel/linux/kif/caps.h>
#include <kernel/linux/kif/chan.h>
#include <kernel/linux/kif/lock.h>
#include <kernel/linux/kif/serve.h>
#include <kernel/linux/kif/thread.h>

struct host host;

enum {
	SPIN_US = 20,
	RSEQ_AREA = 32, /* bytes that the C library registers */
	CPUID_FEATURES = 7,
	RDPID_BIT = 1 << 22, /* of ECX, Intel SDM volume 2, CPUID */
};

/* ---- backend ---- */

static enum fief_err host_grow(struct kif_pd *pd, size_t bytes, void **out)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)pd;
	if (p == MAP_FAILED)
		return FIEF_OUT_OF_RAM;
	*out = p;
	return FIEF_OK;
}

static enum fief_err host_reverse(struct kif_pd *pd, uint32_t peer, uint32_t ep)
{
	(void)pd, (void)peer, (void)ep;
	return FIEF_INVALID; /* every PD has its channel to core */
}

static enum fief_err host_introduce_held(struct kif_pd *pd, struct kop *op)
{
	struct host_intro in = {
		.number = op->number,
		.owner = host_pd_by_id(op->chan),
		.to = host_pd_by_id(op->peer),
		.index = op->index,
		.gen = op->gen,
	};

	(void)pd;
	in.dead = !in.owner;
	return in.to ? host_introduce(&in, NULL) : FIEF_GONE;
}

static enum fief_err host_charge(struct kif_pd *pd, uint32_t n)
{
	pd->exports_paid += n;
	return FIEF_OK;
}

static void host_refresh(struct kif_pd *pd)
{
	(void)pd; /* core makes the news itself */
}

static void host_signal_in(struct kif_pd *pd, struct kchan *ch, uint32_t index)
{
	struct kcore_pd *to = host_pd_by_id(ch->number);

	(void)pd;
	if (to)
		host_signal(to, index);
}

static void host_give_back(struct kif_pd *pd, struct kchan *ch, uint32_t index,
                           uint32_t gen)
{
	struct pdp_notice n = { .kind = PDP_RELEASE,
		                .index = index,
		                .gen = gen };
	struct kcore_pd *to = host_pd_by_id(ch->number);

	(void)pd;
	if (to && index & CH_INDEX_SIGNAL && !(index & CH_INDEX_GRANT))
		host_signal_returned(to, index);
	/* Without room the owner keeps an entry that nobody will use. */
	if (to && to->state != HOST_DEAD && host_notify(to, &n))
		return;
}

static void host_gave(struct kif_pd *pd, struct kpeer *peer, fief_cap cap,
                      uint32_t index, uint32_t gen)
{
	struct sock_msg m = { .kind = SOCK_DS, .index = index, .gen = gen };
	struct kcore_pd *to = host_pd_by_id(peer->id);

	(void)pd;
	if (cap != host.push.cap || !to)
		return;
	host.push.cap = FIEF_CAP_NULL;
	m.size = host.push.ds->size;
	/* Without room the PD asks for the descriptor when it maps. */
	if (host_send(to, &m, &host.push.ds->fd, 1))
		return;
}

/* A PD with notices waiting rings core after it made room. */
static void host_visited(struct kif_pd *pd, struct kchan *ch)
{
	struct kcore_pd *from = host_pd_by_id(ch->number);

	(void)pd;
	if (from && from->queued)
		host_notices_pump(from);
}

struct kcore_pd *kcore_requester(fief_reply token)
{
	return host_pd_by_id((uint32_t)(token >> 33) & 0xffffff);
}

/* Its grant may have ended since the event. */
static void zygote_event(uint64_t tag, void (*handle)(struct host_zygote *))
{
	struct host_zygote *z = host_zygote_of(tag);

	if (z)
		handle(z);
}

void host_ready(struct kif_pd *pd, uint64_t tag)
{
	(void)pd;
	switch (tag >> 32) {
	case HOST_TAG_ZYGOTE:
		zygote_event(tag, host_zygote_ready);
		break;
	case HOST_TAG_LISTENER:
		zygote_event(tag, host_listener_ready);
		break;
	case HOST_TAG_CHILDREN:
		host_children_ready();
		break;
	case HOST_TAG_FD:
		host.events->readable((int)(uint32_t)tag);
		break;
	default:
		break;
	}
}

const struct kif_backend host_backend = {
	.grow = host_grow,
	.reverse = host_reverse,
	.introduce = host_introduce_held,
	.charge = host_charge,
	.refresh = host_refresh,
	.settle = host_refresh,
	.ready = host_ready,
	.signal_in = host_signal_in,
	.give_back = host_give_back,
	.gave = host_gave,
	.visited = host_visited,
};

/* ---- table ---- */

/* Nobody wants anything now: time to make what will be wanted. The caller
 * hears that nothing happened. */
static enum fief_err wait_busily(fief_ep ep, struct kif_msg *msg,
                                 struct kif_wait *w)
{
	const uint32_t flags = w->flags;
	enum fief_err e;

	w->flags |= KIF_POLL;
	e = kif_reply_wait(ep, msg, w);
	w->flags = flags;
	if (!e && w->event == KIF_EVENT_NONE)
		host_pd_prepare();
	return e;
}

static enum fief_err wait_event(fief_ep ep, struct kif_msg *msg,
                                struct kif_wait *w)
{
	enum fief_err e;

	if (w->flags & KIF_WAIT && !(w->flags & KIF_POLL) && !host_pds_ready())
		e = wait_busily(ep, msg, w);
	else
		e = kif_reply_wait(ep, msg, w);
	if (w->event != KIF_EVENT_NONE)
		host.ready_failed = false;
	return e;
}

static enum fief_err host_reply_wait(fief_ep ep, struct kif_msg *msg,
                                     struct kif_wait *w)
{
	static struct kif_msg out;
	uint32_t flags = w->flags;
	struct kcore_pd *pd;
	enum fief_err e;

	for (;;) {
		e = wait_event(ep, msg, w);
		if (e || w->event != KIF_EVENT_CALL || !(w->badge & 1))
			break;
		pd = (struct kcore_pd *)(uintptr_t)(w->badge & ~1ull);
		host_kernel_object(pd, msg, &out);
		w->flags = KIF_REPLY;
		e = kif_reply_wait(ep, &out, w);
		w->flags = flags & ~(uint32_t)KIF_REPLY;
		if (e)
			break;
	}
	w->flags = flags;
	host_pool_fill();
	return e;
}

static void host_log(const char *text, size_t len)
{
	fwrite(text, 1, len, stderr);
}

FIEF_NORETURN static void host_exit(int code)
{
	kcore_fini();
	exit(code);
}

static enum fief_err host_no_call(fief_cap cap, struct kif_msg *msg)
{
	(void)cap, (void)msg;
	return FIEF_DEADLOCK; /* core waits for nobody */
}

static enum fief_err host_seed(uint8_t out[KIF_SEED])
{
	return getrandom(out, KIF_SEED, 0) == KIF_SEED ? FIEF_OK :
	                                                 FIEF_UNSUPPORTED;
}

const struct kif host_kif = {
	.version = KIF_VERSION,
	.size = sizeof(struct kif),
	.call = host_no_call,
	.reply_wait = host_reply_wait,
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
	.thread_self = kif_thread_self,
	.thread_name = kif_thread_name,
	.thread_local_slot = kif_thread_local_slot,
	.time = kif_time,
	.seed = host_seed,
	.log = host_log,
	.exit = host_exit,
};

/* ---- start and end ---- */

/* TSC ticks of the spin budget: about one sleeping cross-CPU round trip. */
static uint32_t calibrate(void)
{
	struct timespec a, b;
	uint64_t t0, t1, ns;

	clock_gettime(CLOCK_MONOTONIC, &a);
	t0 = kif_ticks();
	do
		clock_gettime(CLOCK_MONOTONIC, &b);
	while ((ns = (uint64_t)(b.tv_sec - a.tv_sec) * 1000000000u +
	             (uint64_t)b.tv_nsec - (uint64_t)a.tv_nsec) < 2000000);
	t1 = kif_ticks();
	return (uint32_t)((t1 - t0) * SPIN_US * 1000 / ns);
}

static int gettime(long clock, void *ts)
{
	return clock_gettime((clockid_t)clock, ts);
}

static void raise_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r))
		return;
	host.max_files = r.rlim_cur;
	r.rlim_cur = r.rlim_max;
	if (host.max_files < r.rlim_max && !setrlimit(RLIMIT_NOFILE, &r))
		host.max_files = r.rlim_max;
}

/* The C library registered an area that the host then keeps current at each
 * switch; nothing here reads it. */
static void rseq_leave(void)
{
	char *theirs = (char *)__builtin_thread_pointer() + __rseq_offset;

	if (__rseq_size && syscall(SYS_rseq, theirs, RSEQ_AREA,
	                           RSEQ_FLAG_UNREGISTER, RSEQ_SIG))
		return; /* slower, not wrong */
}

static bool has_rdpid(void)
{
	uint32_t a, b, c, d;

	return __get_cpuid_count(CPUID_FEATURES, 0, &a, &b, &c, &d) &&
	       c & RDPID_BIT;
}

static enum fief_err self_init(void)
{
	struct kif_thread *t = &host.thread;

	t->self = t;
	t->pd = &host.kif;
	t->used = 1;
	if (syscall(SYS_arch_prctl, ARCH_SET_GS, t))
		return FIEF_UNSUPPORTED;
	rseq_leave();
	host.kif.rdpid = has_rdpid();
	host.kif.backend = &host_backend;
	host.kif.sock = -1;
	host.kif.window = KIF_CAPS_MAX;
	host.kif.intro_news = 1;
	host.kif.gettime = gettime;
	host.kif.thread[0] = t;
	host.kif.spin_ticks = host.spin_ticks = calibrate();
	host.kif.ep[0].epoll = epoll_create1(EPOLL_CLOEXEC);
	host.kif.ep[0].poke = -1;
	host.kif.ep[0].used = true;
	return host.kif.ep[0].epoll < 0 ? FIEF_LIMIT : FIEF_OK;
}

enum fief_err kcore_init(const struct kcore_events *events, const char *image,
                         const struct kif **kif, struct kcore_info *info)
{
	enum fief_err e;

	raise_descriptors();
	host.events = events;
	e = self_init();
	if (!e)
		e = host_zygotes_init(image);
	if (e)
		return e;
	info->landlock_abi = (unsigned)host.landlock;
	info->isolation = host.landlock ? "seccomp, landlock, no descriptors" :
	                                  "seccomp, no descriptors";
	*kif = &host_kif;
	return FIEF_OK;
}

/* A zygote leads a process group that none of its children can leave. Those
 * that it has not told us about yet are in there, too. */
void kcore_fini(void)
{
	for (unsigned i = 0; i < host.nzygotes; i++) {
		const int pid = host.zygote[i] ? host.zygote[i]->pid : 0;

		if (pid <= 0)
			continue;
		kill(pid, SIGKILL);
		kill(-pid, SIGKILL);
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
}

enum fief_err kcore_watch(int fd)
{
	return kif_ep_watch(&host.kif.ep[0], fd,
	                    (uint64_t)HOST_TAG_FD << 32 | (uint32_t)fd);
}
