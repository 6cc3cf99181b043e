/* SPDX-License-Identifier: MIT */
/*
 * The wall clock of a component: an Rtc session that is asked once, and again
 * when somebody stepped the clock; in between the clock of kif runs as it does.
 */
#pragma once

#include <fief/session.h>

struct fief_wall_clock {
	struct fief_env *env; /* borrowed: outlives us */
	struct fief_session session;
	struct fief_signal_handler stepped_handler;
	int64_t since; /* wall time when kif's clock was 0, ns since 1970 */
	/* The clock was stepped. Set by the caller before; may be NULL. */
	void (*stepped)(struct fief_wall_clock *);
};

/* Errors: those of fief_session_open, UNSUPPORTED (there is no such clock). */
FIEF_MUST enum fief_err fief_wall_clock_open(struct fief_wall_clock *,
                                             struct fief_env *);

/* Nanoseconds since 1970. Asks nobody. */
int64_t fief_wall_clock_now(const struct fief_wall_clock *);

/* No effect on {0}. */
void fief_wall_clock_close(struct fief_wall_clock *);
