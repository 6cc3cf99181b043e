/* SPDX-License-Identifier: MIT */
/*
 * Threads beside the initial one. A component's state belongs to its
 * entrypoint; a further thread takes its orders and gives its results by
 * signal, semaphore, blockade or ring, and says so in its own documentation.
 *
 * A thread cannot be ended from outside. Its stack is not reused: kif does not
 * tell when a thread has left it for good.
 */
#pragma once

#include <fief/attached.h>
#include <fief/blockade.h>

enum { FIEF_THREAD_STACK = 32768 };

struct fief_worker {
	const char *name; /* borrowed, for messages; set by the caller */
	/* What the thread does; set by the caller. */
	void (*run)(struct fief_worker *self);
	fief_thread thread;
	struct fief_attached_ram stack; /* owned */
	struct fief_blockade ended;
};

/*
 * Start a thread; `name` and `run` are set, all else is zero. `w` lives as
 * long as the PD. Errors: LIMIT (threads of the PD), OUT_OF_RAM, OUT_OF_CAPS.
 */
FIEF_MUST enum fief_err fief_worker_start(struct fief_worker *w,
                                          struct fief_ram *ram,
                                          size_t stack_bytes);

/* Wait until `run` returned; by one thread, once. `deadline` is absolute.
 * Error: CANCELED (reached). */
FIEF_MUST enum fief_err fief_worker_wait(struct fief_worker *w,
                                         uint64_t deadline);
