/* SPDX-License-Identifier: MIT */
/*
 * A client of a File_system session that keeps to nothing: packets with any
 * numbers in any field, requests that change while they are read, handles of
 * nobody, paths that lead out, acknowledgements that are not collected. Exits with
 * 0 if it got nothing that is not its own.
 */

#include <fief/attached.h>
#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/packet_stream.h>
#include <fief/session.h>
#include <lib/fmt.h>
#include <lib/mem.h>
#include <session/file_system.h>
#include <vfs/op.h>
#include <vfs/server/protocol.h>

enum { ROUNDS = 3000 };

static struct main {
	struct fief_env *env;
	struct fief_session session;
	struct fief_attached memory;
	struct fief_packet_stream stream;
	struct fief_signal_handler acks;
	uint64_t state;
	unsigned acknowledged, refused;
	int failed;
} m;

static uint32_t below(uint32_t n)
{
	m.state ^= m.state >> 12;
	m.state ^= m.state << 25;
	m.state ^= m.state >> 27;
	return (uint32_t)((m.state * 0x2545f4914f6cdd1dull) >> 33) % n;
}

static uint64_t any(void)
{
	static const uint64_t special[] = { 0,          1,         0x7fffffff,
		                            0xffffffff, INT64_MAX, UINT64_MAX,
		                            4096,       FS_PAYLOAD };

	return below(2) ? special[below(8)] :
	                  (uint64_t)below(1 << 20) << below(40);
}

static void on_acks(struct fief_signal_handler *self, unsigned count)
{
	(void)self, (void)count;
}

/* ---- a session ---- */

static bool session_open_at(const char *dir)
{
	const struct fief_session_args a = { .service = FILE_SYSTEM_SERVICE,
		                             .label = dir,
		                             .ram = FILE_SYSTEM_RAM_QUOTA,
		                             .caps = FILE_SYSTEM_CAP_QUOTA };
	struct dataspace_cap ds;
	struct signal_cap wake;
	uint64_t bytes;
	uint32_t queue;

	if (fief_session_open(m.env, &a, &m.session))
		return false;
	if (file_system_stream((struct file_system_cap){ m.session.cap }, &ds,
	                       &bytes, &queue, &wake) ||
	    fief_attach(&m.memory, ds.cap, bytes, KIF_READ | KIF_WRITE) ||
	    fief_packet_stream_init(&m.stream, m.memory.addr, m.memory.bytes,
	                            queue))
		return false;
	m.stream.peer = wake.cap;
	return !file_system_sigh((struct file_system_cap){ m.session.cap },
	                         (struct signal_cap){ m.acks.cap });
}

static bool session_open(void)
{
	return session_open_at("/");
}

static void session_close(void)
{
	fief_kif->drop(m.stream.peer, 1);
	fief_detach(&m.memory);
	fief_session_close(m.env, &m.session);
}

/* ---- requests that are well-formed, but want what they must not have ---- */

static void breach(const char *what)
{
	fief_error("BREACH: %s", what);
	m.failed = 1;
}

/* The acknowledgement of a packet with that cookie. */
static bool awaited(struct fief_packet *p, uint64_t cookie)
{
	enum fief_err e;

	for (;;) {
		fief_packet_source_awake(&m.stream);
		while (!(e = fief_packet_get_ack(&m.stream, p)))
			if (p->cookie == cookie)
				return true;
		if (e != FIEF_AGAIN)
			return false;
		if (fief_packet_source_sleep(&m.stream))
			fief_entrypoint_wait_io(m.env->ep);
	}
}

static void text_put(const struct fief_packet *p, struct fs_request asked,
                     const char *path, const char *text)
{
	char *at = fief_packet_at(&m.stream, p);

	asked.path_len = (uint16_t)strlen(path);
	asked.text_len = (uint16_t)strlen(text);
	memcpy(at, &asked, sizeof(asked));
	memcpy(at + sizeof(asked), path, asked.path_len);
	memcpy(at + sizeof(asked) + asked.path_len, text, asked.text_len);
}

/* The outcome of one request, worked on at once; ~0: none. */
static uint32_t ask(enum fs_op op, uint32_t handle, struct fs_request asked,
                    const char *path, const char *text)
{
	static uint64_t asks;
	const uint64_t cookie = ++asks;
	struct fief_packet p = { .op = (uint32_t)op | handle << FS_OP_BITS,
		                 .size = FS_PAYLOAD,
		                 .cookie = cookie };

	text_put(&p, asked, path, text);
	if (fief_packet_submit(&m.stream, &p))
		return ~0u;
	fief_packet_source_show(&m.stream);
	if (file_system_process((struct file_system_cap){ m.session.cap }) ||
	    !awaited(&p, cookie))
		return ~0u;
	return p.status ? ~0u : p.op;
}

static void ways_out(void)
{
	static const char *const paths[] = {
		"..",   "../data", "a/../../data", "/", "/data",
		"./..", "//data",  "a/..",         ".", "l",
		"l/x",  "l2",      "l2/data",
	};
	const struct fs_request link = { .kind = VFS_SYMLINK };
	const struct fs_request open = { .flags = VFS_READ };

	(void)!ask(FS_MAKE, 0, link, "l", "/data");
	(void)!ask(FS_MAKE, 0, link, "l2", "..");
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (!ask(FS_OPEN, 0, open, paths[i], ""))
			breach(paths[i]);
	if (!ask(FS_MAKE, 0, (struct fs_request){ .kind = VFS_DIR }, "../x",
	         ""))
		breach("make above");
	if (!ask(FS_REMOVE, 0, (struct fs_request){ .flags = VFS_DIRECTORY },
	         "..", ""))
		breach("remove above");
	if (!ask(FS_RENAME, 0, (struct fs_request){ 0 }, "l", "../data/stolen"))
		breach("rename to above");
	for (uint32_t h = 1; h < 100; h++)
		if (!ask(FS_STAT, h * 1000, (struct fs_request){ 0 }, "", ""))
			breach("a handle of nobody");
}

/* Past the checks of our own side. */
static void submit_raw(const struct fief_packet *p)
{
	const enum fief_err e = fief_queue_put(&m.stream.submit, p);

	m.stream.open += !e;
}

/* The directory of a session, by a path that leads out, or a link that it has made. */
static void links_out(void)
{
	static const char *const targets[] = { "/data", "/", "..", "../data" };
	static const char *const paths[] = { "//data",     "///data",
		                             "/../data",   "/..",
		                             "/./../data", "/a/../../data" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		session_close();
		if (session_open_at(paths[i]) &&
		    ask(FS_STAT, 0, (struct fs_request){ 0 }, "", "") == VFS_OK)
			breach(paths[i]);
		session_close();
		if (!session_open())
			breach("no session after a path out");
	}

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		(void)ask(FS_REMOVE, 0, (struct fs_request){ 0 }, "out", "");
		(void)ask(FS_MAKE, 0,
		          (struct fs_request){ .kind = VFS_SYMLINK }, "out",
		          targets[i]);
		session_close();
		if (session_open_at("/out") &&
		    ask(FS_STAT, 0, (struct fs_request){ 0 }, "", "") == VFS_OK)
			breach("a session by a link out");
		session_close();
		if (!session_open())
			breach("no session after a link out");
	}
}

/* ---- until the quota is used up ---- */

/* Each kind of thing that a client can have of the server: it is refused when its
 * quota is used up, and there again when that is given back. */
static void until_refused(const char *what, uint32_t (*more)(uint32_t number),
                          uint32_t wanted)
{
	uint32_t count = 0, outcome = VFS_OK;

	while (count < 100000 && (outcome = more(count)) == VFS_OK)
		count++;
	fief_log("%s: %u, then %u", what, count, outcome);
	if (outcome != wanted || !count)
		breach(what);
	session_close();
	if (!session_open())
		breach("no session after the quota was used up");
}

static uint32_t more_handles(uint32_t number)
{
	(void)number;
	return ask(FS_OPEN, 0, (struct fs_request){ .flags = VFS_READ }, "",
	           "");
}

static uint32_t more_locks(uint32_t number)
{
	return ask(FS_LOCK, 0,
	           (struct fs_request){ .pos = 2 * (uint64_t)number,
	                                .len = 2 * (uint64_t)number + 1,
	                                .kind = VFS_LOCK_SHARED },
	           "", "");
}

static uint32_t more_fifos(uint32_t number)
{
	(void)ask(FS_MAKE, 0, (struct fs_request){ .kind = VFS_FIFO }, "fifo",
	          "");
	(void)number;
	return ask(FS_OPEN, 0,
	           (struct fs_request){ .flags = VFS_READ | VFS_NONBLOCK },
	           "fifo", "");
}

/* Watches are of handles: each needs one of its own. */
static uint32_t more_watches(uint32_t number)
{
	const uint32_t outcome = more_handles(number);

	return outcome ? outcome :
	                 ask(FS_WATCH, number + 1, (struct fs_request){ 0 }, "",
	                     "");
}

static void content_name(char out[16], uint32_t number)
{
	struct fmt f;

	fmt_init(&f, out, 16);
	fmt_add(&f, "c%u", number);
}

/* A link is as much content as a file. */
static uint32_t more_content(uint32_t number)
{
	static char text[3000];
	char name[16];

	memset(text, 'x', sizeof(text) - 1);
	content_name(name, number);
	return ask(FS_MAKE, 0, (struct fs_request){ .kind = VFS_SYMLINK }, name,
	           text);
}

/* What of it is still there for another session goes, too. */
static void content_remove(void)
{
	uint32_t kept = 0;
	char name[16];

	for (;; kept++) {
		content_name(name, kept);
		if (ask(FS_REMOVE, 0, (struct fs_request){ 0 }, name, ""))
			break;
	}
	fief_log("%u kept", kept);
}

static void quotas(void)
{
	for (unsigned i = 0; i < 3; i++) {
		until_refused("content", more_content, VFS_NO_SPACE);
		content_remove();
	}
	until_refused("handles", more_handles, VFS_NO_MEMORY);
	until_refused("locks", more_locks, VFS_NO_MEMORY);
	until_refused("fifos", more_fifos, VFS_NO_MEMORY);
	until_refused("watches", more_watches, VFS_NO_MEMORY);
}

/* Two that wait for the other end of a fifo have their packets back: all that can
 * be under way still can. */
static void waits(void)
{
	const struct fief_packet events = { .op = FS_EVENTS,
		                            .size = FS_PAYLOAD,
		                            .offset = 8 * FS_PAYLOAD,
		                            .cookie = 1 };
	const struct fs_request in = { .flags = VFS_READ };
	uint32_t waiting = 0;

	submit_raw(&events);
	if (ask(FS_EVENTS, 0, in, "", "") != VFS_BUSY)
		breach("a second request for events");
	(void)ask(FS_MAKE, 0, (struct fs_request){ .kind = VFS_FIFO }, "fifo",
	          "");
	while (waiting < 100 && !ask(FS_OPEN, 0, in, "fifo", ""))
		waiting++;
	if (!waiting || waiting == 100)
		breach("fifos that wait");
	for (uint32_t h = 1; h <= waiting; h++) {
		if (!ask(FS_READ, h, in, "", "") ||
		    !ask(FS_STAT, h, in, "", ""))
			breach("a file that is not open yet");
		(void)ask(FS_CLOSE, h, in, "", "");
	}
	if (ask(FS_OPEN, 0, in, "fifo", ""))
		breach("what was given back is not there");
	session_close();
	if (!session_open())
		breach("no session after waiting");
}

/* ---- anything ---- */

static void scribble(size_t from, size_t len)
{
	unsigned char *at = m.memory.addr;

	for (size_t i = 0; i < len && from + i < m.memory.bytes; i++)
		at[from + i] = (unsigned char)below(256);
}

static void random_request(const struct fief_packet *p)
{
	struct fs_request r = {
		.pos = any(),
		.len = any(),
		.size = any(),
		.flags = below(2) ? below(1 << 13) : (uint32_t)any(),
		.mode = (uint32_t)any(),
		.kind = below(9),
		.what = below(64),
		.how = below(64),
		.to = below(2) ? 0 : below(20),
		.path_len = (uint16_t)(below(16) ? below(6) : any()),
		.text_len = (uint16_t)(below(16) ? below(6) : any()),
	};
	char *at;

	if (p->offset % 8 || p->offset >= m.stream.bulk_bytes ||
	    m.stream.bulk_bytes - p->offset < sizeof(r) + 40)
		return;
	at = fief_packet_at(&m.stream, p);
	memcpy(at, &r, sizeof(r));
	for (unsigned i = 0; i < 40; i++)
		at[sizeof(r) + i] = "abcabc/."[below(8)];
}

static void random_packet(void)
{
	struct fief_packet p = {
		.offset = below(4) ? below(16) * FS_PAYLOAD : (uint32_t)any(),
		.size = below(4) ? FS_PAYLOAD : (uint32_t)any(),
		.op = below(8) ? below(FS_OPS) | (below(2) ? 0 : below(20))
		                                         << FS_OP_BITS :
		                 (uint32_t)any(),
		.status = (uint32_t)any(),
		.arg = any(),
		.cookie = any(),
	};

	random_request(&p);
	submit_raw(&p);
	fief_packet_source_flush(&m.stream);
	if (below(2))
		random_request(&p); /* while it is read */
}

static void collect(void)
{
	struct fief_packet p;

	fief_packet_source_awake(&m.stream);
	while (!fief_packet_get_ack(&m.stream, &p)) {
		m.acknowledged++;
		m.refused += p.status != 0;
	}
}

static void random_rounds(unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++) {
		random_packet();
		if (below(4) && file_system_process((struct file_system_cap){
					m.session.cap }))
			breach("the server is gone");
		if (below(4))
			collect();
		if (!below(1000))
			scribble(below(1024), 64); /* the queues themselves */
		if (!below(200)) {
			session_close();
			if (!session_open()) {
				breach("no session any more");
				return;
			}
		}
	}
}

void fief_component_construct(struct fief_env *env)
{
	m.env = env;
	m.state = 88172645463325252ull;
	m.acks.handle = on_acks;
	m.acks.level = FIEF_SIGNAL_IO;
	if (fief_signal_manage(env->ep, &m.acks) || !session_open())
		fief_exit(env, 1);
	ways_out();
	links_out();
	quotas();
	waits();
	random_rounds(ROUNDS);
	session_close();
	fief_log("%u packets were acknowledged, %u of them refused",
	         m.acknowledged, m.refused);
	if (!m.acknowledged || m.acknowledged == m.refused)
		breach("SETUP: nothing was tried");
	fief_exit(env, m.failed);
}
