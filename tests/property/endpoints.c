/* SPDX-License-Identifier: MIT */
/* A server with several endpoints, one thread each, and many clients that die
 * at any moment: the lives, the ends, and the deadlines. */

#include <stdarg.h>

#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>
#include <fief/log.h>
#include <lib/fmt.h>
#include <session/pd.h>

#include "endpoints_server.h"

enum {
	PATIENCE_S = 10,
	STEP_NS = 1000000,
	ROUNDS = 4,
	ROUNDS_MAX = 10,
	MAKES = 60, /* of endpoints; more than 64 cost a capability each */
	GOAL = 24,  /* calls of a thread before its client may be ended */
};

struct shared shared;

static struct run {
	char stack[ENDPOINTS + CALLERS][STACK] FIEF_ALIGNED(16);
	uint64_t dice, next, made, ended, remakes, due;
} r;

static const struct quota donation = { PD_RAM_QUOTA + (512 << 10),
	                               PD_CAP_QUOTA + 60 };

/* ---- shared ---- */

void shared_lock(void)
{
	while (fief_mutex_lock(&shared.lock))
		;
}

void shared_unlock(void)
{
	fief_mutex_unlock(&shared.lock);
}

void shared_wrong(const char *format, ...)
{
	va_list args;
	struct fmt f;

	if (atomic_load(&shared.wrong))
		return;
	fmt_init(&f, shared.problem, sizeof(shared.problem));
	va_start(args, format);
	fmt_add_args(&f, format, args);
	va_end(args);
	atomic_store(&shared.wrong, true);
}

uint64_t shared_dice(uint64_t *state, uint64_t n)
{
	*state = call_mix(*state);
	return (*state >> 16) % n;
}

struct client *client_of(uint64_t id)
{
	for (unsigned i = 0; i < CLIENTS; i++)
		if (id && shared.client[i].id == id)
			return &shared.client[i];
	return NULL;
}

static uint64_t roll(uint64_t n)
{
	return shared_dice(&r.dice, n);
}

static uint64_t patience(void)
{
	return fief_kif->time() + PATIENCE_S * 1000000000ull;
}

/* ---- objects ---- */

static void client_export(struct client *c, unsigned ep)
{
	const fief_ep at = shared.server[ep].ep;
	fief_cap object = FIEF_CAP_NULL, signal = FIEF_CAP_NULL;

	expect(fief_kif->export(at, badge_of(c->id, ep, false), KIF_OBJECT_RPC,
	                        &object),
	       FIEF_OK, "export");
	expect(fief_kif->export(at, badge_of(c->id, ep, true),
	                        KIF_OBJECT_SIGNAL, &signal),
	       FIEF_OK, "export of a signal");
	shared_lock();
	c->object[ep] = object;
	c->signal[ep] = signal;
	c->raised[ep] = c->coming[ep] = c->signals[ep] = c->due[ep] = 0;
	shared_unlock();
}

/* What its objects report afterwards was taken before. */
static void client_retire(struct client *c)
{
	struct retired *old;

	for (unsigned i = 0; i < ENDPOINTS; i++) {
		fief_kif->revoke(c->object[i]);
		fief_kif->revoke(c->signal[i]);
	}
	shared_lock();
	old = &shared.retired[shared.nretired++ % RETIRED];
	old->id = c->id;
	for (unsigned i = 0; i < ENDPOINTS; i++)
		old->turn[i] = atomic_load(&shared.server[i].turn) + 1;
	fief_kif->drop(c->own, 1);
	*c = (struct client){ 0 };
	shared_unlock();
}

/* ---- endpoints ---- */

static bool server_idle(const struct server *s)
{
	bool idle;

	shared_lock();
	idle = s->idle;
	shared_unlock();
	return idle;
}

static void server_make(unsigned n)
{
	struct server *s = &shared.server[n];

	expect(fief_kif->ep_create(&s->ep), FIEF_OK, "ep_create");
	for (unsigned i = 0; i < CLIENTS && !d.failed; i++)
		if (shared.client[i].id)
			client_export(&shared.client[i], n);
	shared_lock();
	s->alive = true;
	s->idle = false;
	shared_unlock();
	fief_kif->unpark(s->thread);
	r.remakes++;
}

static void server_remake(unsigned n)
{
	struct server *s = &shared.server[n];
	const uint64_t end = patience();

	shared_lock();
	s->alive = false;
	s->generation++;
	shared_unlock();
	fief_kif->ep_destroy(s->ep);
	while (!server_idle(s) && !d.failed) {
		fief_entrypoint_step(d.env->ep, fief_kif->time() + STEP_NS);
		if (fief_kif->time() > end)
			fail("endpoint %u was destroyed; its thread waits", n);
	}
	if (!d.failed)
		server_make(n);
}

static void start(void (*main)(void *), void *arg, unsigned stack,
                  fief_thread *thread)
{
	expect(fief_kif->thread_start(main, arg, r.stack[stack] + STACK,
	                              thread),
	       FIEF_OK, "thread_start");
}

static void prepare(void)
{
	fief_thread thread;

	r.dice = call_mix(d.plan.seed);
	for (unsigned i = 0; i < ENDPOINTS && !d.failed; i++) {
		struct server *s = &shared.server[i];

		s->dice = roll(UINT64_MAX);
		s->generation = 1;
		start(server_main, s, i, &s->thread);
		if (!d.failed)
			server_make(i);
	}
	for (unsigned i = 0; i < CALLERS && !d.failed; i++) {
		shared.caller[i].dice = roll(UINT64_MAX);
		start(caller_main, &shared.caller[i], ENDPOINTS + i, &thread);
	}
}

/* ---- a client ---- */

static void client_start(struct client *c)
{
	struct node *n = &d.node[1 + (c - shared.client)];

	expect(node_open(n, donation), FIEF_OK, "open");
	if (d.failed)
		return;
	shared_lock();
	*c = (struct client){ .id = ++r.next, .node = n };
	c->holds = !roll(4);
	c->goal = roll(3) ? roll(GOAL) : 0;
	c->until = patience();
	shared_unlock();
	for (unsigned i = 0; i < ENDPOINTS && !d.failed; i++)
		client_export(c, i);
	expect(pd_start((struct pd_cap){ n->pd },
	                (struct dataspace_cap){ d.binary.ds },
	                (struct parent_cap){ n->parent.cap },
	                (struct cpu_cap){ FIEF_CAP_NULL },
	                (struct log_cap){ FIEF_CAP_NULL }),
	       FIEF_OK, "start");
	n->started = true;
	r.made++;
}

/* It asks for an object to begin with. */
static void client_answer(struct client *c)
{
	const unsigned ep = (unsigned)roll(ENDPOINTS);
	const uint64_t arg[2] = { c->id,
		                  shared.server[ep].generation << 8 | ep };

	node_tell(c->node, ORDER_COUNT, arg, c->object[ep]);
}

/* Each of its threads has been served at each endpoint, and each signal that
 * it had raised by then was heard. */
static bool client_served(struct client *c)
{
	bool full = true;

	shared_lock();
	for (unsigned ep = 0; ep < ENDPOINTS; ep++)
		for (unsigned i = 0; i < LOOPS && !c->full; i++)
			full = full && c->served[ep][i] >= c->goal;
	if (full && !c->full) {
		c->full = true;
		for (unsigned ep = 0; ep < ENDPOINTS; ep++)
			c->due[ep] = c->raised[ep];
	}
	for (unsigned ep = 0; ep < ENDPOINTS; ep++)
		full = full && c->signals[ep] >= c->due[ep];
	shared_unlock();
	return full;
}

static void client_state(const struct client *c, enum pd_state *state,
                         int32_t *code)
{
	expect(pd_status((struct pd_cap){ c->node->pd }, state, code), FIEF_OK,
	       "status");
}

/* What its loops are in, if it can say. */
static void client_tell(const struct client *c)
{
	static struct kif_msg msg = { .label = CLIENT_WHO, .len = 8 };

	if (c->own && !fief_kif->call(c->own, &msg))
		fief_log("its loops are in %llu %llu %llu",
		         (unsigned long long)msg.data[2],
		         (unsigned long long)msg.data[3],
		         (unsigned long long)msg.data[4]);
}

static void client_late(struct client *c)
{
	enum pd_state state = PD_STATE_CREATED;
	int32_t code = 0;

	client_state(c, &state, &code);
	fail("client %llu, goal %llu, is not served; state %u, code %d",
	     (unsigned long long)c->id, (unsigned long long)c->goal,
	     (unsigned)state, (int)code);
	for (unsigned ep = 0; ep < ENDPOINTS; ep++)
		fief_log("endpoint %u: served %llu %llu %llu, %llu signals of "
		         "%llu",
		         ep, (unsigned long long)c->served[ep][0],
		         (unsigned long long)c->served[ep][1],
		         (unsigned long long)c->served[ep][2],
		         (unsigned long long)c->signals[ep],
		         (unsigned long long)c->due[ep]);
	client_tell(c);
}

/* A client that runs without order to end has found something wrong. */
static bool client_runs(const struct client *c)
{
	enum pd_state state = PD_STATE_RUNNING;
	int32_t code = 0;

	client_state(c, &state, &code);
	if (state == PD_STATE_RUNNING || state == PD_STATE_CREATED)
		return true;
	if (!c->order || (c->order == CLIENT_EXITS && code != EXIT_ORDERED))
		fail("client %llu ended: state %u, code %d",
		     (unsigned long long)c->id, (unsigned)state, (int)code);
	return false;
}

static void client_close(struct client *c)
{
	struct node *n = c->node;

	if (!roll(3)) { /* objects that its calls are in */
		client_retire(c);
		node_close(n);
	} else {
		node_close(n);
		client_retire(c);
	}
	r.ended++;
}

/* In one of four ways; by order, it ends a little later. */
static void client_end(struct client *c)
{
	const uint64_t how = roll(16);

	shared_lock();
	c->ending = c->dying = true;
	if (how < 5)
		c->order = how ? CLIENT_EXITS : CLIENT_CRASHES;
	shared_unlock();
	c->until = patience();
	if (how < 5)
		return;
	if (how < 11)
		expect(pd_stop((struct pd_cap){ c->node->pd }), FIEF_OK,
		       "stop");
	client_close(c);
}

static void client_step(struct client *c)
{
	if (!c->id)
		return;
	if (c->node->asks)
		client_answer(c);
	if (fief_kif->time() > c->until)
		client_late(c);
	else if (!c->dying && (atomic_load(&c->held) || client_served(c)) &&
	         !roll(3))
		client_end(c);
	else if (!roll(c->dying ? 2 : 64) && !client_runs(c) && !d.failed)
		client_close(c);
}

/* ---- the run ---- */

static void check_threads(void)
{
	shared_lock();
	if (atomic_load(&shared.wrong))
		fail("%s", shared.problem);
	shared_unlock();
	for (unsigned i = 0; i < CALLERS; i++) {
		const uint64_t since = atomic_load(&shared.caller[i].since);

		if (since &&
		    fief_kif->time() > since + PATIENCE_S * 1000000000ull)
			fail("a call of client %llu does not end",
			     (unsigned long long)atomic_load(
				     &shared.caller[i].at));
	}
}

static bool callers_rest(void)
{
	bool busy;

	shared_lock();
	busy = shared.passed != FIEF_CAP_NULL;
	for (unsigned i = 0; i < CALLERS; i++)
		busy = busy || atomic_load(&shared.caller[i].since);
	shared_unlock();
	return !busy;
}

static void turn(uint64_t until)
{
	for (unsigned i = 0; i < CLIENTS && !d.failed; i++) {
		struct client *c = &shared.client[i];

		client_step(c);
		if (!c->id && r.made < until && !d.failed && !roll(4))
			client_start(c);
	}
	if (!d.failed && r.made >= r.due && r.remakes < MAKES) {
		server_remake((unsigned)roll(ENDPOINTS));
		r.due = r.made + 1 + roll(d.plan.clients * 2 / MAKES);
	}
	fief_entrypoint_step(d.env->ep, fief_kif->time() + STEP_NS);
	check_threads();
}

static void round(uint64_t lives)
{
	const uint64_t until = r.made + lives;

	atomic_store(&shared.rest, false);
	while (r.ended < until && !d.failed)
		turn(until);
	atomic_store(&shared.rest, true);
	while (!callers_rest() && !d.failed)
		turn(until);
}

static void tell(void)
{
	fief_log("%llu lives, %llu calls, %llu signals, %llu calls back GONE, "
	         "%llu capabilities passed on, %llu endpoints made",
	         (unsigned long long)r.ended, (unsigned long long)shared.calls,
	         (unsigned long long)shared.signals,
	         (unsigned long long)shared.gone,
	         (unsigned long long)shared.passes,
	         (unsigned long long)r.remakes);
}

/* Tables of kif grow with what is alive at once, which depends on who was
 * faster; what is lost is more after each round. */
void endpoints_run(void)
{
	struct account before = { 0 }, after = { 0 };

	prepare();
	for (unsigned i = 1; i <= ROUNDS_MAX && !d.failed; i++) {
		before = after;
		round(d.plan.clients / ROUNDS);
		if (d.failed)
			break;
		after = lives_rest(r.ended);
		tell();
		if (i >= ROUNDS && after.ram_used == before.ram_used &&
		    after.caps_used == before.caps_used)
			return;
	}
	tell();
	if (!d.failed)
		fail("%llu RAM and %u caps in use at the end, a round before "
		     "it were %llu and %u",
		     (unsigned long long)after.ram_used, after.caps_used,
		     (unsigned long long)before.ram_used, before.caps_used);
}
