/* SPDX-License-Identifier: MIT */
/*
 * The pages through which core speaks to one PD. Core writes it, the PD has a
 * read-only mapping of it (its memfd is sealed against further writable
 * mappings). It carries an ordered ring of notices, one counter for each
 * signal context that core holds of this PD, and constants.
 *
 * The PD acknowledges notices in the client line of its core channel
 * (notice_tail). Doorbell: core raises `bell`, then writes the PD's eventfd
 * unless an earlier ring is still unacknowledged (bell_ack).
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include <fief/kif.h>

enum {
	PDP_NOTICES = 64,    /* power of two */
	PDP_SIGNALS = 32768, /* contexts of this PD that core can hold */
	PDP_INTRODUCED = 64, /* the first ones: those core introduces */
};

enum pdp_notice_kind {
	PDP_DEAD = 1, /* the peer of channel `chan` is gone */
	PDP_GRANT,    /* peer `peer` may use what entry `index`, `gen` given to
	               * peer `peer2` names, by the name `number` */
	PDP_RELEASE,  /* core no longer holds entry `index`, `gen` */
	PDP_REFUSED,  /* an introduction that peer `peer` asked for */
	PDP_INTRO,    /* introduction `number` by peer `peer`: the grant `gen`
	               * or entry `index`, `gen` of out-channel `chan` */
};

struct pdp_notice {
	uint32_t kind;
	uint32_t chan; /* PD-local channel number */
	uint32_t peer;
	uint32_t peer2;
	uint32_t index;
	uint32_t gen;
	uint32_t number;
	uint32_t unused;
};

_Static_assert(sizeof(struct pdp_notice) == 32, "notices fill half lines");

/* How the PD names a capability that it starts with. */
struct pdp_cap {
	uint32_t chan, index, gen, present;
};

/* What the PD starts with. */
struct pdp_start {
	_Atomic uint32_t started; /* futex word: the rest is valid */
	uint32_t binary;          /* number of its SOCK_FD message */
	uint64_t binary_size;
	struct pdp_cap kernel;
	struct pdp_cap cap[KIF_BOOT_CAPS];
};

struct pd_page {
	_Atomic uint32_t notice_head; /* notices ever written */
	_Atomic uint32_t bell;
	_Atomic uint32_t signal_seq; /* raised after each counter */
	_Atomic uint32_t more;       /* core has queued notices: ring it when
	                              * the tail moved */
	_Atomic uint32_t sock_sent;  /* messages ever sent on the socket, so
	                              * that the PD reads no more than those */
	uint32_t spin_ticks;         /* budget of one spin, TSC ticks */
	uint32_t rdpid;              /* the CPU has that instruction */
	_Atomic uint32_t notice_end; /* notices ever made, in the ring or not;
	                              * stored before anybody learns of what a
	                              * notice is about */
	uint32_t unused[8];
	struct pdp_notice notice[PDP_NOTICES];
	struct pdp_start start;
	uint32_t unused2[(KIF_PAGE - 64 - PDP_NOTICES * 32 -
	                  sizeof(struct pdp_start)) /
	                 4];
	/* From the second page on; pages exist once they are written. */
	_Atomic uint32_t signal_count[PDP_SIGNALS];
};

_Static_assert(offsetof(struct pd_page, signal_count) == KIF_PAGE,
               "counters start a page");
