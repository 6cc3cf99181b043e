/* SPDX-License-Identifier: MIT */
/* What a child can ask of its parent, too often, too much, unasked for, and with
 * texts that are none. */

#include "child.h"

#include <fief/thread.h>
#include <lib/mem.h>
#include <session/pd.h>

enum { ID = 700000, RAM = 8192, CAPS = 3, TEXT = 161 };

static enum fief_err ask(uint32_t id, const char *service, const char *label)
{
	const struct parent_session_params p = {
		.id = id,
		.service = capnp_text_of(service),
		.label = capnp_text_of(label),
		.ram = RAM,
		.caps = CAPS,
	};
	struct parent_session_results r;
	enum fief_err e = parent_session(bad.parent, &p, &r);

	if (!e)
		fief_kif->drop(r.cap, 1);
	return e;
}

static void quota(uint64_t *ram, uint32_t *caps)
{
	uint64_t limit = 0, used = 0;
	uint32_t cap_limit = 0, cap_used = 0;

	if (pd_quota((struct pd_cap){ bad.env->pd }, &limit, &used, &cap_limit,
	             &cap_used))
		fief_log("SETUP: quota");
	*ram = limit - used;
	*caps = cap_limit - cap_used;
}

static void wait_for(uint32_t id)
{
	fief_cap cap;

	for (unsigned i = 0; i < 20; i++) {
		const enum fief_err e =
			parent_session_cap(bad.parent, id, &cap);

		if (!e)
			fief_kif->drop(cap, 1);
		if (e != FIEF_PENDING)
			return;
		bad_pause(1);
	}
}

/* ---- what is refused, again and again ---- */

static void refused(void)
{
	static char longest[TEXT];
	unsigned n = 0;

	memset(longest, 'x', sizeof(longest) - 1);
	for (; bad_time_left(); n += 4) {
		if (!ask(ID, "None", "x") ||
		    !ask(ID, "ROM", "no-such-module") ||
		    !ask(ID, "Test", longest) ||
		    !parent_announce(bad.parent, capnp_text_of("Test")))
			fief_log("BREACH: got what is refused");
	}
	fief_log("%u requests", n);
}

/* ---- many, each as cheap as can be ---- */

static enum fief_err ask_cheaply(uint32_t id, const char *service)
{
	const struct parent_session_params p = {
		.id = id,
		.service = capnp_text_of(service),
		.label = capnp_text_of("hang"),
		.ram = 1,
	};
	struct parent_session_results r;

	return parent_session(bad.parent, &p, &r);
}

static void sessions(void)
{
	enum fief_err e = FIEF_PENDING;
	uint32_t n = 0;

	while (e == FIEF_PENDING && bad_time_left())
		e = ask_cheaply(ID + n++, "Test");
	n += e == FIEF_PENDING;
	fief_log("%u sessions, then %s", n - 1, fief_err_name(e));
	while (bad_time_left())
		bad_pause(10);
	for (uint32_t i = 0; i < n - 1; i++) {
		e = parent_close(bad.parent, ID + i);
		if (e && e != FIEF_PENDING)
			fief_log("BREACH: close says %s", fief_err_name(e));
	}
}

/* Many that the parent of our parent never answers, and news of another one: each
 * of these is a reason to look at all. */
static void news(void)
{
	enum { PENDING = 4000 };
	uint32_t n = 0, rounds = 0;

	while (n < PENDING && ask_cheaply(ID + n, "Evil") == FIEF_PENDING)
		n++;
	if (n < PENDING)
		fief_log("SETUP: %u sessions", n);
	bad.end = fief_kif->time() + (uint64_t)400 * MS;
	for (; bad_time_left(); rounds++) {
		(void)!ask(ID + PENDING, "Report", "x");
		wait_for(ID + PENDING);
		(void)!parent_close(bad.parent, ID + PENDING);
	}
	fief_log("%u rounds", rounds);
}

/* ---- so many calls that one is always there ---- */

enum { THREADS = 5 };

static void call_on(struct fief_worker *self)
{
	uint64_t ram;
	uint32_t caps;

	(void)self;
	while (bad_time_left())
		(void)!parent_yield_request(bad.parent, &ram, &caps);
}

static void busy(void)
{
	static struct fief_worker worker[THREADS];

	for (unsigned i = 0; i < THREADS; i++) {
		worker[i].name = "busy";
		worker[i].run = call_on;
		if (fief_worker_start(&worker[i], bad.env->ram,
		                      FIEF_THREAD_STACK))
			fief_log("SETUP: thread");
	}
	call_on(NULL);
}

/* The one that suffers: it is started again and again. */
static void phoenix(void)
{
	bad_pause(5);
	fief_log("up");
	fief_exit(bad.env, 1);
}

/* ---- texts ---- */

static const struct {
	const char *text;
	bool refused;
} texts[] = {
	{ "a\nb", true },
	{ "\x1b[2J", true },
	{ "\x7f", true },
	{ "\xc2\x9b"
	  "2J",
	  true },
	{ "\xc2\x85", true },
	{ "\xff", true },
	{ "\xed\xa0\x80", true },
	{ " -> admin", false },
	{ "-> admin", false },
	{ "a -> -> b -> ", false },
	{ "\xef\xbf\xbf", false }, /* XML cannot have it */
	{ "<a b=\"&amp;\">'", false },
	{ "]]>\xf0\x9f\x99\x82", false },
};

static void one_text(const char *text, bool refused_text)
{
	const enum fief_err e = ask(ID, "None", text);

	if (e != (refused_text ? FIEF_INVALID : FIEF_DENIED))
		fief_log("BREACH: label says %s", fief_err_name(e));
	if (refused_text && ask(ID, text, "x") != FIEF_INVALID)
		fief_log("BREACH: service");
}

/* Characters of two and three bytes, so that some are where a text is cut. */
static void long_text(unsigned shift)
{
	char text[TEXT];
	unsigned n = 0;

	while (n < shift)
		text[n++] = 'x';
	for (; n + 3 < sizeof(text) - 10; n += 3)
		memcpy(text + n, "\xe2\x82\xac", 3);
	text[n] = '\0';
	one_text(text, false);
}

static void labels(void)
{
	for (unsigned i = 0; bad_time_left(); i++) {
		one_text(texts[i % (sizeof(texts) / sizeof(*texts))].text,
		         texts[i % (sizeof(texts) / sizeof(*texts))].refused);
		long_text(i % 3);
		bad_pause(5); /* some get into a report */
	}
}

/* ---- answers that nobody asked for ---- */

static void unasked(void)
{
	static const uint64_t much[] = { UINT64_MAX, (uint64_t)1 << 63, 0, 1 };
	uint64_t ram, free_ram, before;
	uint32_t caps, free_caps, caps_before;

	quota(&before, &caps_before);
	for (unsigned i = 0; bad_time_left(); i++) {
		if (parent_heartbeat_response(bad.parent) ||
		    parent_yield_response(bad.parent) ||
		    parent_resource_request(bad.parent, much[i % 4],
		                            (uint32_t)much[i / 4 % 4]) ||
		    parent_yield_request(bad.parent, &ram, &caps))
			fief_log("SETUP: an answer is refused");
		if (ram || caps)
			fief_log("BREACH: asked to yield %llu",
			         (unsigned long long)ram);
	}
	quota(&free_ram, &free_caps);
	if (free_ram > before || free_caps > caps_before)
		fief_log("BREACH: got quota");
	if (free_ram < before || free_caps < caps_before)
		fief_log("BREACH: quota was taken");
}

/* ---- a client that closes while its session is made ---- */

/* All of it must be back when its server has answered, or is gone. */
static void balance(uint64_t ram, uint32_t caps)
{
	uint64_t ram_now;
	uint32_t caps_now;

	for (unsigned i = 0; i < 2000; i++) {
		quota(&ram_now, &caps_now);
		if (ram_now == ram && caps_now == caps)
			return;
		bad_pause(1);
	}
	fief_log("BREACH: lost %lld bytes and %d caps of donations",
	         (long long)(ram - ram_now), (int)(caps - caps_now));
}

static void asks(void)
{
	unsigned n = 0, got = 0, upgraded = 0;
	uint64_t ram;
	uint32_t caps;

	quota(&ram, &caps);
	for (; bad_time_left(); n++) {
		const uint32_t id = ID + n % 5;
		const enum fief_err e = ask(id, "Evil", "x");

		got += !e || e == FIEF_PENDING;
		if (n % 3)
			wait_for(id);
		if (n % 3 == 2) {
			const enum fief_err u =
				parent_upgrade(bad.parent, id, 4096, 1);

			upgraded += !u || u == FIEF_PENDING;
		}
		if (n % 7)
			(void)!parent_close(bad.parent, id);
	}
	for (uint32_t i = 0; i < 5; i++)
		(void)!parent_close(bad.parent, ID + i);
	balance(ram, caps);
	fief_log("%s, %u requests, %u upgrades",
	         got ? "sessions were made" : "nothing", n, upgraded);
}

const struct bad_attack bad_client[] = {
	{ "refused", refused }, { "sessions", sessions },
	{ "labels", labels },   { "unasked", unasked },
	{ "asks", asks },       { "busy", busy },
	{ "news", news },       { "news", news },
	{ "phoenix", phoenix }, { 0 },
};
