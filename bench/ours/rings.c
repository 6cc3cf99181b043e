/* SPDX-License-Identifier: MIT */
/* The asynchronous ring at several batch sizes. */

#include <fief/entrypoint_loop.h>
#include <fief/ring.h>

#include "bench_client.h"

enum { ENTRIES = 128 };

static struct {
	struct fief_ring ring;
	struct fief_signal_handler completed;
	unsigned signals;
} state;

static void on_completed(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	state.signals += count;
}

static enum fief_err collect(struct bench *b, unsigned n)
{
	struct fief_completion c;
	enum fief_err e;

	while (n) {
		fief_ring_client_awake(&state.ring);
		while (n && !(e = fief_ring_complete(&state.ring, &c)))
			n--;
		if (n && e != FIEF_AGAIN)
			return e;
		if (n && fief_ring_client_sleep(&state.ring))
			fief_entrypoint_step(b->env->ep, FIEF_NEVER);
	}
	return FIEF_OK;
}

static enum fief_err ring_batch(struct bench *b, unsigned batch)
{
	struct fief_submission s = { .op = 1 };
	enum fief_err e = FIEF_OK;

	for (unsigned i = 0; i < batch && !e; i++) {
		s.cookie = i;
		e = fief_ring_submit(&state.ring, &s);
	}
	if (e)
		return e;
	fief_ring_client_flush(&state.ring);
	return collect(b, batch);
}

void bench_group_ring(struct bench *b)
{
	const size_t bytes = fief_ring_bytes(ENTRIES);
	struct signal_cap server;
	enum fief_err e;
	fief_cap ds;
	void *at;

	state.completed.handle = on_completed;
	e = fief_signal_manage(b->env->ep, &state.completed);
	if (!e)
		e = fief_ram_alloc(b->env->ram, bytes, &at, &ds);
	if (!e) /* before the server uses it */
		e = fief_ring_init(&state.ring, at, bytes, ENTRIES,
		                   FIEF_CAP_NULL);
	if (!e)
		e = bench_ring(b->server, (struct dataspace_cap){ ds }, ENTRIES,
		               (struct signal_cap){ state.completed.cap },
		               &server);
	if (e)
		bench_fail(b, "ring", e);
	state.ring.peer = server.cap;
	bench_run(b, "ring_1", ring_batch, 1);
	bench_run(b, "ring_8", ring_batch, 8);
	bench_run(b, "ring_32", ring_batch, 32);
	bench_run(b, "ring_128", ring_batch, 128);
}
