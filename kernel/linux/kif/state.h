/* SPDX-License-Identifier: MIT */
/*
 * Private state of one PD as its kif sees it. Everything here is memory of
 * the PD itself: no other component reads it, so it holds what must not be
 * believed from shared pages. The kif image has no writable data; the state
 * is reached through the thread block in GS. Core runs the same code with
 * state of its own and another `struct kif_backend`.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include <fief/kif.h>

#include "backend_ops.h"
#include "inbox.h"
#include "peer.h"
#include "table.h"
#include <kernel/linux/abi/channel.h>
#include <kernel/linux/abi/core.h>
#include <kernel/linux/abi/pd_page.h>

enum {
	KIF_HOT = 16, /* channels that an awake endpoint polls */
	KIF_THREADS = 64,
	KIF_RANGES = 64, /* pieces of free address space that are remembered */
};

struct krange {
	char *at;
	size_t len;
};

/* Thread block: GS base, and FS base of native threads (stack canary). */
struct kif_thread {
	struct kif_thread *self; /* %gs:0 */
	struct kif_pd *pd;       /* %gs:8 */
	void *local;
	void (*entry)(void *);
	void *arg;
	uint64_t canary; /* %fs:0x28 of libraries built with stack protector */
	_Atomic uint64_t call_nr;
	_Atomic uint64_t cancel_nr;   /* asked to be canceled last */
	struct ch_slot *_Atomic slot; /* where call_nr waits, or NULL */
	_Atomic uint32_t slot_seq;
	/* Futex word on which call_nr waits for a free slot, or NULL. */
	_Atomic uint32_t *_Atomic slot_wait;
	_Atomic uint32_t parked; /* futex word: 1 = an unpark is due */
	_Atomic uint32_t used;
	uint32_t number;
	char name[KIF_THREAD_NAME]; /* zeros behind it */
	char *altstack; /* for crash handlers; initial thread: by layout */
};

_Static_assert(offsetof(struct kif_thread, canary) == 0x28, "FS ABI");

enum kcap_kind { KCAP_FREE, KCAP_OWN, KCAP_FOREIGN };

/* An entry of the handle table; the handle is tag << 24 | index. */
struct kcap {
	uint32_t head; /* kind:2, tag:6, then own: kind of object:1, ep:7,
	                * generation bits 39..32; foreign: channel:24 */
	uint32_t word; /* own: generation bits 31..0; foreign: entry index */
	union {
		uint64_t badge; /* own */
		struct {
			uint32_t gen;
			uint32_t refs;
		};
	};
};

_Static_assert(sizeof(struct kcap) == 16, "handles are small");

struct ksignal {
	uint32_t own, ogen; /* as in kdeleg; own 0 = free */
	uint32_t seen;      /* core's counters are cumulative */
	uint32_t gen;       /* of what has the number now */
};

enum {
	KCHAN_BUSY = (1 << CH_SLOTS) - 1,
	KCHAN_RETIRED_SHIFT = CH_SLOTS,
	KCHAN_DEAD_SHIFT = 2 * CH_SLOTS,
};

enum kchan_dir { KCHAN_FREE, KCHAN_OUT, KCHAN_IN };

struct kchan {
	struct ch_page *page;
	struct kpeer *peer;
	uint32_t number;
	uint8_t dir;
	_Atomic uint8_t dead;
	_Atomic uint32_t life; /* raised when the number goes to another */
	uint8_t ep;            /* in: served by */
	uint8_t remote_ep;     /* out: endpoint of the peer */
	uint8_t hot;           /* in: position in the hot set + 1 */
	int bell;              /* out: eventfd */
	/* out: state of the client side */
	_Atomic uint32_t busy; /* slots in use:6, those retired (canceled,
	                        * reply outstanding):6, dead:1, life:19 */
	_Atomic uint32_t slot_waiters;
	uint32_t misses; /* spins in a row that were in vain */
	uint32_t release_head;
	struct ch_release *pending; /* releases that found no room */
	uint32_t npending, maxpending;
	/* in: state of the server side */
	uint32_t release_tail;
	uint64_t signals;       /* taken from the page, to report */
	struct ksignal *signal; /* CH_SIGNALS entries, or NULL */
	uint32_t seq[CH_SLOTS]; /* out: last used; in: last seen */
	/* in: serial of the request that waits for its reply, or 0 */
	uint32_t open[CH_SLOTS];
	uint32_t serial;           /* of the last one, also by earlier owners of
	                  * this number: their tokens are void */
	uint32_t parked[CH_SLOTS]; /* in: pd->intro_news when a call was
	                               * left waiting for an introduction */
	bool look;                 /* in: is in the endpoint's look list */
	struct kchan *look_next;
	bool backlog; /* in: is in the endpoint's backlog */
	struct kchan *backlog_next;
};

struct kif_ep {
	int epoll;
	int poke; /* eventfd, -1 until needed */
	_Atomic bool used;
	bool signals_only; /* calls stay queued for now */
	bool interrupted;  /* the backend did something: let core look */
	bool signaled;     /* the last event came from this PD or core */
	_Atomic bool asleep;
	uint32_t nhot, turn;
	struct kchan *hot[KIF_HOT];
	uint32_t served; /* events since the host was asked last */
	uint32_t idle_misses;
	uint32_t signal_seen; /* signal_seq of the PD page */
	struct kchan *backlog, *backlog_last;
	/* Channels to look at though nobody rang: an introduction came that
	 * one of their calls may wait for. Guarded by pd->lock. */
	struct kchan *_Atomic look;
	_Atomic uint32_t local; /* klocal entries that are pending */
	uint32_t deaths;        /* pd->deaths when it was pruned last */
};

/* A pending signal of this PD to an object of its own. */
struct klocal {
	uint32_t own, ogen;
	_Atomic uint32_t count;
	uint8_t ep;
};

struct kif_pd {
	const struct kif_backend *backend;
	struct pd_page *page; /* core: NULL */
	int sock;             /* core: -1 */
	int boot_fd;          /* the boot dataspace, for its sink page */
	int watch_fd;         /* inotify, of drivers; 0: none so far */
	uint32_t sock_taken;  /* messages ever read from it */
	_Atomic uint32_t lock;
	uint32_t cap_free;       /* index + 1 of the first free handle */
	struct ktable caps;      /* struct kcap */
	struct ktable chans;     /* struct kchan, by PD-local number */
	struct ktable peer;      /* struct kpeer * */
	struct kmap peer_place;  /* id + 1 -> index in `peer` */
	struct kpeer *peer_free; /* left by dead ones */
	struct kif_ep ep[KIF_EPS];
	struct ktable signal; /* struct ksignal: contexts that core holds */
	uint32_t signal_next; /* no free one below; from PDP_INTRODUCED on */
	uint32_t notice_tail;
	/* Releases that wait for a notice; the ring has a power of two. */
	struct krelease *release;
	uint32_t release_room, release_next, release_end;
	bool asked_more; /* core knows that there is room for notices */
	uint32_t window; /* capabilities accepted a message */
	_Atomic uint32_t
		intro_news; /* raised by each INTRO and REFUSED; not 0 */
	_Atomic uint32_t intro_last; /* number this PD chose last */
	uint32_t exports_paid, exports;
	uint64_t serial;          /* of the own object exported last */
	struct ktable local;      /* struct klocal */
	bool socket_ready;        /* the socket has something to read */
	bool threaded;            /* there were ever two threads */
	_Atomic uint32_t deaths;  /* of channels */
	char *grow_at, *grow_end; /* memory for tables */
	char *heap_at;            /* next address for more of it */
	size_t heap_ready;        /* bytes mapped there and not yet used */
	size_t heap_due;          /* bytes core charged and sent as `heap_fd` */
	uint32_t heap_fd;         /* number on the socket; 0: none due */
	char *arena_at;           /* next address for map without one */
	struct krange range[KIF_RANGES];
	unsigned nranges;
	struct kstash stash[KIF_STASH];
	/* Channels that arrived when there was no place yet, oldest first. */
	struct kheld held[KIF_HELD];
	uint32_t nheld;
	bool holding;
	uint32_t stashed_ds; /* entries with KIF_STASH_DS */
	uint32_t spin_ticks;
	bool rdpid;      /* the CPU has that instruction */
	fief_cap kernel; /* handle of the kernel object */
	_Atomic uint32_t seed_taken;
	int (*gettime)(long clock, void *timespec);
	/* Of guests; see <fief/kif_guest.h>. */
	void (*guest_entry)(void);
	bool (*guest_heal)(uint64_t address, bool write);
	struct kif_boot boot;
	struct kif_thread *thread[KIF_THREADS];
};

uint64_t kif_time(void);

static inline struct kif_thread *kif_self(void)
{
	struct kif_thread *t;

	__asm__("movq %%gs:0, %0" : "=r"(t));
	return t;
}

static inline struct kif_pd *kif_pd_self(void)
{
	struct kif_pd *pd;

	__asm__("movq %%gs:8, %0" : "=r"(pd));
	return pd;
}
