/* SPDX-License-Identifier: MIT */
/*
 * Layout of a channel: one page shared by exactly one client PD, one
 * entrypoint of a server PD, and core (invariant I1). Each side treats the
 * words of the other as hostile: they are read once, copied, then checked.
 *
 * A slot belongs to one client thread while its call is outstanding. Words:
 *   req   client: number of the call, 1, 2, ... modulo 2^28
 *   rep   futex word: number of the last call that ended, shifted by
 *         CH_REP_SHIFT, with flags. CH_CANCEL says that the client left the
 *         call rep+1; CH_DEAD that the server is gone. Only the server
 *         advances the number, or core, when it refused an introduction:
 *         then CH_ERR_MASK says why and there is no message. A slot is not
 *         reused before that (invariant I7).
 *   wait  client: it sleeps on `rep`
 * tests/model proves the protocol; the fences are named in call.c and serve.c.
 */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

#include <fief/kif.h>

enum {
	CH_SLOTS = 6,
	CH_SIGNALS = 64,
	CH_INTRODUCED = 32, /* from here on: signals that core introduces */
	CH_RELEASES = 16,
	CH_REP_SHIFT = 4,
	CH_DEAD = 1,
	CH_CANCEL = 2,
	CH_ERR_SHIFT = 2,
	CH_ERR_MASK = 3 << CH_ERR_SHIFT,
	CH_SEQ_MASK = 0x0fffffff,
};

/* Why core ended a call in place of the server; in the bits CH_ERR_MASK. */
enum ch_err { CH_ERR_NONE, CH_ERR_GONE, CH_ERR_LIMIT, CH_ERR_INVALID };

/*
 * How a capability travels in a message: an entry in the table that its owner
 * keeps for the other PD of the channel, so that it means nothing elsewhere.
 */
enum ch_cap_kind {
	CH_CAP_NULL,
	CH_CAP_YOURS, /* entry in the table of the receiver for the sender */
	CH_CAP_MINE,  /* entry in the table of the sender for the receiver */
	CH_CAP_INTRO, /* number (`gen`, the sender's choice) of an introduction
	               * that core announces, maybe after the message */
};

struct ch_cap {
	uint32_t word; /* kind << 28 | endpoint of a MINE << 24 | index */
	uint32_t gen;
};

enum { CH_INDEX_MASK = 0x00ffffff, CH_KIND_SHIFT = 28, CH_EP_SHIFT = 24 };

/* In place of an index: `gen` is the number of a grant that core announced. */
#define CH_INDEX_GRANT 0x00800000u
/* Set in an index: the entry is a signal context. */
#define CH_INDEX_SIGNAL 0x00400000u

struct ch_slot {
	_Atomic uint32_t req;
	uint32_t target; /* index of the object called */
	uint32_t gen;    /* its generation */
	uint32_t label;
	uint32_t meta; /* len | ncaps << 16 */
	_Atomic uint32_t rep;
	_Atomic uint32_t wait;
	uint32_t unused;
	uint64_t data[KIF_DATA_MAX / 8];
	struct ch_cap cap[KIF_CAPS_MAX];
};

/* "I no longer hold entry `index`, `gen`." */
struct ch_release {
	uint32_t index;
	uint32_t gen;
};

struct ch_page {
	struct {
		_Atomic uint32_t polled; /* server is awake and looks here */
		_Atomic uint32_t cpu; /* where it ran last, + 1; 0: nowhere */
		/* Bit n: the client gave back signal number CH_INTRODUCED + n;
		 * core takes the bits when it needs a number. */
		_Atomic uint32_t freed;
		uint32_t unused[13];
	} server;
	struct {
		_Atomic uint32_t cpu;          /* the same */
		_Atomic uint32_t release_head; /* entries ever written */
		_Atomic uint32_t notice_tail;  /* core channel only */
		_Atomic uint32_t bell_ack;     /* core channel only */
		_Atomic uint64_t signals;      /* bit n: count[n] is not 0 */
		uint32_t unused[8];
		_Atomic uint32_t release_tail; /* server: entries taken */
		uint32_t unused2;
	} client;
	_Atomic uint32_t signal_count[CH_SIGNALS];
	struct ch_release release[CH_RELEASES];
	uint32_t unused[32];
	struct ch_slot slot[CH_SLOTS];
};

_Static_assert(sizeof(struct ch_slot) == 576, "slot is nine cache lines");
_Static_assert(sizeof(struct ch_page) == KIF_PAGE, "channel is one page");
_Static_assert(offsetof(struct ch_page, slot) == 640, "slots are aligned");

static inline uint32_t ch_rep_seq(uint32_t rep)
{
	return rep >> CH_REP_SHIFT;
}

static inline uint32_t ch_seq_next(uint32_t seq)
{
	return (seq + 1) & CH_SEQ_MASK;
}
