/* SPDX-License-Identifier: MIT */
/*
 * A client of a File_system session that has as many packets under way as the
 * queue holds: reads and writes of all sizes, at places that do not overlap while
 * they are under way. Each must be acknowledged once, with the bytes that are
 * there; those of one handle that do overlap are in order of their submission.
 */

#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/packet_stream.h>
#include <fief/session.h>
#include <lib/mem.h>
#include <os/check.h>
#include <session/file_system.h>
#include <vfs/op.h>
#include <vfs/server/protocol.h>

enum {
	PARTS = FS_QUEUE, /* of the file and the bulk area, one a packet */
	PART = 12000,     /* bytes */
};

struct fief_env *check_env;

static struct main {
	struct fief_session session;
	struct fief_attached memory;
	struct fief_packet_stream stream;
	struct fief_signal_handler acks;
	uint64_t state;
	uint32_t file;                 /* the handle */
	unsigned char is[PARTS][PART]; /* what the file has */
	struct fief_packet asked[PARTS];
	bool busy[PARTS];
	unsigned done;
} m;

static uint32_t below(uint32_t n)
{
	m.state ^= m.state >> 12;
	m.state ^= m.state << 25;
	m.state ^= m.state >> 27;
	return (uint32_t)((m.state * 0x2545f4914f6cdd1dull) >> 33) % n;
}

static void on_acks(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
}

/* ---- the session ---- */

static void session_open(void)
{
	const struct fief_session_args a = { .service = FILE_SYSTEM_SERVICE,
		                             .label = "/",
		                             .ram = FILE_SYSTEM_RAM_QUOTA,
		                             .caps = FILE_SYSTEM_CAP_QUOTA };
	struct file_system_cap cap;
	struct dataspace_cap ds;
	struct signal_cap wake;
	uint64_t bytes;
	uint32_t queue;

	CHECK_OK(fief_session_open(check_env, &a, &m.session));
	cap = (struct file_system_cap){ m.session.cap };
	CHECK_OK(file_system_stream(cap, &ds, &bytes, &queue, &wake));
	CHECK(queue == FS_QUEUE);
	CHECK_OK(fief_attach(&m.memory, ds.cap, bytes, KIF_READ | KIF_WRITE));
	CHECK_OK(fief_packet_stream_init(&m.stream, m.memory.addr,
	                                 m.memory.bytes, queue));
	CHECK(m.stream.bulk_bytes >= PARTS * PART);
	m.stream.peer = wake.cap;
	CHECK_OK(file_system_sigh(cap, (struct signal_cap){ m.acks.cap }));
}

/* The next acknowledgement; waits for it. */
static struct fief_packet acknowledged(void)
{
	struct fief_packet p;
	enum fief_err e;

	fief_packet_source_awake(&m.stream);
	while ((e = fief_packet_get_ack(&m.stream, &p)) == FIEF_AGAIN)
		if (fief_packet_source_sleep(&m.stream))
			fief_entrypoint_wait_io(check_env->ep);
	CHECK_OK(e);
	CHECK(!p.status);
	return p;
}

/* One request, alone. */
static struct fs_reply ask(enum fs_op op, uint32_t handle,
                           struct fs_request request, const char *path)
{
	struct fief_packet p = { .op = (uint32_t)op | handle << FS_OP_BITS,
		                 .size = FS_PAYLOAD };
	struct fs_reply reply;
	char *at = fief_packet_at(&m.stream, &p);

	request.path_len = (uint16_t)strlen(path);
	memcpy(at, &request, sizeof(request));
	memcpy(at + sizeof(request), path, request.path_len);
	CHECK_OK(fief_packet_submit(&m.stream, &p));
	fief_packet_source_flush(&m.stream);
	p = acknowledged();
	CHECK(p.op == VFS_OK);
	memcpy(&reply, fief_packet_at(&m.stream, &p), sizeof(reply));
	return reply;
}

/* ---- bursts ---- */

static void *bulk_of(unsigned part)
{
	return m.stream.bulk + part * PART;
}

/* The whole file is there then, so that no read is short. */
static void fill(void)
{
	for (unsigned i = 0; i < PARTS; i++) {
		const struct fief_packet p = { .offset = i * PART,
			                       .size = PART,
			                       .op = FS_WRITE |
			                             m.file << FS_OP_BITS,
			                       .arg = (uint64_t)i * PART };

		memset(bulk_of(i), 0, PART);
		CHECK_OK(fief_packet_submit(&m.stream, &p));
	}
	fief_packet_source_flush(&m.stream);
	for (unsigned i = 0; i < PARTS; i++)
		CHECK(acknowledged().arg == PART);
}

/* A write of a part, or a read of it. */
static void submit(unsigned part)
{
	struct fief_packet *p = &m.asked[part];
	const bool write = below(2);
	const uint32_t from = below(PART - 1);

	*p = (struct fief_packet){
		.offset = part * PART,
		.size = 1 + below(PART - from),
		.op = (uint32_t)(write ? FS_WRITE : FS_READ) |
		      m.file << FS_OP_BITS,
		.arg = (uint64_t)part * PART + from,
		.cookie = (uint64_t)part << 32 | below(1u << 31),
	};
	if (write) {
		memset(bulk_of(part), (int)below(256), p->size);
		memcpy(&m.is[part][from], bulk_of(part), p->size);
	} else {
		memset(bulk_of(part), 0xee, p->size);
	}
	CHECK_OK(fief_packet_submit(&m.stream, p));
	m.busy[part] = true;
}

static void collect(void)
{
	const struct fief_packet p = acknowledged();
	const unsigned part = (unsigned)(p.cookie >> 32);
	const struct fief_packet *asked;

	CHECK(part < PARTS && m.busy[part]);
	asked = &m.asked[part];
	CHECK(p.cookie == asked->cookie && p.offset == asked->offset);
	CHECK((p.op & 0xffff) == VFS_OK);
	m.busy[part] = false;
	m.done++;
	CHECK(p.arg == asked->size);
	CHECK(!memcmp(bulk_of(part), &m.is[part][asked->arg % PART], p.arg));
}

static void bursts(uint64_t packets)
{
	unsigned under_way = 0;

	for (uint64_t sent = 0; sent < packets || under_way;) {
		for (unsigned i = 0; i < PARTS && sent < packets; i++) {
			if (m.busy[i] || below(4) == 0)
				continue;
			submit(i);
			under_way++;
			sent++;
		}
		fief_packet_source_flush(&m.stream);
		/* Some, or all: the queue is full again and again. */
		for (unsigned n = under_way ? 1 + below(under_way) : 0; n;
		     n--) {
			collect();
			under_way--;
		}
	}
}

/* ---- order ---- */

/* Writes over each other, and a read behind them. */
static void order(void)
{
	const uint64_t at = (uint64_t)PARTS * PART;

	for (unsigned round = 0; round < 100; round++) {
		for (unsigned i = 0; i < PARTS; i++) {
			const bool last = i == PARTS - 1;
			const struct fief_packet p = {
				.offset = i * 64,
				.size = 8,
				.op = (last ? FS_READ : FS_WRITE) |
				      m.file << FS_OP_BITS,
				.arg = at,
				.cookie = i,
			};

			memset(m.stream.bulk + i * 64, (int)(round + i), 8);
			CHECK_OK(fief_packet_submit(&m.stream, &p));
		}
		fief_packet_source_flush(&m.stream);
		for (unsigned i = 0; i < PARTS; i++)
			CHECK(acknowledged().cookie < PARTS);
		CHECK(m.stream.bulk[(PARTS - 1) * 64] ==
		      (unsigned char)(round + PARTS - 2));
	}
}

/* As many as the queue holds, and no more. */
static void full(void)
{
	struct fief_packet p = { .op = FS_STAT, .size = FS_PAYLOAD };

	for (unsigned i = 0; i < FS_QUEUE; i++) {
		p.offset = i * FS_PAYLOAD;
		memset(fief_packet_at(&m.stream, &p), 0, FS_PAYLOAD);
		CHECK_OK(fief_packet_submit(&m.stream, &p));
	}
	CHECK(fief_packet_submit(&m.stream, &p) == FIEF_AGAIN);
	fief_packet_source_flush(&m.stream);
	for (unsigned i = 0; i < FS_QUEUE; i++)
		CHECK(acknowledged().op == VFS_OK);
}

void fief_component_construct(struct fief_env *env)
{
	const struct fs_request file = {
		.flags = VFS_READ | VFS_WRITE | VFS_CREATE, .mode = 0644
	};
	static struct fief_config config;
	uint64_t packets = 1000;
	const char *name;

	check_env = env;
	CHECK_OK(fief_config_open(env, &config));
	CHECK_OK(
		node_attr_u64(config.root, "packets", packets, NULL, &packets));
	name = node_attr(config.root, "name", "file");
	m.state = 88172645463325252ull;
	m.acks.handle = on_acks;
	m.acks.level = FIEF_SIGNAL_IO;
	CHECK_OK(fief_signal_manage(env->ep, &m.acks));
	session_open();
	m.file = ask(FS_OPEN, 0, file, name).handle;
	fill();
	full();
	order();
	bursts(packets);
	(void)ask(FS_REMOVE, 0, (struct fs_request){ 0 }, name);
	fief_log("%u packets, each acknowledged once, as written", m.done);
	fief_exit(env, 0);
}
