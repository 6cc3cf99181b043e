/* SPDX-License-Identifier: MIT */
/* Sessions in all ways at init-test-server. Exits with the number of failed
 * checks. */

#include <fief/component.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <fief/rom.h>
#include <fief/session.h>

#include <lib/mem.h>
#include <session/parent.h>
#include <session/pd.h>

enum { RAM = 8192, CAPS = 2, ROUNDS = 300, MS = 1000000, ID = 900000 };

static struct main {
	struct fief_env *env;
	struct fief_signal_handler news;
	int failed;
	uint64_t ram; /* free quota at the start */
	uint32_t caps;
} m;

static struct parent_cap parent(void)
{
	return (struct parent_cap){ m.env->parent };
}

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	fief_error("failed: %s", what);
	m.failed++;
}

static void check_err(enum fief_err found, enum fief_err expected,
                      const char *what)
{
	if (found == expected)
		return;
	fief_error("failed: %s: found %s, expected %s", what,
	           fief_err_name(found), fief_err_name(expected));
	m.failed++;
}

static void quota(uint64_t *ram, uint32_t *caps)
{
	uint64_t limit = 0, used = 0;
	uint32_t cap_limit = 0, cap_used = 0;

	check_err(pd_quota((struct pd_cap){ m.env->pd }, &limit, &used,
	                   &cap_limit, &cap_used),
	          FIEF_OK, "quota");
	*ram = limit - used;
	*caps = cap_limit - cap_used;
}

/* Closed sessions give back when the server has answered. */
static void check_balance(const char *what)
{
	uint64_t ram = 0;
	uint32_t caps = 0;

	for (unsigned i = 0; i < 2000; i++) {
		quota(&ram, &caps);
		if (ram == m.ram && caps == m.caps)
			return;
		fief_kif->park(fief_kif->time() + MS);
	}
	fief_error("failed: balance after %s: RAM %lld, caps %lld", what,
	           (long long)ram - (long long)m.ram,
	           (long long)caps - (long long)m.caps);
	m.failed++;
}

static enum fief_err open_label(const char *service, const char *label,
                                struct fief_session *s)
{
	const struct fief_session_args a = {
		.service = service, .label = label, .ram = RAM, .caps = CAPS
	};

	return fief_session_open(m.env, &a, s);
}

static enum fief_err ask(uint32_t id, const char *label, uint64_t ram)
{
	const struct parent_session_params p = {
		.id = id,
		.service = capnp_text_of("Test"),
		.label = capnp_text_of(label),
		.ram = ram,
		.caps = CAPS,
	};
	struct parent_session_results r;
	enum fief_err e = parent_session(parent(), &p, &r);

	if (!e)
		fief_kif->drop(r.cap, 1);
	return e;
}

/* The outcome of a request that was PENDING. */
static enum fief_err outcome(uint32_t id)
{
	enum fief_err e = FIEF_PENDING;
	fief_cap cap;

	for (unsigned i = 0; i < 2000 && e == FIEF_PENDING; i++) {
		e = parent_session_cap(parent(), id, &cap);
		if (!e)
			fief_kif->drop(cap, 1);
		else
			fief_kif->park(fief_kif->time() + MS);
	}
	return e;
}

static void loop(void)
{
	const uint64_t t0 = fief_kif->time();
	struct fief_session s;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct kif_msg msg = { 0 };

		check_err(open_label("Test", "ok", &s), FIEF_OK, "open");
		if (!m.failed)
			check_err(fief_rpc_call(s.cap, 0, &msg), FIEF_OK,
			          "call");
		fief_session_close(m.env, &s);
		if (m.failed)
			return;
	}
	check_balance("loop");
	fief_log("open, call and close: %llu us",
	         (unsigned long long)(fief_kif->time() - t0) / ROUNDS / 1000);
}

static void refusals(void)
{
	char longest[161];
	struct fief_session s;

	check_err(open_label("Test", "deny", &s), FIEF_DENIED, "deny");
	check_err(open_label("Test", "null", &s), FIEF_DENIED, "null");
	check_err(open_label("None", "x", &s), FIEF_DENIED, "no route");
	check_err(open_label("ROM", "does-not-exist", &s), FIEF_DENIED,
	          "no ROM");
	check_err(open_label("Test", "a\nb", &s), FIEF_INVALID, "newline");
	memset(longest, 'x', 160);
	longest[160] = '\0';
	check_err(open_label("Test", longest, &s), FIEF_TOO_LONG, "long");
	check_err(ask(0, "ok", RAM), FIEF_CONFLICT, "id 0");
	check_err(ask(ID, "ok", (uint64_t)1 << 40), FIEF_OUT_OF_RAM, "poor");
	check_err(parent_close(parent(), ID), FIEF_NOT_FOUND, "close none");
	check_err(parent_upgrade(parent(), ID, 1, 0), FIEF_NOT_FOUND,
	          "upgrade none");
	check_balance("refusals");
}

static void more(void)
{
	struct fief_session s;
	uint64_t before, after;
	uint32_t caps;

	check_err(open_label("Test", "more", &s), FIEF_OK, "more");
	quota(&before, &caps);
	check_err(fief_session_upgrade(m.env, &s, 4096, 1), FIEF_OK, "upgrade");
	quota(&after, &caps);
	check(before == after + 4096, "upgrade is paid");
	check_err(fief_session_upgrade(m.env, &s, (uint64_t)1 << 40, 1),
	          FIEF_OUT_OF_RAM, "upgrade without money");
	fief_session_close(m.env, &s);
	check_balance("more");
}

static void asynchronous(void)
{
	struct fief_session s;

	check_err(ask(ID, "hang", RAM), FIEF_PENDING, "hang");
	check_err(ask(ID, "hang", RAM), FIEF_CONFLICT, "duplicate");
	check_err(open_label("Test", "ok", &s), FIEF_OK, "in between");
	fief_session_close(m.env, &s); /* the server has read both */
	check_err(parent_close(parent(), ID), FIEF_PENDING, "close hanging");
	check_err(ask(ID, "hang", RAM), FIEF_PENDING, "id again");
	check_err(ask(ID + 1, "ok", RAM), FIEF_PENDING, "pending");
	check_err(outcome(ID + 1), FIEF_OK, "available");
	check_err(parent_upgrade(parent(), ID + 1, 4096, 0), FIEF_PENDING,
	          "pending upgrade");
	check_err(outcome(ID + 1), FIEF_OK, "upgraded");
	check_err(parent_close(parent(), ID + 1), FIEF_PENDING, "close");
	check_err(ask(ID + 2, "deny", RAM), FIEF_PENDING, "pending denial");
	check_err(outcome(ID + 2), FIEF_DENIED, "denied");
	check_err(outcome(ID + 2), FIEF_NOT_FOUND, "denied is gone");
	check_err(ask(ID + 3, "release", RAM), FIEF_PENDING, "release");
	check_err(outcome(ID + 3), FIEF_OK, "released");
	check_err(outcome(ID), FIEF_DENIED, "the second that hung");
	check_err(parent_close(parent(), ID + 3), FIEF_PENDING, "close");
	check_balance("asynchronous");
}

/* Only our own requests reach a limit. */
static void flood(void)
{
	struct fief_session s, spare;
	enum fief_err e = FIEF_PENDING;
	uint32_t n = 0;

	check_err(open_label("Test", "ok", &spare), FIEF_OK, "spare");
	while (e == FIEF_PENDING && n < 100000)
		e = ask(ID + n++, "hang", 1);
	fief_log("%u sessions, then %s", n - 1, fief_err_name(e));
	check(e == FIEF_OUT_OF_RAM || e == FIEF_OUT_OF_CAPS,
	      "flood is stopped");
	for (uint32_t i = 0; i < n - 1; i++) {
		e = parent_close(parent(), ID + i);
		check(!e || e == FIEF_PENDING, "close of flood");
	}
	fief_session_close(m.env, &spare);
	do /* until the spare session has given back what this needs */
		e = open_label("Test", "release", &s);
	while (e == FIEF_OUT_OF_CAPS || e == FIEF_OUT_OF_RAM);
	check_err(e, FIEF_OK, "release of flood");
	fief_session_close(m.env, &s);
	check_balance("flood");
}

static void crash(void)
{
	struct kif_msg msg = { 0 };
	struct fief_session open, s;

	check_err(open_label("Test", "ok", &open), FIEF_OK, "before crash");
	check_err(ask(ID, "hang", RAM), FIEF_PENDING, "before crash");
	check_err(open_label("Test", "crash", &s), FIEF_GONE, "crash");
	check_err(outcome(ID), FIEF_GONE, "hanging at crash");
	check_err(open_label("Test", "ok", &s), FIEF_DENIED, "after crash");
	check_err(fief_rpc_call(open.cap, 0, &msg), FIEF_GONE, "dead session");
	fief_session_close(m.env, &open);
	check_balance("crash");
}

static void on_news(struct fief_signal_handler *self, unsigned count)
{
	(void)self;
	(void)count;
}

void fief_component_construct(struct fief_env *env)
{
	m.env = env;
	m.news.handle = on_news;
	check_err(fief_signal_manage(env->ep, &m.news), FIEF_OK, "handler");
	check_err(parent_session_sigh(parent(),
	                              (struct signal_cap){ m.news.cap }),
	          FIEF_OK, "session_sigh");
	quota(&m.ram, &m.caps);
	loop();
	refusals();
	more();
	asynchronous();
	flood();
	crash();
	fief_log("%d checks failed", m.failed);
	fief_exit(env, m.failed > 99 ? 99 : m.failed);
}
