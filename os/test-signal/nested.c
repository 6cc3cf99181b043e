/* SPDX-License-Identifier: MIT */
/* Signals while a handler waits for input: only those of I/O level come. */

#include "test.h"

enum { ROUNDS = 20000 };

static struct {
	struct counter io;
	struct fief_signal_handler first, second; /* application level */
	struct fief_signal_handler stress;
	struct sender sender;
	void (*done)(void);
	uint64_t stressed, waits;
	bool waiting;
} n;

/* ---- 7: one handler waits, another one's signal is deferred ---- */

static void on_first(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	CHECK(count == 1);
	n.waiting = true;
	fief_kif->signal(n.second.cap);
	fief_kif->signal(n.io.handler.cap);
	counter_wait(&n.io, 1);
	/* That one may have come before; it must not have been handled. */
	fief_kif->signal(n.io.handler.cap);
	counter_wait(&n.io, 2);
	n.waiting = false;
	fief_log("7: nested I/O: input came while a handler waited");
}

/* ---- 8: the same under a sender of both kinds ---- */

static void on_stress(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	CHECK(!n.waiting);
	n.stressed += count;
	if (n.io.received < ROUNDS) {
		n.waiting = true;
		fief_entrypoint_wait_io(check_env->ep);
		n.waiting = false;
		n.waits++;
	}
	if (n.stressed < ROUNDS)
		return;
	CHECK(n.stressed == ROUNDS);
	counter_wait(&n.io, ROUNDS);
	CHECK(n.waits > 0);
	CHECK_OK(fief_worker_wait(&n.sender.worker, FIEF_NEVER));
	fief_log("8: nested stress: %d of each level, all received", ROUNDS);
	n.done();
}

static void on_second(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	CHECK(count == 1 && !n.waiting);
	fief_log("7: nested I/O: the deferred signal came afterwards");
	n.io.received = 0;
	n.sender.target[0] = n.stress.cap;
	n.sender.target[1] = n.io.handler.cap;
	n.sender.targets = 2;
	n.sender.count = ROUNDS;
	sender_start(&n.sender);
}

void nested_start(void (*done)(void))
{
	n.done = done;
	counter_init(&n.io);
	n.first.handle = on_first;
	n.second.handle = on_second;
	n.stress.handle = on_stress;
	CHECK_OK(fief_signal_manage(check_env->ep, &n.first));
	CHECK_OK(fief_signal_manage(check_env->ep, &n.second));
	CHECK_OK(fief_signal_manage(check_env->ep, &n.stress));
	fief_kif->signal(n.first.cap);
}
