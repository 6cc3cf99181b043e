/* SPDX-License-Identifier: MIT */
/*
 * First code of a new component process: map what core sent, set up the PD's
 * state in the boot dataspace, wait for what is to run, load the image, enter
 * it on its own stack. Core has processes made ahead, which wait here; the wait
 * ends with core at the latest, because the host then ends the process.
 * Runs before any code of the component, inside the sandbox already.
 */

#include "start.h"

#include "backend.h"
#include "call.h"
#include "caps.h"
#include "chan.h"
#include "guest.h"
#include "host.h"
#include "image.h"
#include "loader.h"
#include "lock.h"
#include "mem.h"
#include "serve.h"
#include "sys.h"
#include "thread.h"
#include <kernel/linux/abi/layout.h>

enum { PROT_R = 1, PROT_RW = 3, SHARED_FIXED = 0x11, POPULATE = 0x8000 };

/* The state part of the boot dataspace, from its start. */
struct boot_state {
	struct kif_thread thread; /* address known to the zygote: FS, GS */
	struct kif_pd pd;
	char altstack[START_ALTSTACK_SIZE] FIEF_ALIGNED(START_ALTSTACK);
	char tables[] FIEF_ALIGNED(64);
};

_Static_assert(offsetof(struct boot_state, altstack) == START_ALTSTACK,
               "the zygote knows it");
_Static_assert(sizeof(struct boot_state) <= LAYOUT_BOOT_STATE / 2,
               "room for the first tables");

static struct boot_state *state(void)
{
	return (struct boot_state *)LAYOUT_STATE;
}

FIEF_NORETURN static void start_fail(int why)
{
	for (;;)
		sys_call3(__NR_exit_group, why, 0, 0);
}

static void map_fixed(uint64_t at, size_t len, int prot, int fd)
{
	if (sys_mmap((void *)at, len, prot, SHARED_FIXED, fd, 0) != (long)at)
		start_fail(121);
}

static void start_map(const int fd[SPAWN_FDS])
{
	map_fixed(LAYOUT_STATE, LAYOUT_BOOT_STATE + LAYOUT_BOOT_STACK, PROT_RW,
	          fd[SPAWN_BOOT]);
	map_fixed(LAYOUT_PD_PAGE, sizeof(struct pd_page), PROT_R,
	          fd[SPAWN_PD_PAGE]);
	map_fixed(LAYOUT_CHANNELS + CORE_CHANNEL * KIF_PAGE, KIF_PAGE, PROT_RW,
	          fd[SPAWN_CHANNEL]);
	sys_close(fd[SPAWN_PD_PAGE]);
	sys_close(fd[SPAWN_CHANNEL]);
}

static void start_core_channel(struct kif_pd *pd, int bell)
{
	struct kchan_new n = {
		.number = CORE_CHANNEL,
		.peer = CORE_PEER,
		.page = (struct ch_page *)LAYOUT_CHANNELS,
		.bell = bell,
	};

	if (kchan_add_locked(pd, &n))
		start_fail(122);
}

static fief_cap start_cap(struct kif_pd *pd, const struct pdp_cap *s)
{
	fief_cap cap = FIEF_CAP_NULL;

	if (s->present &&
	    kcap_foreign_locked(pd, s->chan, s->index, s->gen, &cap))
		start_fail(122);
	return cap;
}

/* Core's death ends us from the moment on when the zygote's child has asked the
 * host for that. Of a death before that the socket tells, whose messages, the
 * binary among them, are taken first: they would look like life. */
static void core_lives(struct kif_pd *pd)
{
	if (!kif_refresh_locked(pd) || !kif_core_alive(pd))
		start_fail(0);
}

static void start_pd(struct kif_pd *pd, const int fd[SPAWN_FDS])
{
	pd->backend = &kif_component_backend;
	pd->page = (struct pd_page *)LAYOUT_PD_PAGE;
	pd->sock = fd[SPAWN_SOCK];
	pd->boot_fd = fd[SPAWN_BOOT];
	pd->window = KIF_CAPS_MAX;
	pd->intro_news = 1;
	pd->spin_ticks = pd->page->spin_ticks;
	pd->rdpid = pd->page->rdpid;
	pd->grow_at = state()->tables;
	pd->grow_end = (char *)LAYOUT_STATE + LAYOUT_BOOT_STATE;
	pd->heap_at = (char *)LAYOUT_HEAP;
	pd->arena_at = (char *)LAYOUT_ARENA;
	pd->thread[0] = &state()->thread;
	pd->ep[0] = (struct kif_ep){ .epoll = fd[SPAWN_EPOLL],
		                     .poke = fd[SPAWN_WAKE],
		                     .used = true };
	start_core_channel(pd, fd[SPAWN_BELL]);
	pd->boot.kif = &kif_image_table;
	core_lives(pd);
	if (kif_ep_watch(&pd->ep[0], pd->sock,
	                 (uint64_t)KIF_TAG_SOCKET << 32) ||
	    kif_ep_watch(&pd->ep[0], pd->ep[0].poke,
	                 (uint64_t)KIF_TAG_POKE << 32))
		start_fail(122);
}

/* Wait for what core has decided, and take it. Returns the binary. */
static int start_receive(struct kif_pd *pd)
{
	const struct pdp_start *s = &pd->page->start;
	int fd[SOCK_FDS];

	while (!atomic_load(&s->started))
		kif_futex_wait(&s->started, 0, FIEF_NEVER);
	if (!kif_refresh_locked(pd))
		start_fail(0);
	pd->kernel = start_cap(pd, &s->kernel);
	for (unsigned i = 0; i < KIF_BOOT_CAPS; i++)
		pd->boot.cap[i] = start_cap(pd, &s->cap[i]);
	if (kif_take_fds_locked(pd, s->binary, fd))
		start_fail(122);
	return fd[0];
}

/* Enter the component on the boot dataspace's stack; it may not return. */
FIEF_NORETURN static void start_enter(kif_entry entry,
                                      const struct kif_boot *boot)
{
	uint64_t top = LAYOUT_STATE + LAYOUT_BOOT_SEED;

	__asm__ volatile("mov %0, %%rsp\n\t"
	                 "xor %%ebp, %%ebp\n\t"
	                 "call *%1\n\t"
	                 "ud2"
	                 :
	                 : "r"(top), "r"(entry), "D"(boot)
	                 : "memory");
	__builtin_unreachable();
}

void kif_start(const int fd[SPAWN_FDS], int (*gettime)(long, void *),
               enum host_class class)
{
	struct kif_pd *pd = &state()->pd;
	struct kif_thread *t = &state()->thread;
	kif_entry entry;
	enum fief_err e;
	int binary;

	start_map(fd);
	t->self = t;
	t->pd = pd;
	t->canary = kif_ticks() << 8; /* zero byte stops string copies */
	t->used = 1;
	pd->gettime = gettime;
	start_pd(pd, fd);
	pd->boot.host = kif_host_of(class);
	pd->boot.guest = kif_guest_of(class);
	binary = start_receive(pd);
	e = kif_load(pd, binary, pd->page->start.binary_size, fd[SPAWN_BOOT],
	             &entry);
	sys_close(binary);
	if (e)
		start_fail(e == FIEF_INVALID ? 126 : 123);
	start_enter(entry, &pd->boot);
}
