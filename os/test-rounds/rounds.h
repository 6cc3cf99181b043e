/* SPDX-License-Identifier: MIT */
/*
 * The same system in an embedded sandbox, round after round: made, waited for
 * or killed, and destroyed. After the first rounds the account of the component
 * must say exactly the same after each.
 */
#pragma once

#include <fief/heap.h>
#include <fief/timeout.h>
#include <init/sandbox.h>
#include <os/check.h>

/* What is in use. Heaps keep RAM for later, as much as it happens to be: what
 * counts of a heap is what it handed out. */
struct rounds_books {
	size_t heap;
	uint64_t ram; /* without that of the heap */
	uint64_t caps;
};

struct rounds {
	/* Set by the caller, all else is zero. */
	const char *text; /* borrowed: the configuration of the system */
	size_t len;
	unsigned count;   /* rounds */
	unsigned exits;   /* children that propagate their exit, with 0 */
	bool keep;        /* not destroyed, but emptied by a configuration */
	uint64_t kill_us; /* each other round ends before that, at no certain
	                   * time; 0: never. Needs a Timer session. */
	void (*done)(void);

	struct fief_env env; /* of the sandbox: it has a heap of its own */
	struct fief_heap heap;
	struct sandbox *sandbox;
	struct fief_signal_handler end, next; /* local */
	struct fief_timeouts timeouts;
	struct fief_timeout kill;
	unsigned round, exited;
	bool ending;
	struct rounds_books settled;
};

/* Begin; `done` follows when all rounds are over. */
void rounds_run(struct rounds *r);
