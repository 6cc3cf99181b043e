/* SPDX-License-Identifier: MIT */
/*
 * Timeouts: any number of them over one Timer session. They run on the
 * component's entrypoint in the order of their deadlines, and of their setting
 * where these are equal. Nothing wakes up while none is set. All functions are
 * for the entrypoint's own thread.
 */
#pragma once

#include <fief/session.h>
#include <lib/tree.h>

enum {
	/* A period that is shorter counts as this; keeps a component from
	 * doing nothing else. */
	FIEF_TIMEOUT_PERIOD_MIN_US = 100,
};

struct fief_timeouts {
	struct fief_env *env; /* borrowed: outlives us */
	struct fief_session session;
	struct fief_signal_handler handler;
	struct tree queue;      /* borrowed: by deadline */
	uint64_t order;         /* of setting */
	uint64_t programmed_ns; /* what the session waits for; or FIEF_NEVER */
	bool running;           /* handlers run: program once, afterwards */
};

/* One timeout. Zero but for `handle`; it stays where it is while set. */
struct fief_timeout {
	/* `late_ns`: by how much the deadline was missed. May set, cancel or
	 * free any timeout, this one included. */
	void (*handle)(struct fief_timeout *self, uint64_t late_ns);
	struct tree_elem due;
	uint64_t deadline_ns; /* clock of kif `time` */
	uint64_t period_ns;   /* 0: once */
	uint64_t order;
};

/* Open the Timer session. Errors: those of fief_session_open. */
FIEF_MUST enum fief_err fief_timeouts_open(struct fief_timeouts *ts,
                                           struct fief_env *env);

/* All timeouts are canceled. No effect on {0}. */
void fief_timeouts_close(struct fief_timeouts *ts);

/* Run `t` at that time, or after `us` microseconds; never earlier. One that is
 * set already is set anew. */
void fief_timeout_at(struct fief_timeouts *ts, struct fief_timeout *t,
                     uint64_t deadline_ns);
void fief_timeout_once(struct fief_timeouts *ts, struct fief_timeout *t,
                       uint64_t us);

/* Run `t` at each multiple of the period from now on. Runs that were missed
 * are left out; the phase is kept. */
void fief_timeout_periodic(struct fief_timeouts *ts, struct fief_timeout *t,
                           uint64_t us);

/* No effect on one that is not set. */
void fief_timeout_cancel(struct fief_timeouts *ts, struct fief_timeout *t);

static inline bool fief_timeout_set(const struct fief_timeout *t)
{
	return tree_linked(&t->due);
}
