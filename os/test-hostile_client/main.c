/* SPDX-License-Identifier: MIT */
/* A client that means no good. */

#include <fief/attached.h>
#include <fief/config.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/session.h>
#include <lib/mem.h>
#include <session/dataspace.h>

enum {
	HELD_MAX = 32,
	METHODS = 8,    /* more than any of the services has */
	SCRIBBLE = 256, /* bytes of what a server hands out */
	NS_PER_MS = 1000000,
};

/* Arguments no server should choke on. */
static const char *const strange[] = {
	"",
	"buffer_size=0",
	"buffer_size=18446744073709551615",
	"buffer_size=1T",
	"buffer_size",
	"=,=,,=",
	"buffer_size=4K, buffer_size=8K",
};

static struct main {
	struct fief_env *env;
	struct fief_config config;
	struct fief_signal_handler signalled;
	struct fief_session held[HELD_MAX];
	unsigned sessions;
	struct fief_attached memory; /* the last that a server handed out */
	struct kif_msg msg;
	uint64_t random, calls, good, opened;
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

/* ---- calls ---- */

/* Mostly plausible: a root pointer and small numbers; or noise. */
static void fill(unsigned words)
{
	for (unsigned i = 0; i < words; i++) {
		const uint64_t r = dice();

		m.msg.data[i] = r & 3 ? r >> 8 & 0xffff : r << 20 ^ dice();
	}
	if (words && dice() & 3)
		m.msg.data[0] = (dice() & 7) << 32 | (dice() & 7) << 48;
}

static fief_cap some_cap(void)
{
	const fief_cap caps[] = { m.env->pd, m.signalled.cap, FIEF_CAP_NULL,
		                  m.held[dice() % HELD_MAX].cap, m.memory.ds };

	return caps[dice() % (sizeof(caps) / sizeof(caps[0]))];
}

/* Map what came, to scribble over it while the server works with it. */
static void keep_memory(void)
{
	struct fief_attached a;

	for (unsigned i = 0; i < m.msg.ncaps; i++) {
		if (fief_attach(&a, m.msg.cap[i], KIF_PAGE,
		                KIF_READ | KIF_WRITE))
			continue; /* it was dropped */
		fief_detach(&m.memory);
		m.memory = a;
	}
}

static void scribble(void)
{
	unsigned char *at = m.memory.addr;

	for (unsigned i = 0; at && i < SCRIBBLE; i++)
		at[dice() % KIF_PAGE] = (unsigned char)dice();
}

static void call(fief_cap session)
{
	const unsigned words = (unsigned)(dice() % 65);
	uint32_t label = (uint32_t)(dice() % METHODS);

	if (!(dice() & 15))
		label = (uint32_t)dice();
	fill(words);
	m.msg.len = (uint16_t)(dice() & 7 ? words * 8 : dice() % 513);
	m.msg.ncaps = (uint8_t)(dice() % (KIF_CAPS_MAX + 1));
	for (unsigned i = 0; i < m.msg.ncaps; i++)
		m.msg.cap[i] = some_cap();
	m.calls++;
	if (fief_rpc_call(session, label, &m.msg))
		return;
	m.good++;
	keep_memory();
}

/* ---- sessions ---- */

static enum fief_err session_open(const struct node *n, bool odd,
                                  struct fief_session *out)
{
	struct fief_session_args a = {
		.service = node_attr(n, "service", ""),
		.label = node_attr(n, "label", ""),
		.args = node_attr(n, "args", ""),
	};
	uint64_t caps = 8;
	enum fief_err e;

	e = node_attr_u64(n, "ram", 32 << 10, NULL, &a.ram);
	if (!e)
		e = node_attr_u64(n, "caps", caps, NULL, &caps);
	if (e)
		return e;
	a.caps = (uint32_t)caps;
	if (odd) {
		a.args = strange[dice() % (sizeof(strange) / sizeof(*strange))];
		a.ram = dice() % (64 << 10);
		a.caps = (uint32_t)(dice() % 8);
	}
	e = fief_session_open(m.env, &a, out);
	m.opened += !e;
	return e;
}

static void open_and_close(const struct node *n)
{
	struct fief_session s;

	if (!session_open(n, true, &s))
		fief_session_close(m.env, &s);
}

static void hold(const struct node *n)
{
	uint64_t wanted = 8;

	if (node_attr_u64(n, "sessions", wanted, NULL, &wanted))
		return;
	m.sessions = 0;
	while (m.sessions < wanted && m.sessions < HELD_MAX &&
	       !session_open(n, false, &m.held[m.sessions]))
		m.sessions++;
}

static void attack(const struct node *n, uint64_t ms)
{
	const uint64_t end = fief_kif->time() + ms * NS_PER_MS;

	m.calls = m.good = m.opened = 0;
	hold(n);
	while (fief_kif->time() < end) {
		for (unsigned i = 0; i < m.sessions; i++)
			call(m.held[i].cap);
		scribble();
		if (!(dice() & 15))
			open_and_close(n);
	}
	fief_log("%s: %s, %llu calls, %llu good, %llu sessions",
	         node_attr(n, "service", ""),
	         m.good ? "reached" : "not reached",
	         (unsigned long long)m.calls, (unsigned long long)m.good,
	         (unsigned long long)m.opened);
}

/* ---- life ---- */

static void end(void)
{
	int64_t code = 1;

	if (!strcmp(node_attr(m.config.root, "code", ""), "crash"))
		__builtin_trap();
	if (node_attr_i64(m.config.root, "code", code, NULL, &code))
		fief_error("which exit code?");
	fief_exit(m.env, (int)code);
}

void fief_component_construct(struct fief_env *env)
{
	enum fief_err e = fief_config_open(env, &m.config);
	uint64_t ms = 300;

	m.env = env;
	m.random = fief_kif->time();
	m.signalled.handle = on_signal;
	if (!e)
		e = fief_signal_manage(env->ep, &m.signalled);
	if (!e)
		e = node_attr_u64(m.config.root, "ms", ms, NULL, &ms);
	if (e) {
		fief_error("cannot start: %s", fief_err_text(e));
		fief_exit(env, 2);
	}
	NODE_FOR_EACH(n, m.config.root, "attack")
		attack(n, ms);
	end();
}
