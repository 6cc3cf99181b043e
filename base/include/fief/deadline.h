/* SPDX-License-Identifier: MIT */
/*
 * Deadlines for calls. A call itself has none; where a server is not trusted
 * to answer, the caller arms a deadline around one or several calls, and a
 * watchdog thread of the PD cancels them when it has come: they fail with
 * CANCELED, at once if they are made later. Costs nothing where it is not
 * used; the watchdog is started by the first use and sleeps while nothing is
 * armed.
 *
 *	e = fief_deadline_arm(&d, fief_kif->time() + 50 * 1000000);
 *	if (!e) {
 *		e = rom_update(rom, &fits);
 *		fief_deadline_disarm(&d);
 *	}
 *
 * The server may still carry a canceled call out. A scope is meant for few
 * calls: beyond FIEF_DEADLINE_CALLS it cannot tell their numbers.
 */
#pragma once

#include <fief/kif.h>
#include <lib/list.h>

enum { FIEF_DEADLINE_CALLS = 1 << 20 };

struct fief_deadline {
	struct list_elem elem; /* armed ones; guarded by the watchdog */
	uint64_t at;           /* ns, clock of kif `time` */
	uint64_t call_nr;      /* last call before the scope */
	uint64_t reach;        /* calls behind it that were canceled so far */
	fief_thread thread;
};

/*
 * From now until disarm, end each call of this thread that is waiting at
 * `at_ns` or later. Scopes may be nested; the earliest counts. `d` stays where
 * it is meanwhile. Errors: LIMIT, OUT_OF_RAM (no watchdog thread).
 */
FIEF_MUST enum fief_err fief_deadline_arm(struct fief_deadline *d,
                                          uint64_t at_ns);

/* End the scope, by the same thread. No call after it is canceled. Returns
 * whether the deadline came. No effect on one that is not armed. */
bool fief_deadline_disarm(struct fief_deadline *d);
