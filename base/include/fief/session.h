/* SPDX-License-Identifier: MIT */
/*
 * Opening sessions. A session is requested from the parent, which decides by
 * its configuration who serves it, or refuses. Failure is an answer, never a
 * hang: DENIED (policy), INSUFFICIENT_* after the donation was raised
 * FIEF_SESSION_TRIES times, OUT_OF_* (this component cannot pay), CANCELED
 * (deadline).
 */
#pragma once

#include <fief/component.h>

enum { FIEF_SESSION_TRIES = 8 };

struct fief_session_args {
	const char *service; /* for example ROM_SERVICE */
	const char *label;   /* what is wanted; NULL: nothing in particular */
	const char *args;    /* service-specific text; NULL: none */
	uint64_t ram;        /* donation, for example ROM_RAM_QUOTA */
	uint32_t caps;       /* donation, for example ROM_CAP_QUOTA */
	bool movable;        /* fief_session_renew is called when that is due */
};

struct fief_session {
	fief_cap cap; /* owned; wrap it in the type of the interface */
	uint32_t id;  /* 0: not open */

	/* Donated for it so far. */
	uint32_t caps;
	uint64_t ram;
};

/* Blocks until the server answered. */
FIEF_MUST enum fief_err fief_session_open(struct fief_env *,
                                          const struct fief_session_args *,
                                          struct fief_session *out);

/* The same, but CANCELED when there is no answer until `at_ns` (absolute); a
 * session that comes later is closed. Other errors: LIMIT, OUT_OF_RAM (no
 * watchdog thread, see <fief/deadline.h>). */
FIEF_MUST enum fief_err
fief_session_open_until(struct fief_env *, const struct fief_session_args *,
                        uint64_t at_ns, struct fief_session *out);

/* Donate more, for example after the server answered OUT_OF_RAM. */
FIEF_MUST enum fief_err fief_session_upgrade(struct fief_env *,
                                             struct fief_session *,
                                             uint64_t ram, uint32_t caps);

/* Of a movable session, when the handler of fief_session_sigh runs: it may be
 * at another server, and then has another capability. Errors: NOT_FOUND, GONE
 * (its server ended), those of the transport; `*s` stays as it is. */
FIEF_MUST enum fief_err fief_session_renew(struct fief_env *,
                                           struct fief_session *s);

/* Have a signal submitted when sessions may have moved. One handler serves a
 * component. */
FIEF_MUST enum fief_err fief_session_sigh(struct fief_env *,
                                          struct fief_signal_handler *);

/* The donation comes back. No effect on a closed or zero session. */
void fief_session_close(struct fief_env *, struct fief_session *);
