/* SPDX-License-Identifier: MIT */
/* A client of the server with several endpoints: LOOPS threads call it, the
 * initial one serves an object of the client's own. */

#include <fief/component.h>
#include <fief/entrypoint_loop.h>
#include <fief/kif_table.h>

#include "endpoints.h"
#include "orders.h"

enum { STACK = 16384, SLEEP_NS = 500000, OWN_BADGE = 1 };

/* What a thread has of an endpoint of the server. */
struct link {
	fief_cap object, signal;
	uint64_t generation, gone; /* of the objects that it had */
	uint64_t raised, coming;
};

struct loop {
	unsigned number;
	uint64_t calls, dice;
	struct link link[ENDPOINTS];
	volatile uint64_t doing; /* told with CLIENT_WHO: why it hangs */
	fief_cap peer;           /* an object of another client */
	uint64_t peer_id;
	struct kif_msg msg;
	char stack[STACK] FIEF_ALIGNED(16);
};

static struct main {
	struct fief_env *env;
	uint64_t id;
	fief_cap own;
	struct loop loop[LOOPS];
} m;

static uint64_t dice(struct loop *l, uint64_t n)
{
	l->dice = call_mix(l->dice);
	return (l->dice >> 16) % n;
}

static void nap(void)
{
	fief_kif->park(fief_kif->time() + SLEEP_NS);
}

static void end(uint64_t how)
{
	if (how == CLIENT_CRASHES)
		__builtin_trap();
	if (how == CLIENT_EXITS)
		fief_kif->exit(EXIT_ORDERED);
}

/* ---- calls of the server ---- */

static void prepare(struct loop *l, enum call_label label, unsigned at,
                    uint64_t arg, uint64_t arg2)
{
	struct kif_msg *msg = &l->msg;

	msg->label = label;
	msg->len = (uint16_t)(8 * (WORD_PATTERN +
	                           dice(l, CALL_WORDS - WORD_PATTERN + 1)));
	msg->ncaps = 0;
	msg->data[WORD_CLIENT] = m.id;
	msg->data[WORD_LOOP] = l->number;
	msg->data[WORD_NUMBER] = ++l->calls;
	msg->data[WORD_ARG] = arg;
	msg->data[WORD_ARG2] = arg2;
	msg->data[WORD_RAISED] = l->link[at].raised;
	msg->data[WORD_COMING] = l->link[at].coming;
	msg->data[WORD_END] = 0;
	call_fill(msg, 0);
}

static void check_answer(const struct loop *l, uint16_t len)
{
	const struct kif_msg *a = &l->msg;

	if (a->label != FIEF_OK || a->len != len ||
	    a->data[WORD_CLIENT] != m.id || a->data[WORD_LOOP] != l->number ||
	    a->data[WORD_NUMBER] != l->calls || !call_whole(a, 1))
		fief_kif->exit(EXIT_WRONG_ANSWER);
	end(a->data[WORD_END]);
}

static void link_lost(struct link *k)
{
	fief_kif->drop(k->object, 1);
	fief_kif->drop(k->signal, 1);
	k->gone = k->generation;
	k->object = k->signal = FIEF_CAP_NULL;
}

/* The prepared call. False: the endpoint is no more. */
static bool call(struct loop *l, unsigned at)
{
	struct link *k = &l->link[at];
	const uint16_t len = l->msg.len;
	enum fief_err e;

	l->doing = 1 + l->msg.label + 16 * at;
	e = fief_kif->call(k->object, &l->msg);
	l->doing = 0;
	if (!e) {
		check_answer(l, len);
		return true;
	}
	if (e != FIEF_GONE)
		fief_kif->exit(EXIT_WRONG_ERROR + (int)e);
	link_lost(k);
	return false;
}

/* A parent that is asked by two threads at once lets one wait. */
static void ask_parent(struct loop *l)
{
	struct link k = { 0 };
	uint64_t at;

	l->msg.len = 8;
	l->msg.ncaps = 0;
	l->msg.data[0] = FIEF_OK;
	l->doing = 100;
	if (fief_rpc_call(m.env->parent, PROPERTY_NEXT, &l->msg)) {
		l->doing = 101;
		nap();
		return;
	}
	m.id = l->msg.data[1]; /* the same each time */
	at = l->msg.data[2] & 0xff;
	k.object = l->msg.ncaps ? l->msg.cap[0] : FIEF_CAP_NULL;
	k.generation = l->msg.data[2] >> 8;
	if (!k.object || l->link[at].object) {
		fief_kif->drop(k.object, 1);
		nap();
		return;
	}
	k.gone = l->link[at].gone;
	l->link[at] = k;
}

/* Ask at an endpoint that we have for one that we have not. */
static void ask_link(struct loop *l, unsigned at, unsigned for_)
{
	struct link *k = &l->link[for_];

	prepare(l, CALL_LINK, at, for_, k->object ? 0 : k->gone);
	if (!call(l, at))
		return;
	if (l->msg.data[WORD_ARG] == LINK_WRONG)
		fief_kif->exit(EXIT_LINK_GONE);
	if (l->msg.data[WORD_ARG] != LINK_NEW || l->msg.ncaps != 2) {
		nap();
		return;
	}
	fief_kif->drop(k->object, 1);
	fief_kif->drop(k->signal, 1);
	k->object = l->msg.cap[0];
	k->signal = l->msg.cap[1];
	k->generation = l->msg.data[WORD_ARG2];
	k->raised = k->coming = 0;
}

/* ---- what a loop does ---- */

static void do_echo(struct loop *l, unsigned at)
{
	prepare(l, CALL_ECHO, at, 0, 0);
	call(l, at);
}

/* Signals that were announced; only one thread counts them. A new endpoint
 * knows nothing of those sent to the old one. */
static void do_signal(struct loop *l, unsigned at)
{
	struct link *k = &l->link[at];
	const uint64_t n = 1 + dice(l, 4);

	if (l->number || !k->signal)
		return;
	k->coming = k->raised + n;
	prepare(l, CALL_ECHO, at, 0, 0);
	if (!call(l, at))
		return;
	for (uint64_t i = 0; i < n; i++)
		fief_kif->signal(k->signal);
	k->raised = k->coming;
}

static void do_offer(struct loop *l, unsigned at)
{
	prepare(l, CALL_OFFER, at, 0, 0);
	l->msg.ncaps = 1;
	l->msg.cap[0] = m.own;
	call(l, at);
}

static void do_back(struct loop *l, unsigned at)
{
	const unsigned other = (unsigned)dice(l, ENDPOINTS);

	if (!l->link[other].object)
		return;
	prepare(l, CALL_BACK, at, other, l->link[other].generation);
	l->msg.ncaps = 1;
	l->msg.cap[0] = l->link[other].object;
	call(l, at);
}

static void do_peer(struct loop *l, unsigned at)
{
	prepare(l, CALL_PEER, at, 0, 0);
	if (!call(l, at) || !l->msg.data[WORD_ARG] || !l->msg.ncaps)
		return;
	fief_kif->drop(l->peer, 1);
	l->peer = l->msg.cap[0];
	l->peer_id = l->msg.data[WORD_ARG];
}

static void do_pass(struct loop *l, unsigned at)
{
	if (!l->peer)
		return;
	prepare(l, CALL_PASS, at, l->peer_id, 0);
	l->msg.ncaps = 1;
	l->msg.cap[0] = l->peer;
	call(l, at);
}

static void do_call_peer(struct loop *l, unsigned at)
{
	const uint64_t nonce = call_mix(l->dice);
	enum fief_err e;

	(void)at;
	if (!l->peer)
		return;
	l->msg.label = CLIENT_WHO;
	l->msg.len = 8;
	l->msg.ncaps = 0;
	l->msg.data[0] = nonce;
	l->doing = 1000 + l->peer_id;
	e = fief_kif->call(l->peer, &l->msg);
	l->doing = 0;
	if (e && e != FIEF_GONE)
		fief_kif->exit(EXIT_WRONG_ERROR + (int)e);
	if (!e && (l->msg.len != 8 * (2 + LOOPS) || l->msg.data[0] != nonce ||
	           l->msg.data[1] != l->peer_id))
		fief_kif->exit(EXIT_WRONG_PEER);
	fief_kif->drop(l->peer, 1);
	l->peer = FIEF_CAP_NULL;
}

static void act(struct loop *l)
{
	static void (*const deed[])(struct loop *, unsigned) = {
		do_echo,  do_echo, do_echo, do_echo, do_signal,
		do_offer, do_back, do_peer, do_pass, do_call_peer,
	};
	const unsigned at = (unsigned)dice(l, ENDPOINTS);

	if (l->link[at].object && (l->number || l->link[at].signal))
		deed[dice(l, sizeof(deed) / sizeof(*deed))](l, at);
	for (unsigned i = 0; i < ENDPOINTS; i++)
		if (l->link[i].object) {
			if (!l->link[at].object ||
			    (!l->number && !l->link[at].signal))
				ask_link(l, i, at);
			return;
		}
	ask_parent(l);
}

static void loop_main(void *arg)
{
	struct loop *l = arg;

	l->dice = call_mix(m.id << 8 ^ l->number);
	for (;;)
		act(l);
}

/* ---- the initial thread ---- */

static void serve(fief_ep ep)
{
	static struct kif_msg msg;
	struct kif_wait w = { .flags = KIF_WAIT, .deadline = FIEF_NEVER };

	while (!fief_kif->reply_wait(ep, &msg, &w)) {
		w.flags = KIF_WAIT;
		if (w.event != KIF_EVENT_CALL)
			continue;
		w.flags |= msg.label == CLIENT_WHO ? KIF_REPLY : KIF_SAVE;
		msg.label = FIEF_OK;
		msg.data[1] = m.id;
		for (unsigned i = 0; i < LOOPS; i++)
			msg.data[2 + i] = m.loop[i].doing;
		msg.len = 8 * (2 + LOOPS);
		msg.ncaps = 0;
	}
}

void fief_component_construct(struct fief_env *env)
{
	fief_thread thread;

	m.env = env;
	for (unsigned i = 0; i < LOOPS; i++)
		m.loop[i].number = i;
	while (!m.id)
		ask_parent(&m.loop[0]);
	if (fief_kif->export(env->ep->ep, OWN_BADGE, KIF_OBJECT_RPC, &m.own))
		fief_kif->exit(EXIT_NO_OBJECT);
	for (unsigned i = 0; i < LOOPS; i++)
		if (fief_kif->thread_start(loop_main, &m.loop[i],
		                           m.loop[i].stack + STACK, &thread))
			fief_kif->exit(EXIT_NO_THREAD);
	serve(env->ep->ep);
}
