/* SPDX-License-Identifier: MIT */
/* How an entrypoint is made and run; components only need <fief/entrypoint.h>,
 * their initial entrypoint is run for them. */
#pragma once

#include <fief/entrypoint.h>

struct fief_entrypoint {
	fief_ep ep;
	struct kif_msg msg[2];
	unsigned turn;    /* which of them is sent or received next */
	bool reply_due;   /* msg[turn] answers `token` with the next wait */
	fief_reply token; /* of the request being handled */
	bool in_io_wait;  /* a handler waits for input */
	struct fief_signal_handler *deferred; /* pending, oldest first */
	unsigned passed;                      /* events that went before them */
	void (*on_io)(void *);
	void *on_io_arg;
	uint64_t alarm_at; /* FIEF_NEVER: none */
	void (*alarm)(void *);
	void *alarm_arg;
};

void fief_entrypoint_init(struct fief_entrypoint *e, fief_ep ep);

/* Handle events for ever. */
FIEF_NORETURN void fief_entrypoint_run(struct fief_entrypoint *e);

/* Handle at most one event. False when none came until `deadline`. */
bool fief_entrypoint_step(struct fief_entrypoint *e, uint64_t deadline);
