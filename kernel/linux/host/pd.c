/* SPDX-License-Identifier: MIT */
/* PDs: records, start, death. */

#include "host.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <kernel/linux/abi/layout.h>
#include <kernel/linux/kif/caps.h>
#include <kernel/linux/kif/chan.h>
#include <kernel/linux/kif/lock.h>
#include <kernel/linux/kif/serve.h>

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static enum fief_err take_id(struct kcore_pd *pd)
{
	struct kcore_pd **set;
	uint32_t max;

	for (uint32_t i = host.free_id; i && i < host.npds; i++)
		if (!host.pd[i]) {
			pd->id = i;
			host.pd[i] = pd;
			host.free_id = i + 1;
			return FIEF_OK;
		}
	host.free_id = UINT32_MAX;
	if (host.npds == host.maxpds) {
		max = host.maxpds ? host.maxpds * 2 : 64;
		set = realloc(host.pd, max * sizeof(*set));
		if (!set)
			return FIEF_LIMIT;
		host.pd = set;
		host.maxpds = max;
	}
	if (!host.npds)
		host.pd[host.npds++] = NULL; /* id 0 is core */
	pd->id = host.npds;
	host.pd[host.npds++] = pd;
	return FIEF_OK;
}

/* The name is new, so that whoever holds late news of a dead PD, or entries
 * that were its own, does not take this one for it. */
static enum fief_err take_name(struct kcore_pd *pd)
{
	uint32_t other;

	do
		pd->name = ++host.names;
	while (pd->name == CORE_PEER || pd->name == UINT32_MAX ||
	       kmap_get(&host.by_name, pd->name, &other));
	return kmap_put(&host.kif, &host.by_name, pd->name, pd->id);
}

static void pd_free(struct kcore_pd *pd)
{
	host.pd[pd->id] = NULL;
	if (pd->id < host.free_id)
		host.free_id = pd->id;
	kmap_take(&host.by_name, pd->name, &pd->id);
	host_zygote_left(pd->zygote);
	free(pd->signals);
	free(pd);
}

static enum fief_err make_page(struct kcore_pd *pd)
{
	void *page;

	pd->page_fd = host_memfd("pd", sizeof(struct pd_page));
	if (pd->page_fd < 0)
		return FIEF_LIMIT;
	page = mmap(NULL, sizeof(struct pd_page), PROT_READ | PROT_WRITE,
	            MAP_SHARED, pd->page_fd, 0);
	if (page == MAP_FAILED)
		return FIEF_LIMIT;
	pd->page = page;
	pd->page->spin_ticks = host.spin_ticks;
	pd->page->rdpid = host.kif.rdpid;
	/* Our mapping stays writable, no later one is. */
	return fcntl(pd->page_fd, F_ADD_SEALS,
	             F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW |
	                     F_SEAL_SEAL) ?
	               FIEF_LIMIT :
	               FIEF_OK;
}

static enum fief_err make_sockets(struct kcore_pd *pd)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return FIEF_LIMIT;
	pd->sock = pair[0];
	pd->child_sock = pair[1];
	pd->epoll = epoll_create1(EPOLL_CLOEXEC);
	pd->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return pd->epoll < 0 || pd->wake < 0 ? FIEF_LIMIT : FIEF_OK;
}

/* The channel from the PD to core. Core drops its eventfd after putting it
 * into the epoll set: the PD's own copy keeps it there, and a PD that closes
 * that one only silences itself. */
static enum fief_err make_core_channel(struct kcore_pd *pd)
{
	struct host_prepared p;
	struct kchan_new n;
	enum fief_err e;

	e = host_prepare(&p);
	if (e)
		return e;
	pd->core = p.page;
	pd->bell = p.bell;
	pd->chan_fd = p.memfd;
	n = (struct kchan_new){
		.number = pd->id,
		.peer = pd->id,
		.inbound = true,
		.page = p.page,
		.bell = -1,
	};
	e = kchan_add_locked(&host.kif, &n);
	if (!e)
		e = kif_ep_watch(&host.kif.ep[0], p.bell,
		                 (uint64_t)KIF_TAG_CHANNEL << 32 | pd->id);
	if (!e)
		e = host_kif.export(0, host_kernel_badge(pd), KIF_OBJECT_RPC,
		                    &pd->kernel);
	return e;
}

static enum fief_err reserve_ends(struct kcore_pd *pd)
{
	uint32_t n;
	enum fief_err e = host_end_take(pd, NULL, &n);

	if (!e)
		pd->end[n].reserved = true; /* 0: the core channel */
	return e;
}

static enum fief_err pd_make(struct host_zygote *z, struct kcore_pd **out)
{
	struct kcore_pd *pd = calloc(1, sizeof(*pd));
	enum fief_err e;

	if (!pd)
		return FIEF_LIMIT;
	pd->sock = pd->child_sock = pd->bell = pd->epoll = -1;
	pd->chan_fd = pd->page_fd = pd->wake = pd->inotify = -1;
	pd->zygote = z;
	pd->eps = 1;
	pd->state = HOST_CREATED;
	e = take_id(pd);
	if (e) {
		free(pd);
		return e;
	}
	z->pds++;
	e = take_name(pd);
	if (!e)
		e = make_page(pd);
	if (!e)
		e = make_sockets(pd);
	if (!e)
		e = make_core_channel(pd);
	if (!e)
		e = reserve_ends(pd);
	if (e) {
		kcore_pd_destroy(pd);
		return e;
	}
	*out = pd;
	return FIEF_OK;
}

/* ---- its process ---- */

/* Take one that was made ahead out of their row. */
static void ready_take(struct kcore_pd *pd)
{
	unsigned i = 0;

	while (host.ready[i] != pd)
		i++;
	host.ready[i] = host.ready[--host.nready];
	pd->ready = false;
}

static enum fief_err ready_make(void)
{
	struct kcore_pd *pd;
	enum fief_err e = pd_make(&host.native, &pd);

	if (e)
		return e;
	pd->ready = true;
	host.ready[host.nready++] = pd;
	e = host_spawn(pd);
	if (e) {
		ready_take(pd);
		kcore_pd_destroy(pd);
	}
	return e;
}

bool host_pds_ready(void)
{
	return host.ready_failed || host.nready == HOST_READY;
}

void host_pd_prepare(void)
{
	int fd = fcntl(host.native.sock, F_DUPFD_CLOEXEC, 0);

	if (fd >= 0)
		close(fd);
	host.ready_failed |= fd < 0 || host_descriptors_scarce(fd) ||
	                     ready_make() != FIEF_OK;
}

enum fief_err kcore_pd_create(void *ctx, const struct kcore_ds *binary,
                              struct kcore_pd **out)
{
	enum fief_err e = FIEF_OK;

	if (host_image_of_guests(binary)) {
		e = pd_make(&host.guest, out);
	} else if (host.nready) {
		*out = host.ready[0];
		ready_take(*out);
	} else {
		e = pd_make(&host.native, out);
	}
	if (!e)
		(*out)->ctx = ctx;
	return e;
}

/* None is made ahead: there are few. */
enum fief_err kcore_pd_create_granted(void *ctx, struct kcore_grant *grant,
                                      struct kcore_pd **out)
{
	enum fief_err e = pd_make(&grant->zygote, out);

	if (!e)
		(*out)->ctx = ctx;
	return e;
}

/* ---- start ---- */

/* Name one of core's capabilities for the new PD. */
static enum fief_err boot_cap(struct kcore_pd *pd, fief_cap cap,
                              struct pdp_cap *out)
{
	struct kif_pd *kif = &host.kif;
	struct kcap *c = kcap_get(kif, cap);
	struct host_intro in = { .to = pd };
	struct host_channel *ch;
	uint32_t number;
	enum fief_err e;

	if (!c)
		return FIEF_OK;
	out->present = 1;
	if (kcap_kind(c) == KCAP_OWN) {
		out->chan = CORE_CHANNEL;
		return kdeleg_add_locked(kif, host_peer(pd),
		                         (cap & CH_INDEX_MASK) |
		                                 (c->head >> 16 & 0xff) << 24,
		                         c->word, &out->index, &out->gen);
	}
	in.owner = host_pd_by_id(kcap_chan(c));
	in.index = c->word;
	in.gen = c->gen;
	if (!in.owner)
		return FIEF_GONE;
	e = host_introduce(&in, &number); /* named by its grant */
	ch = e ? NULL : host_channel_find(pd, in.owner, 0);
	if (!ch)
		return e ? e : FIEF_GONE;
	out->chan = ch->client_number;
	out->index = CH_INDEX_GRANT;
	out->gen = number;
	return FIEF_OK;
}

/* What it starts with, all but the sign that it may. */
static enum fief_err start_fill(struct kcore_pd *pd,
                                const struct kcore_ds *binary,
                                const fief_cap cap[KIF_BOOT_CAPS])
{
	struct pdp_start *s = &pd->page->start;
	enum fief_err e = boot_cap(pd, pd->kernel, &s->kernel);

	for (unsigned i = 0; !e && i < KIF_BOOT_CAPS; i++)
		e = boot_cap(pd, cap[i], &s->cap[i]);
	s->binary_size = binary->size;
	return e ? e : host_send_fds(pd, &binary->fd, 1, &s->binary);
}

enum fief_err kcore_pd_start(struct kcore_pd *pd, const struct kcore_ds *binary,
                             const fief_cap cap[KIF_BOOT_CAPS])
{
	enum fief_err e;

	if (pd->state != HOST_CREATED)
		return FIEF_CONFLICT;
	e = start_fill(pd, binary, cap);
	if (!e)
		e = host_spawn(pd);
	if (e)
		return e;
	if (pd->state == HOST_CREATED)
		pd->state = HOST_RUNNING;
	atomic_store(&pd->page->start.started, 1);
	kif_futex_wake(&pd->page->start.started);
	return FIEF_OK;
}

/* ---- death ---- */

struct kcore_pd *host_pd_record(uint32_t id)
{
	return id && id < host.npds ? host.pd[id] : NULL;
}

struct kcore_pd *host_pd_by_id(uint32_t id)
{
	struct kcore_pd *pd = host_pd_record(id);

	/* Destroyed, only kept until its process is reaped. */
	return pd && pd->state != HOST_FREE ? pd : NULL;
}

struct kcore_pd *host_pd_by_name(uint32_t name)
{
	uint32_t id;

	return kmap_get(&host.by_name, name, &id) ? host_pd_by_id(id) : NULL;
}

struct kcore_pd *host_pd_by_pid(int pid)
{
	uint32_t id;

	return kmap_get(&host.by_pid, (uint32_t)pid, &id) ? host_pd_record(id) :
	                                                    NULL;
}

/* Everything that ties the PD to others ends; the record stays. */
static void pd_bury(struct kcore_pd *pd)
{
	/* There is none if memory ran out before it was made. */
	struct kchan *core = ktable_get(&host.kif.chans, sizeof(*core), pd->id);

	pd->state = HOST_DEAD;
	host_channels_close(pd);
	if (core && pd->core && core->page == pd->core)
		kchan_dead_locked(&host.kif, core);
	host_kif.revoke(pd->kernel);
	pd->kernel = FIEF_CAP_NULL;
	close_fd(&pd->sock);
	close_fd(&pd->wake);
	close_fd(&pd->inotify);
	close_fd(&pd->child_sock);
	close_fd(&pd->bell);
	close_fd(&pd->epoll);
	close_fd(&pd->chan_fd);
	close_fd(&pd->page_fd);
	host_spawn_drop(pd);
}

static enum kcore_death how_died(const struct kcore_pd *pd, bool signaled)
{
	if (pd->crashed)
		return KCORE_CRASHED;
	/* kif announces an exit; what ends without that never ran. A signal
	 * that comes after it finds a PD that has ended for its parent. */
	if (pd->exiting)
		return KCORE_EXITED;
	return signaled ? KCORE_KILLED : KCORE_NOT_STARTED;
}

void host_pd_died(struct kcore_pd *pd, bool signaled, int code)
{
	uint32_t id;

	kmap_take(&host.by_pid, (uint32_t)pd->pid, &id);
	pd->pid = 0;
	pd->asked = false;
	if (pd->state == HOST_FREE) { /* destroyed before: nobody listens */
		pd_free(pd);
		return;
	}
	if (pd->ready) {
		ready_take(pd);
		kcore_pd_destroy(pd);
		host.ready_failed = true; /* a host that cannot fork, maybe */
		return;
	}
	pd_bury(pd);
	host.events->died(pd->ctx, how_died(pd, signaled),
	                  pd->crashed || pd->exiting ? pd->exit_code : code);
}

void kcore_pd_kill(struct kcore_pd *pd)
{
	if (pd->state != HOST_RUNNING)
		return;
	if (pd->pid > 0)
		kill(pd->pid, SIGKILL); /* our child, not yet reaped */
	else
		pd->killed = true; /* when the zygote tells its pid */
}

void kcore_pd_destroy(struct kcore_pd *pd)
{
	bool running = pd->pid > 0 || (pd->asked && !pd->spawn);

	if (pd->pid > 0)
		kill(pd->pid, SIGKILL);
	if (pd->state != HOST_DEAD)
		pd_bury(pd);
	if (pd->page)
		munmap(pd->page, sizeof(struct pd_page));
	if (pd->core)
		munmap(pd->core, KIF_PAGE);
	free(pd->end);
	free(pd->queue);
	pd->queue = NULL;
	pd->end = NULL;
	pd->nends = 0;
	pd->page = NULL;
	pd->core = NULL;
	pd->state = HOST_FREE;
	if (running)
		return; /* the id stays taken until the process is reaped */
	pd_free(pd);
}

void *kcore_pd_ctx(const struct kcore_pd *pd)
{
	return pd->ctx;
}

int kcore_pd_pid(const struct kcore_pd *pd)
{
	return pd->state == HOST_RUNNING ? pd->pid : 0;
}
