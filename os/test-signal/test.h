/* SPDX-License-Identifier: MIT */
/* What the sub tests share. */
#pragma once

#include <fief/kif_table.h>
#include <fief/thread.h>
#include <lib/mem.h>
#include <os/check.h>

/* Counts what it receives. */
struct counter {
	struct fief_signal_handler handler;
	uint64_t received, calls;
};

/* Make it, with I/O level. */
void counter_init(struct counter *c);

/* Wait until it received that many in all. */
void counter_wait(const struct counter *c, uint64_t sent);

/* A thread that submits signals to targets in turn. */
struct sender {
	struct fief_worker worker;
	fief_cap target[4];
	unsigned targets;
	uint64_t count; /* to each */
};

void sender_start(struct sender *s);

/* The nested tests run from the entrypoint's loop; `done` follows. */
void nested_start(void (*done)(void));
