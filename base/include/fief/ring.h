/* SPDX-License-Identifier: MIT */
/*
 * Asynchronous capability ring: many calls on the objects of one session at
 * the price of few switches. The client fills in submissions of 64 bytes and
 * flushes them with one doorbell; the server answers each by a completion of
 * 32 bytes, in any order, and rings once a batch. A library on dataspace and
 * signal; the kernel has no part in it.
 *
 * A submission names an object by a number that means something only in this
 * session, as agreed by its interface: there is nothing to forge or borrow.
 * Capabilities themselves travel by calls.
 *
 * The peer is hostile, as in <fief/shared_queue.h>: entries are copied before
 * they are looked at, positions are validated, and a ring whose peer breaks
 * the protocol says INVALID for good.
 */
#pragma once

#include <fief/attached.h>
#include <fief/shared_queue.h>

enum { FIEF_RING_MAX = 4096 }; /* submissions in a ring */

struct fief_submission {
	uint32_t op;     /* method of the session's interface */
	uint32_t object; /* number of an object in this session */
	uint64_t cookie; /* the client's own; comes back unchanged */
	uint64_t arg[6];
};

struct fief_completion {
	uint64_t cookie;
	uint32_t status; /* enum fief_err */
	uint32_t flags;  /* of the session's interface */
	uint64_t result[2];
};

struct fief_ring {
	struct fief_queue submissions;
	struct fief_queue completions;
	uint32_t open; /* submitted and not completed, as this side counts */
	fief_cap peer; /* borrowed: signal that wakes the other side */
};

/* Bytes of the dataspace for `entries` (a power of two up to FIEF_RING_MAX);
 * 0 if out of range. */
size_t fief_ring_bytes(uint32_t entries);

/*
 * Use a zeroed dataspace, mapped at `at` with `bytes`, as ring; both sides with
 * the same `entries`. `peer` is the other side's signal. INVALID if it is too
 * small, or `entries` out of range.
 */
FIEF_MUST enum fief_err fief_ring_init(struct fief_ring *r, void *at,
                                       size_t bytes, uint32_t entries,
                                       fief_cap peer);

/* ---- client ---- */

/* Errors: AGAIN (as many are open as the ring holds), INVALID (broken). */
FIEF_MUST enum fief_err fief_ring_submit(struct fief_ring *r,
                                         const struct fief_submission *s);

/* Next completion. Errors: AGAIN (none), INVALID (broken). */
FIEF_MUST enum fief_err fief_ring_complete(struct fief_ring *r,
                                           struct fief_completion *c);

/* Show what was submitted, and ring once if the server sleeps. */
void fief_ring_client_flush(struct fief_ring *r);

/* Call `awake` first after a doorbell, and `sleep` before waiting for the
 * next; false: there is something already, go on without waiting. */
void fief_ring_client_awake(struct fief_ring *r);
FIEF_MUST bool fief_ring_client_sleep(struct fief_ring *r);

/* ---- server ---- */

/*
 * Next submission. Errors: AGAIN (none, or the client does not collect its
 * completions), INVALID (broken: close the session). Take at most as many in a
 * row as the ring holds, then give other clients their turn.
 */
FIEF_MUST enum fief_err fief_ring_take(struct fief_ring *r,
                                       struct fief_submission *s);

/* Answer a submission that was taken, once; always fits. Error: INVALID
 * (broken, or nothing is open). */
FIEF_MUST enum fief_err fief_ring_answer(struct fief_ring *r,
                                         const struct fief_completion *c);

void fief_ring_server_flush(struct fief_ring *r);
void fief_ring_server_awake(struct fief_ring *r);
FIEF_MUST bool fief_ring_server_sleep(struct fief_ring *r);
