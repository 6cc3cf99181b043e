/* SPDX-License-Identifier: MIT */
/* Round trips with the payload in shared memory: line, futex, eventfd. */
#include <immintrin.h>
#include <linux/futex.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "peers.h"

/* A call and its reply; the turn is 1 while the server has it. */
struct shared {
	alignas(64) _Atomic uint32_t turn;
	unsigned char payload[BENCH_PAYLOAD];
	int event[2]; /* written before the fork only */
};

/*
 * Line: the turn and the payload share one cache line, and nobody sleeps.
 */

static void line_call(void *context)
{
	struct shared *s = context;
	unsigned char data[BENCH_PAYLOAD] = { 1 };

	memcpy(s->payload, data, sizeof(data));
	/* Pairs with the acquire in line_serve, and the load with its store. */
	atomic_store_explicit(&s->turn, 1, memory_order_release);
	while (atomic_load_explicit(&s->turn, memory_order_acquire))
		_mm_pause();
	memcpy(data, s->payload, sizeof(data));
}

static void line_serve(void *context)
{
	struct shared *s = context;

	for (;;) {
		while (!atomic_load_explicit(&s->turn, memory_order_acquire))
			_mm_pause();
		s->payload[0]++;
		atomic_store_explicit(&s->turn, 0, memory_order_release);
	}
}

void peer_line(const struct bench_args *args)
{
	struct shared *s = bench_shared(sizeof(*s));

	if (args->place != BENCH_CROSS) {
		/* Two spinners on one CPU would share it by time slices. */
		fprintf(stderr, "peers: line is for place=cross\n");
		return;
	}
	bench_child(args, line_serve, s);
	bench_pin(args, BENCH_CLIENT);
	bench_measure(args, &(struct bench_job){ .name = "line",
	                                         .run = line_call,
	                                         .context = s,
	                                         .batch = 64 });
}

/*
 * Futex: the turn is the word that both sleep on.
 */

static void turn_wait(struct shared *s, uint32_t while_value)
{
	/* Pairs with the release in turn_pass. */
	while (atomic_load_explicit(&s->turn, memory_order_acquire) ==
	       while_value)
		syscall(SYS_futex, &s->turn, FUTEX_WAIT, while_value, NULL,
		        NULL, 0);
}

static void turn_pass(struct shared *s, uint32_t value)
{
	/* Pairs with the acquire in turn_wait. */
	atomic_store_explicit(&s->turn, value, memory_order_release);
	syscall(SYS_futex, &s->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void futex_call(void *context)
{
	struct shared *s = context;
	unsigned char data[BENCH_PAYLOAD] = { 1 };

	memcpy(s->payload, data, sizeof(data));
	turn_pass(s, 1);
	turn_wait(s, 1);
	memcpy(data, s->payload, sizeof(data));
}

static void futex_serve(void *context)
{
	struct shared *s = context;

	for (;;) {
		turn_wait(s, 0);
		s->payload[0]++;
		turn_pass(s, 0);
	}
}

void peer_futex(const struct bench_args *args)
{
	struct shared *s = bench_shared(sizeof(*s));

	bench_child(args, futex_serve, s);
	bench_pin(args, BENCH_CLIENT);
	bench_measure(args, &(struct bench_job){ .name = "futex",
	                                         .run = futex_call,
	                                         .context = s });
}

/*
 * Eventfd: one for each direction.
 */

static void event_pass(struct shared *s, unsigned to)
{
	uint64_t one = 1;

	bench_must(write(s->event[to], &one, sizeof(one)), "write");
}

static void event_wait(struct shared *s, unsigned at)
{
	uint64_t count;

	bench_must(read(s->event[at], &count, sizeof(count)), "read");
}

static void eventfd_call(void *context)
{
	struct shared *s = context;
	unsigned char data[BENCH_PAYLOAD] = { 1 };

	memcpy(s->payload, data, sizeof(data));
	event_pass(s, BENCH_SERVER);
	event_wait(s, BENCH_CLIENT);
	memcpy(data, s->payload, sizeof(data));
}

static void eventfd_serve(void *context)
{
	struct shared *s = context;

	for (;;) {
		event_wait(s, BENCH_SERVER);
		s->payload[0]++;
		event_pass(s, BENCH_CLIENT);
	}
}

void peer_eventfd(const struct bench_args *args)
{
	struct shared *s = bench_shared(sizeof(*s));

	for (unsigned i = 0; i < 2; i++)
		s->event[i] = (int)bench_must(eventfd(0, 0), "eventfd");
	bench_child(args, eventfd_serve, s);
	bench_pin(args, BENCH_CLIENT);
	bench_measure(args, &(struct bench_job){ .name = "eventfd",
	                                         .run = eventfd_call,
	                                         .context = s });
}
