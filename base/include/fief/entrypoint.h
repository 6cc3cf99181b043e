/* SPDX-License-Identifier: MIT */
/*
 * The entrypoint: one thread that serves RPC objects and signal handlers, one
 * event at a time. All state of a component belongs to its entrypoint, so
 * that handlers need no lock. A handler that must wait for input calls
 * fief_entrypoint_wait_io: meanwhile only I/O-level signals are handled;
 * calls and application-level signals stay queued until it returns.
 */
#pragma once

#include <fief/rpc.h>

struct fief_entrypoint;

enum fief_signal_level {
	FIEF_SIGNAL_APPLICATION, /* may change configuration, open sessions */
	FIEF_SIGNAL_IO,          /* only moves data and wakes waiters */
};

struct fief_signal_handler {
	void (*handle)(struct fief_signal_handler *self, unsigned count);
	struct fief_entrypoint *ep;       /* borrowed; NULL until managed */
	struct fief_signal_handler *next; /* deferred list of `ep` */
	fief_cap cap;                     /* owned: hand this out */
	unsigned pending;                 /* deferred or local submissions */
	enum fief_signal_level level;
};

/* Bind an object to `ep`: afterwards obj->cap can be given to clients.
 * Costs one capability of the PD. Errors: OUT_OF_CAPS, OUT_OF_RAM. */
FIEF_MUST enum fief_err fief_entrypoint_manage(struct fief_entrypoint *ep,
                                               struct fief_rpc_obj *obj);

/* Revoke the object; no operation of it runs afterwards. No effect on an
 * object that is not managed. Called from the entrypoint's own thread. */
void fief_entrypoint_dissolve(struct fief_entrypoint *ep,
                              struct fief_rpc_obj *obj);

/* The same for a signal handler; `handle` and `level` are set by the caller
 * before, all else is zero. */
FIEF_MUST enum fief_err fief_signal_manage(struct fief_entrypoint *ep,
                                           struct fief_signal_handler *h);
void fief_signal_dissolve(struct fief_entrypoint *ep,
                          struct fief_signal_handler *h);

/* Let the handler be one for local submissions only, which needs no capability.
 * It is dissolved as others are. */
void fief_signal_local(struct fief_entrypoint *ep,
                       struct fief_signal_handler *h);

/* Run the handler soon from the entrypoint's loop, without recursion. To be
 * called from the entrypoint's own thread. */
void fief_signal_local_submit(struct fief_signal_handler *h);

/* Token of the request being handled, for an operation that returns
 * FIEF_LATE and answers with the generated NAME_reply function. */
fief_reply fief_entrypoint_token(struct fief_entrypoint *ep);

/* Handle one I/O-level signal, blocking for it if none is pending. */
void fief_entrypoint_wait_io(struct fief_entrypoint *ep);

/*
 * Have `ring(arg)` run once, from the loop, when kif's clock has passed
 * `at_ns`; FIEF_NEVER: not any more. One an entrypoint: it is for those who
 * must not depend on a Timer session, as init; all others use <fief/timeout.h>.
 */
void fief_entrypoint_alarm(struct fief_entrypoint *ep, uint64_t at_ns,
                           void (*ring)(void *), void *arg);

/* Called after each batch of I/O-level signals; NULL for none. */
void fief_entrypoint_on_io(struct fief_entrypoint *ep, void (*hook)(void *),
                           void *arg);
