/* SPDX-License-Identifier: MIT */
/* Shared queues, packet streams and rings: honest peers lose nothing, hostile
 * ones reach nothing. */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fief/kif_table.h>
#include <fief/packet_stream.h>
#include <fief/ring.h>

#include "stream_hostile.h"

enum { CLIENT = 1, SERVER = 2, RUNS = 3000, SCRIPT = 600, SUMS = 200000 };

static sem_t bell[3]; /* by capability */
static _Atomic unsigned rings;

static void ring_bell(fief_cap cap)
{
	rings++;
	sem_post(&bell[cap]);
}

static const struct kif table = { .version = KIF_VERSION,
	                          .size = sizeof(struct kif),
	                          .signal = ring_bell };
const struct kif *fief_kif = &table;

static uint32_t random_next(uint32_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 17;
	*s ^= *s << 5;
	return *s;
}

static void hostile(void **state)
{
	uint8_t script[SCRIPT];
	uint32_t seed = 1;

	(void)state;
	for (unsigned run = 0; run < RUNS; run++) {
		for (size_t i = 0; i < SCRIPT; i++)
			script[i] = (uint8_t)(random_next(&seed) >> 8);
		stream_hostile_run(script, SCRIPT);
	}
}

/* Two threads; each sleeps whenever the protocol says it may. A wake-up that
 * is lost makes the test hang, which the time limit finds. */
static struct fief_ring server, client;

static void *serve(void *arg)
{
	unsigned served = 0;

	(void)arg;
	while (served < SUMS) {
		struct fief_submission s;

		fief_ring_server_awake(&server);
		while (!fief_ring_take(&server, &s)) {
			const struct fief_completion c = {
				.cookie = s.cookie,
				.result = { s.arg[0] + 1 },
			};

			if (fief_ring_answer(&server, &c))
				abort();
			served++;
		}
		fief_ring_server_flush(&server);
		if (served < SUMS && fief_ring_server_sleep(&server))
			sem_wait(&bell[SERVER]);
	}
	return NULL;
}

static void ring_honest(void **state)
{
	static const uint32_t entries[] = { 1, 2, 64 };
	uint32_t seed = 3;

	(void)state;
	for (unsigned run = 0; run < 3; run++) {
		const size_t bytes = fief_ring_bytes(entries[run]);
		uint64_t submitted = 0, done = 0;
		pthread_t thread;
		void *mem = aligned_alloc(64, bytes);

		memset(mem, 0, bytes);
		sem_init(&bell[CLIENT], 0, 0);
		sem_init(&bell[SERVER], 0, 0);
		rings = 0;
		assert_int_equal(fief_ring_init(&server, mem, bytes,
		                                entries[run], CLIENT),
		                 FIEF_OK);
		assert_int_equal(fief_ring_init(&client, mem, bytes,
		                                entries[run], SERVER),
		                 FIEF_OK);
		pthread_create(&thread, NULL, serve, NULL);
		while (done < SUMS) {
			unsigned batch = random_next(&seed) % 100;
			struct fief_completion c;

			fief_ring_client_awake(&client);
			while (!fief_ring_complete(&client, &c)) {
				assert_int_equal(c.cookie, done);
				assert_int_equal(c.result[0], 2 * done + 1);
				done++;
			}
			while (batch-- && submitted < SUMS) {
				const struct fief_submission s = {
					.cookie = submitted,
					.arg = { 2 * submitted },
				};

				if (fief_ring_submit(&client, &s))
					break;
				submitted++;
			}
			fief_ring_client_flush(&client);
			if (done < SUMS && done < submitted &&
			    fief_ring_client_sleep(&client))
				sem_wait(&bell[CLIENT]);
		}
		pthread_join(thread, NULL);
		assert_int_equal(client.open, 0);
		if (entries[run] == 64)
			assert_true(rings < SUMS); /* batches */
		free(mem);
	}
}

static void packet_rules(void **state)
{
	enum { QUEUE = 4, BULK = 4096 };
	const size_t bytes = fief_packet_stream_bytes(QUEUE, BULK);
	struct fief_packet_stream source, sink;
	struct fief_packet p = { .offset = 8, .size = 100, .cookie = 5 };
	void *mem = aligned_alloc(64, bytes);

	(void)state;
	memset(mem, 0, bytes);
	sem_init(&bell[0], 0, 0);
	assert_int_equal(fief_packet_stream_bytes(3, 1), SIZE_MAX);
	assert_int_equal(fief_packet_stream_bytes(0, 1), SIZE_MAX);
	assert_int_equal(fief_packet_stream_bytes(2048, 1), SIZE_MAX);
	assert_int_equal(fief_packet_stream_init(&sink, mem, 100, QUEUE),
	                 FIEF_INVALID);
	assert_int_equal(fief_packet_stream_init(&sink, mem, bytes, QUEUE),
	                 FIEF_OK);
	assert_int_equal(fief_packet_stream_init(&source, mem, bytes, QUEUE),
	                 FIEF_OK);
	for (unsigned i = 0; i < QUEUE; i++)
		assert_int_equal(fief_packet_submit(&source, &p), FIEF_OK);
	assert_int_equal(fief_packet_submit(&source, &p), FIEF_AGAIN);
	assert_int_equal(fief_packet_take(&sink, &p), FIEF_AGAIN);
	fief_packet_source_flush(&source);
	for (unsigned i = 0; i < QUEUE; i++) {
		assert_int_equal(fief_packet_take(&sink, &p), FIEF_OK);
		assert_ptr_equal(fief_packet_at(&sink, &p), sink.bulk + 8);
	}
	assert_int_equal(fief_packet_take(&sink, &p), FIEF_AGAIN);
	for (unsigned i = 0; i < QUEUE; i++)
		assert_int_equal(fief_packet_ack(&sink, &p), FIEF_OK);
	assert_int_equal(fief_packet_ack(&sink, &p), FIEF_INVALID);
	fief_packet_sink_flush(&sink);
	for (unsigned i = 0; i < QUEUE; i++)
		assert_int_equal(fief_packet_get_ack(&source, &p), FIEF_OK);
	assert_int_equal(p.cookie, 5);
	assert_int_equal(fief_packet_get_ack(&source, &p), FIEF_AGAIN);
	free(mem);
}

/* Who has an acknowledgement may submit in its place at once: the sink runs
 * beside, and shows no answer before the place is free. */
enum { TURNS = 300000 };

static struct fief_packet_stream turn_sink;

static void *acknowledge(void *arg)
{
	struct fief_packet p;

	(void)arg;
	for (unsigned n = 0; n < TURNS; n++) {
		while (fief_packet_take(&turn_sink, &p))
			sched_yield();
		if (fief_packet_ack(&turn_sink, &p))
			abort();
		fief_packet_sink_flush(&turn_sink);
	}
	return NULL;
}

static void packet_turns(void **state)
{
	const size_t bytes = fief_packet_stream_bytes(1, 64);
	struct fief_packet_stream source;
	struct fief_packet p = { .size = 8 };
	unsigned refused = 0;
	pthread_t thread;
	void *mem = aligned_alloc(64, bytes);

	(void)state;
	memset(mem, 0, bytes);
	assert_int_equal(fief_packet_stream_init(&turn_sink, mem, bytes, 1),
	                 FIEF_OK);
	assert_int_equal(fief_packet_stream_init(&source, mem, bytes, 1),
	                 FIEF_OK);
	pthread_create(&thread, NULL, acknowledge, NULL);
	for (unsigned n = 0; n < TURNS; n++) {
		while (fief_packet_submit(&source, &p))
			refused++;
		fief_packet_source_flush(&source);
		while (fief_packet_get_ack(&source, &p))
			sched_yield();
	}
	pthread_join(thread, NULL);
	assert_int_equal(refused, 0);
	free(mem);
}

/* The same for a ring. */
static void *answer(void *arg)
{
	struct fief_submission s;

	(void)arg;
	for (unsigned n = 0; n < TURNS; n++) {
		const struct fief_completion c = { .cookie = n };

		while (fief_ring_take(&server, &s))
			sched_yield();
		if (fief_ring_answer(&server, &c))
			abort();
		fief_ring_server_flush(&server);
	}
	return NULL;
}

static void ring_turns(void **state)
{
	const size_t bytes = fief_ring_bytes(1);
	const struct fief_submission s = { .op = 1 };
	struct fief_completion c;
	unsigned refused = 0;
	pthread_t thread;
	void *mem = aligned_alloc(64, bytes);

	(void)state;
	memset(mem, 0, bytes);
	assert_int_equal(fief_ring_init(&server, mem, bytes, 1, 0), FIEF_OK);
	assert_int_equal(fief_ring_init(&client, mem, bytes, 1, 0), FIEF_OK);
	pthread_create(&thread, NULL, answer, NULL);
	for (unsigned n = 0; n < TURNS; n++) {
		while (fief_ring_submit(&client, &s))
			refused++;
		fief_ring_client_flush(&client);
		while (fief_ring_complete(&client, &c))
			sched_yield();
	}
	pthread_join(thread, NULL);
	assert_int_equal(refused, 0);
	free(mem);
}

/* A descriptor out of range never reaches the server's code. */
static void packet_ranges(void **state)
{
	static const struct {
		uint32_t offset, size;
		bool valid;
	} cases[] = {
		{ 0, 4096, true },           { 0, 4097, false },
		{ 4096, 0, true },           { 4096, 1, false },
		{ 4104, 0, false },          { 4, 8, false },
		{ 0xfffffff8, 16, false },   { 8, 0xffffffff, false },
		{ 0xfffffff8, 0xff, false }, { 4088, 8, true },
	};
	enum { QUEUE = 16, BULK = 4096 };
	const size_t bytes = fief_packet_stream_bytes(QUEUE, BULK);
	struct fief_packet_stream source, sink;
	void *mem = aligned_alloc(64, bytes);

	(void)state;
	memset(mem, 0, bytes);
	assert_int_equal(fief_packet_stream_init(&sink, mem, bytes, QUEUE),
	                 FIEF_OK);
	assert_int_equal(fief_packet_stream_init(&source, mem, bytes, QUEUE),
	                 FIEF_OK);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fief_packet p = { .offset = cases[i].offset,
			                 .size = cases[i].size,
			                 .cookie = i };
		const bool valid = cases[i].valid;

		assert_int_equal(fief_packet_submit(&source, &p),
		                 valid ? FIEF_OK : FIEF_INVALID);
		if (!valid) { /* a source that does not care */
			assert_int_equal(fief_queue_put(&source.submit, &p),
			                 FIEF_OK);
			source.open++;
		}
		fief_packet_source_flush(&source);
		assert_int_equal(fief_packet_take(&sink, &p),
		                 valid ? FIEF_OK : FIEF_AGAIN);
		if (valid)
			assert_int_equal(fief_packet_ack(&sink, &p), FIEF_OK);
		fief_packet_sink_flush(&sink);
		assert_int_equal(fief_packet_get_ack(&source, &p), FIEF_OK);
		assert_int_equal(p.cookie, i);
		assert_int_equal(p.status, valid ? FIEF_OK : FIEF_INVALID);
	}
	free(mem);
}

/* A client that does not collect is not served, and does not keep the server
 * busy either. */
static void no_collection(void **state)
{
	enum { RING = 4 };
	const size_t bytes = fief_ring_bytes(RING);
	const struct fief_submission s = { .op = 1 };
	const struct fief_completion c = { .cookie = 1 };
	struct fief_submission got;
	void *mem = aligned_alloc(64, bytes);

	(void)state;
	memset(mem, 0, bytes);
	assert_int_equal(fief_ring_init(&server, mem, bytes, RING, 0), FIEF_OK);
	assert_int_equal(fief_ring_init(&client, mem, bytes, RING, 0), FIEF_OK);
	assert_int_equal(fief_ring_init(&client, mem, bytes - 1, RING, 0),
	                 FIEF_INVALID);
	for (unsigned i = 0; i < 2 * RING; i++) {
		client.open = 0; /* it does not keep to the rules */
		if (fief_ring_submit(&client, &s))
			break;
		fief_ring_client_flush(&client);
		if (!fief_ring_take(&server, &got))
			assert_int_equal(fief_ring_answer(&server, &c),
			                 FIEF_OK);
		fief_ring_server_flush(&server);
	}
	assert_int_equal(fief_ring_take(&server, &got), FIEF_AGAIN);
	assert_true(fief_ring_server_sleep(&server));
	free(mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packet_rules),
		cmocka_unit_test(packet_ranges),
		cmocka_unit_test(packet_turns),
		cmocka_unit_test(ring_turns),
		cmocka_unit_test(no_collection),
		cmocka_unit_test(hostile),
		cmocka_unit_test(ring_honest),
	};

	sem_init(&bell[0], 0, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
