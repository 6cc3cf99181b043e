/* SPDX-License-Identifier: MIT */
/*
 * One end of a line: `<config role="client"/>` sends a short and a long message and
 * wants both back in order; `<config role="server"/>` sends back what comes, and
 * ends with the line; `<config role="hostile"/>` asks for what it must not get, and
 * then fills its line and never reads.
 */

#include <fief/attached.h>
#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/session.h>
#include <lib/mem.h>
#include <session/terminal.h>

enum { SHORT = 23, LONG = 40000 };

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct fief_session session;
	struct fief_attached buffer;
	struct fief_signal_handler changed;
	bool client;
	uint64_t sent, received, held; /* bytes; held: to be sent back */
	char back[8192];
} m;

static struct terminal_cap terminal(void)
{
	return (struct terminal_cap){ m.session.cap };
}

/* The n-th byte of all that the client sends. */
static char byte_at(uint64_t n)
{
	return (char)('a' + n * 7 % 26);
}

static void fail(const char *what, enum fief_err e)
{
	fief_error("%s: %s", what, fief_err_name(e));
	fief_exit(m.env, 1);
}

static void done(void)
{
	if (m.received == SHORT)
		fief_log("the short message came back");
	if (m.received == SHORT + LONG) {
		fief_log("the long message came back, %u bytes through %zu",
		         (unsigned)LONG, m.buffer.bytes);
		fief_exit(m.env, 0);
	}
}

/* As much as is taken of bytes in the buffer. */
static uint64_t write_some(uint64_t len)
{
	uint64_t written = 0;
	const enum fief_err e = terminal_write(terminal(), len, &written);

	if (e && e != FIEF_GONE)
		fail("write", e);
	return written;
}

static void client_send(void)
{
	char *at = m.buffer.addr;
	uint64_t end = m.received < SHORT ? SHORT : SHORT + LONG, n, written;

	while (m.sent < end) {
		n = end - m.sent;
		n = n < m.buffer.bytes ? n : m.buffer.bytes;
		for (uint64_t i = 0; i < n; i++)
			at[i] = byte_at(m.sent + i);
		written = write_some(n);
		m.sent += written;
		if (written < n)
			return;
	}
}

static void client_take(const char *at, uint64_t len)
{
	for (uint64_t i = 0; i < len; i++)
		if (at[i] != byte_at(m.received + i))
			fail("another byte than was sent", FIEF_INVALID);
	m.received += len;
	if (len)
		done();
}

static void server_send(void)
{
	uint64_t written;

	if (!m.held)
		return;
	memcpy(m.buffer.addr, m.back, m.held);
	written = write_some(m.held);
	memmove(m.back, m.back + written, m.held - written);
	m.held -= written;
}

static void server_take(const char *at, uint64_t len)
{
	memcpy(m.back + m.held, at, len);
	m.held += len;
}

/* Not more than can be held. */
static bool may_read(void)
{
	return m.client || !m.held;
}

static void on_changed(struct fief_signal_handler *self, unsigned count)
{
	uint64_t length, held;
	bool end = false;
	enum fief_err e;

	(void)self, (void)count;
	do {
		held = m.held;
		length = 0;
		e = may_read() ? terminal_read(terminal(), &length, &end) :
		                 FIEF_OK;
		if (e || length > m.buffer.bytes)
			fail("read", e);
		(m.client ? client_take : server_take)(m.buffer.addr, length);
		(m.client ? client_send : server_send)();
	} while (length || m.held < held);
	if (end) {
		fief_log("the other end is gone");
		fief_exit(m.env, m.client);
	}
}

static enum fief_err start(void)
{
	const char *label = node_attr(m.config.root, "line", "line");
	const struct fief_session_args a = { .service = TERMINAL_SERVICE,
		                             .label = label,
		                             .ram = TERMINAL_RAM_QUOTA,
		                             .caps = TERMINAL_CAP_QUOTA };
	struct signal_cap changed;
	struct dataspace_cap ds;
	uint64_t size;
	enum fief_err e = fief_session_open(m.env, &a, &m.session);

	if (!e)
		e = terminal_buffer(terminal(), &ds, &size);
	if (!e)
		e = fief_attach(&m.buffer, ds.cap, size, KIF_READ | KIF_WRITE);
	m.changed.handle = on_changed;
	if (!e)
		e = fief_signal_manage(m.env->ep, &m.changed);
	changed.cap = m.changed.cap;
	if (!e)
		e = terminal_read_sigh(terminal(), changed);
	if (!e)
		e = terminal_write_sigh(terminal(), changed);
	return e;
}

/* Each of these is refused or of no effect; the line takes what it has room for. */
static void hostile(void)
{
	static const uint64_t lengths[] = { UINT64_MAX, 1ull << 32, 4097 };
	const struct signal_cap none = { FIEF_CAP_NULL };
	uint64_t total = 0, written = 1;
	bool end;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		if (terminal_write(terminal(), lengths[i], &written) !=
		    FIEF_TOO_LONG)
			fail("too long", FIEF_INVALID);
	for (unsigned i = 0; i < 100 && written; i++) {
		if (terminal_write(terminal(), m.buffer.bytes, &written))
			fail("write", FIEF_INVALID);
		total += written;
	}
	if (total != m.buffer.bytes ||
	    terminal_read(terminal(), &written, &end) || written || end ||
	    terminal_read_sigh(terminal(), none) ||
	    terminal_write_sigh(terminal(), none) ||
	    terminal_size_sigh(terminal(), none))
		fail("the line", FIEF_INVALID);
	fief_log("the line took %llu bytes", (unsigned long long)total);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e;

	m.env = env;
	e = fief_config_open(env, &m.config);
	if (e)
		fail("config", e);
	m.client = !strcmp(node_attr(m.config.root, "role", ""), "client");
	e = start();
	if (e)
		fail("start", e);
	if (m.buffer.bytes > sizeof(m.back))
		fail("buffer", FIEF_LIMIT);
	if (!strcmp(node_attr(m.config.root, "role", ""), "hostile"))
		hostile();
}
