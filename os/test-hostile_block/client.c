/* SPDX-License-Identifier: MIT */
/* A client of a Block server that means no good: packets with each field out of
 * range, then noise in the queues, then death in the midst of it. */

#include <fief/attached.h>
#include <fief/kif_table.h>
#include <fief/packet_stream.h>
#include <fief/session.h>
#include <lib/mem.h>
#include <os/check.h>
#include <session/block.h>

enum {
	BUFFER = 2 << 20,
	QUEUE_BYTES_MAX = 8192, /* where the queues are, at most */
	NS_PER_MS = 1000000,
	CHAOS_MS = 400,
	SESSIONS = 3,
};

struct fief_env *check_env;

struct victim {
	struct fief_session session;
	struct fief_attached memory;
	struct fief_packet_stream stream;
	fief_cap bell;
	uint32_t queue;
};

static struct main {
	struct fief_signal_handler signalled;
	struct victim victim[SESSIONS];
	uint32_t block_size;
	uint64_t blocks;
	uint64_t random, sent;
} m;

static uint64_t dice(void)
{
	m.random = m.random * 6364136223846793005u + 1442695040888963407u;
	return m.random >> 16;
}

static void on_signal(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
}

static struct block_cap cap(const struct victim *v)
{
	return (struct block_cap){ v->session.cap };
}

/* Labels are "0" and on: a server may have one device for each. */
static void victim_open(struct victim *v)
{
	const char label[] = { (char)('0' + (v - m.victim)), 0 };
	const struct fief_session_args args = {
		.service = BLOCK_SERVICE,
		.label = label,
		.args = "tx_buf_size=2M, writeable=yes",
		.ram = BLOCK_RAM_QUOTA + BUFFER,
		.caps = BLOCK_CAP_QUOTA,
	};
	const struct block_stream_params p = {
		.bell = { m.signalled.cap },
	};
	struct block_stream_results r;
	uint8_t align;
	bool writeable;

	CHECK_OK(fief_session_open(check_env, &args, &v->session));
	CHECK_OK(block_info(cap(v), &m.block_size, &m.blocks, &align,
	                    &writeable));
	CHECK_OK(block_stream(cap(v), &p, &r));
	v->bell = r.bell.cap;
	v->queue = r.queue;
	CHECK_OK(fief_attach(&v->memory, r.ds.cap, r.bytes,
	                     KIF_READ | KIF_WRITE));
	CHECK_OK(fief_packet_stream_init(&v->stream, v->memory.addr,
	                                 v->memory.bytes, v->queue));
	v->stream.peer = v->bell;
	CHECK(fief_packet_source_sleep(&v->stream));
}

static void victim_close(struct victim *v)
{
	fief_detach(&v->memory);
	fief_kif->drop(v->bell, 1);
	fief_session_close(check_env, &v->session);
	*v = (struct victim){ 0 };
}

/* ---- each field ---- */

enum { B = 512, END = UINT32_MAX }; /* END: replaced by the number of blocks */

static const struct {
	const char *what;
	struct fief_packet p;
	enum fief_err status;
} packets[] = {
	{ "read", { .size = B }, FIEF_OK },
	{ "unknown operation", { .op = 4, .size = B }, FIEF_UNSUPPORTED },
	{ "operation 255", { .op = 255 }, FIEF_UNSUPPORTED },
	{ "read with a count", { .op = 1 << 8, .size = B }, FIEF_INVALID },
	{ "read of nothing", { .op = 0 }, FIEF_INVALID },
	{ "write of nothing", { .op = 1 }, FIEF_INVALID },
	{ "half a block", { .size = B / 2 }, FIEF_INVALID },
	{ "a block and a byte", { .size = B + 1 }, FIEF_INVALID },
	{ "more than 1 MiB", { .size = (1 << 20) + B }, FIEF_TOO_LONG },
	{ "more than the buffer", { .size = BUFFER * 2 }, FIEF_INVALID },
	{ "size -1", { .size = UINT32_MAX }, FIEF_INVALID },
	{ "misaligned", { .offset = 4, .size = B }, FIEF_INVALID },
	{ "beyond the buffer", { .offset = 1 << 30, .size = B }, FIEF_INVALID },
	{ "wraps around",
	  { .offset = UINT32_MAX - 7, .size = B },
	  FIEF_INVALID },
	{ "block after the last", { .size = B, .arg = END }, FIEF_LIMIT },
	{ "block -1", { .size = B, .arg = UINT64_MAX }, FIEF_LIMIT },
	{ "position that wraps", { .size = B, .arg = 1ULL << 55 }, FIEF_LIMIT },
	{ "write after the last",
	  { .op = 1, .size = B, .arg = END },
	  FIEF_LIMIT },
	{ "sync of a block", { .op = 2, .arg = 1 }, FIEF_INVALID },
	{ "sync with payload", { .op = 2, .size = B }, FIEF_INVALID },
	{ "sync with a count", { .op = 2 | 1 << 8 }, FIEF_INVALID },
	{ "trim of nothing", { .op = 3 }, FIEF_INVALID },
	{ "trim with payload", { .op = 3 | 1 << 8, .size = B }, FIEF_INVALID },
	{ "trim too far", { .op = 3 | 1 << 8, .arg = END }, FIEF_LIMIT },
	{ "trim far too far",
	  { .op = 3 | 0xffffffu << 8, .arg = 1 },
	  FIEF_LIMIT },
	{ "trim", { .op = 3 | 1 << 8 }, FIEF_OK },
	{ "sync", { .op = 2 }, FIEF_OK },
};

/* Past the check of the library, into the queue. */
static void submit(struct victim *v, const struct fief_packet *p)
{
	CHECK_OK(fief_queue_put(&v->stream.submit, p));
	v->stream.open++;
	m.sent++;
}

static enum fief_err answer_of(struct victim *v, const struct fief_packet *p)
{
	struct fief_packet got;
	enum fief_err e;

	submit(v, p);
	fief_packet_source_flush(&v->stream);
	while ((e = fief_packet_get_ack(&v->stream, &got)) == FIEF_AGAIN) {
		if (fief_packet_source_sleep(&v->stream))
			fief_entrypoint_wait_io(check_env->ep);
		fief_packet_source_awake(&v->stream);
	}
	CHECK_OK(e);
	CHECK(got.cookie == p->cookie);
	return (enum fief_err)got.status;
}

static void each_field(struct victim *v)
{
	const size_t n = sizeof(packets) / sizeof(*packets);

	CHECK(m.block_size == B);
	for (size_t i = 0; i < n; i++) {
		struct fief_packet p = packets[i].p;
		enum fief_err e;

		p.cookie = dice();
		if (p.arg == END)
			p.arg = m.blocks;
		e = answer_of(v, &p);
		if (e == packets[i].status)
			continue;
		fief_error("%s: %s", packets[i].what, fief_err_name(e));
		fief_exit(check_env, 1);
	}
	fief_log("%zu packets answered as they should be", n);
}

/* ---- sessions ---- */

static void odd_sessions(void)
{
	static const char *const args[] = {
		"tx_buf_size=0",
		"tx_buf_size=1T",
		"tx_buf_size=18446744073709551615",
		"tx_buf_size=x",
		"writeable=perhaps",
		"offset=18446744073709551615",
		"offset=1, num_blocks=18446744073709551615",
		"tx_buf_size=64M", /* not donated */
	};
	struct fief_session s;

	for (size_t i = 0; i < sizeof(args) / sizeof(*args); i++) {
		const struct fief_session_args a = {
			.service = BLOCK_SERVICE,
			.label = "0",
			.args = args[i],
			.ram = BLOCK_RAM_QUOTA + (64 << 10),
			.caps = BLOCK_CAP_QUOTA,
		};
		const enum fief_err e = fief_session_open(check_env, &a, &s);

		CHECK(e != FIEF_OK);
		CHECK(i + 1 < sizeof(args) / sizeof(*args) ||
		      e != FIEF_DENIED); /* asked to pay */
	}
	fief_log("odd sessions are refused");
}

static void second_stream(struct victim *v)
{
	const struct block_stream_params p = {
		.bell = { m.signalled.cap },
	};
	struct block_stream_results r;

	CHECK(block_stream(cap(v), &p, &r) == FIEF_CONFLICT);
}

/* ---- noise ---- */

static struct fief_packet noise(void)
{
	return (struct fief_packet){
		.offset =
			(uint32_t)(dice() & 3 ? dice() % BUFFER & ~7u : dice()),
		.size = (uint32_t)(dice() & 3 ? dice() % 64 * B : dice()),
		.op = (uint32_t)(dice() & 3 ? dice() & 3 : dice()),
		.arg = dice() & 3 ? dice() % m.blocks : dice() << 8,
		.cookie = dice(),
		.status = (uint32_t)dice(),
	};
}

/* Descriptors and payloads change while the server looks at them; with
 * `spoil`, so do the positions. */
static void scribble(struct victim *v, bool spoil)
{
	unsigned char *at = v->memory.addr;

	for (unsigned i = 0; i < 64; i++) {
		const size_t entry = 128 + dice() % v->queue * 32;

		memset(at + entry + dice() % 32, (int)dice(), 1);
		v->stream.bulk[dice() % BUFFER] = (unsigned char)dice();
	}
	for (unsigned i = 0; spoil && i < 8; i++)
		at[dice() % QUEUE_BYTES_MAX] = (unsigned char)dice();
}

/* Fill the queue, and never collect; or collect now and then. */
static void flood(struct victim *v, bool collect)
{
	struct fief_packet p;

	for (unsigned i = 0; i < v->queue; i++) {
		p = noise();
		if (fief_queue_put(&v->stream.submit, &p))
			break;
		m.sent++;
	}
	for (unsigned i = 0; collect && i < v->queue; i++)
		if (fief_queue_get(&v->stream.ack, &p))
			break;
	fief_packet_source_flush(&v->stream);
	fief_kif->signal(v->bell);
}

static void chaos(uint64_t ms)
{
	const uint64_t end = fief_kif->time() + ms * NS_PER_MS;
	struct victim *last = &m.victim[SESSIONS - 1];
	unsigned round = 0;

	for (unsigned i = 1; i < SESSIONS; i++)
		victim_open(&m.victim[i]);
	while (fief_kif->time() < end) {
		const unsigned i = round++ % SESSIONS;
		struct victim *v = &m.victim[i];

		flood(v, i == 0);
		scribble(v, v == last);
		if (round % 64 == 0) {
			victim_close(last); /* requests are under way */
			victim_open(last);
		}
	}
	fief_log("%llu packets sent; dies", (unsigned long long)m.sent);
}

void fief_component_construct(struct fief_env *env)
{
	check_env = env;
	m.random = fief_kif->time();
	m.signalled.handle = on_signal;
	m.signalled.level = FIEF_SIGNAL_IO;
	CHECK_OK(fief_signal_manage(env->ep, &m.signalled));
	odd_sessions();
	victim_open(&m.victim[0]);
	second_stream(&m.victim[0]);
	each_field(&m.victim[0]);
	chaos(CHAOS_MS);
	for (unsigned i = 0; i < SESSIONS; i++)
		flood(&m.victim[i], false);
	__builtin_trap();
}
