/* SPDX-License-Identifier: MIT */
/* Children that know no manners. */
#include <string.h>

#include "world.h"

unsigned input_below(struct input *in, unsigned n)
{
	return in->at < in->end ? *in->at++ % n : 0;
}

/* ---- what it says ---- */

static const char *const services[] = { "Test", "Up",   "PD",    "ROM",
	                                "LOG",  "None", "T\x1b", "" };
static const char *const labels[] = {
	"",
	"x",
	"missing",
	"a -> b",
	" -> admin",
	"\xc2\x9b"
	"31m",
	"\xef\xbf\xbf",
	"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
	"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
	"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
	"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
	"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
	"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
	"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
	"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9",
	"a\nb",
};
static const uint64_t amounts[] = {
	4096,      0, 1, 458752, 500000, 1 << 20, 64 << 20, (uint64_t)1 << 63,
	UINT64_MAX
};

enum {
	SERVICES = sizeof(services) / sizeof(*services),
	LABELS = sizeof(labels) / sizeof(*labels),
	AMOUNTS = sizeof(amounts) / sizeof(*amounts),
	IDS = 6,
	REQUESTS = 4,
};

struct act {
	struct world_pd *pd;
	struct parent_cap parent;
	struct input *in;
};

static unsigned below(const struct act *a, unsigned n)
{
	return input_below(a->in, n);
}

static uint64_t amount(const struct act *a)
{
	return amounts[below(a, AMOUNTS)];
}

static uint32_t caps(const struct act *a)
{
	const unsigned n = below(a, 16);

	return n == 15 ? UINT32_MAX : n;
}

static fief_cap foreign(void)
{
	return world_export(NULL);
}

/* ---- as a client ---- */

static void session(const struct act *a)
{
	struct parent_session_results r;
	struct parent_session_params p = { 0 };
	const unsigned flags = below(a, 4);

	p.id = below(a, IDS);
	p.service = capnp_text_of(services[below(a, SERVICES)]);
	p.label = capnp_text_of(labels[below(a, LABELS)]);
	p.args = capnp_text_of(labels[below(a, LABELS)]);
	p.ram = amount(a);
	p.caps = caps(a);
	p.wait = flags & 1;
	p.movable = flags & 2;
	(void)!parent_session(a->parent, &p, &r);
}

static void session_cap(const struct act *a)
{
	fief_cap cap;

	(void)!parent_session_cap(a->parent, below(a, IDS), &cap);
}

static void upgrade(const struct act *a)
{
	const uint32_t id = below(a, IDS);
	const uint64_t ram = amount(a);

	(void)!parent_upgrade(a->parent, id, ram, caps(a));
}

static void close_one(const struct act *a)
{
	(void)!parent_close(a->parent, below(a, IDS));
}

/* ---- as a server ---- */

static void next_request(const struct act *a)
{
	struct parent_next_request_reply q;

	if (!parent_next_request(a->parent, &q))
		a->pd->request[a->pd->requests++ % REQUESTS] = q.id;
}

static uint32_t request(const struct act *a)
{
	const unsigned n = below(a, 2 * REQUESTS);

	return n < REQUESTS ? a->pd->request[n] : n - REQUESTS;
}

static void deliver(const struct act *a)
{
	const uint32_t id = request(a);

	(void)!parent_deliver(a->parent, id,
	                      below(a, 8) ? foreign() : FIEF_CAP_NULL);
}

static void respond(const struct act *a)
{
	const uint32_t id = request(a);

	(void)!parent_respond(a->parent, id,
	                      (enum response)below(a, RESPONSE_CLOSED + 1));
}

/* As a server should: with what is asked, at once. */
static void serve(const struct act *a)
{
	struct parent_next_request_reply q;

	if (parent_next_request(a->parent, &q))
		return;
	if (q.kind == REQUEST_KIND_CREATE)
		(void)!parent_deliver(a->parent, q.id, foreign());
	else
		(void)!parent_respond(a->parent, q.id,
		                      q.kind == REQUEST_KIND_CLOSE ?
		                              RESPONSE_CLOSED :
		                              RESPONSE_OK);
}

static void announce(const struct act *a)
{
	(void)!parent_announce(a->parent,
	                       capnp_text_of(services[below(a, SERVICES)]));
}

/* ---- the rest ---- */

static void handlers(const struct act *a)
{
	static enum fief_err (*const all[])(struct parent_cap,
	                                    struct signal_cap) = {
		parent_session_sigh,   parent_request_sigh,
		parent_resource_sigh,  parent_yield_sigh,
		parent_heartbeat_sigh,
	};
	const struct signal_cap handler = { below(a, 8) ? foreign() :
		                                          FIEF_CAP_NULL };

	(void)!all[below(a, 5)](a->parent, handler);
}

static void resources(const struct act *a)
{
	const uint64_t ram = amount(a);
	uint32_t n = caps(a);
	uint64_t wanted;

	if (n & 1)
		(void)!parent_resource_request(a->parent, ram, n);
	else if (n & 2)
		(void)!parent_yield_response(a->parent);
	else
		(void)!parent_yield_request(a->parent, &wanted, &n);
}

static void heartbeat(const struct act *a)
{
	(void)!parent_heartbeat_response(a->parent);
}

static void leave(const struct act *a)
{
	(void)!parent_exit(a->parent, (int32_t)below(a, 4) - 1);
}

/* It uses what it has, or gives it free again. */
static void spend(const struct act *a)
{
	struct fief_budget *b = &a->pd->account.budget;

	if (fief_budget_take(b, amount(a), 1))
		fief_budget_give(b, b->ram_used, b->caps_used);
}

static void noise(const struct act *a)
{
	struct kif_msg msg = { .len = (uint16_t)(below(a, 9) * 8) };
	const uint32_t method = below(a, 22);

	msg.ncaps = (uint8_t)below(a, 3);

	for (unsigned i = 0; i < msg.ncaps; i++)
		msg.cap[i] = foreign();
	for (unsigned i = 0; i < msg.len / 8u; i++)
		msg.data[i] = below(a, 256) * (uint64_t)1 << 4 * (i % 12);
	(void)!fief_rpc_call(a->parent.cap, method, &msg);
}

static void die(const struct act *a)
{
	static const enum pd_state how[] = { PD_STATE_EXITED, PD_STATE_KILLED,
		                             PD_STATE_CRASHED };
	const enum pd_state state = how[below(a, 3)];

	world_die(a->pd, state, (int32_t)below(a, 128));
}

void world_child_acts(struct world_pd *pd, struct input *in)
{
	static void (*const acts[])(const struct act *) = {
		session,      session,   session,   session_cap, upgrade,
		serve,        serve,     serve,     close_one,   next_request,
		next_request, deliver,   deliver,   respond,     announce,
		handlers,     resources, heartbeat, leave,       spend,
		noise,        die,
	};
	const struct act a = { pd, { pd->parent }, in };

	world_as_child(true);
	acts[input_below(in, sizeof(acts) / sizeof(*acts))](&a);
	world_as_child(false);
}
