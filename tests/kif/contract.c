/* SPDX-License-Identifier: MIT */
/* The list of cases, and what they share. */

#include "contract.h"

enum {
	DIES_SERVER = 1 << CONTRACT_SERVER,
	DIES_THIRD = 1 << CONTRACT_THIRD,
};

const struct contract_case contract_cases[] = {
	{ "echo", contract_echo },
	{ "limits", contract_limits },
	{ "reply-limits", contract_reply_limits },
	{ "kinds", contract_kinds },
	{ "numbers", contract_numbers },
	{ "late-order", contract_late_order },
	{ "double-reply", contract_double_reply },
	{ "callback", contract_callback },
	{ "many-callers", contract_many_callers },
	{ "poll", contract_poll },
	{ "deadline", contract_deadline },
	{ "badge", contract_badge },
	{ "to-owner", contract_to_owner },
	{ "round-trip", contract_round_trip },
	{ "third-party", contract_third_party, .third = true },
	{ "window-call", contract_window_call },
	{ "window-reply", contract_window_reply },
	{ "references", contract_references },
	{ "many-references", contract_many_references },
	{ "revoke", contract_revoke, .third = true },
	{ "revoke-queued", contract_revoke_queued },
	{ "quota", contract_quota, .quota = true },
	{ "ep-destroy", contract_ep_destroy },
	{ "server-dies-idle", contract_server_dies_idle, DIES_SERVER },
	{ "server-dies-queued", contract_server_dies_queued, DIES_SERVER },
	{ "server-dies-serving", contract_server_dies_serving, DIES_SERVER },
	{ "server-dies-saved", contract_server_dies_saved, DIES_SERVER },
	{ "server-dies-third", contract_server_dies_third, DIES_SERVER, true },
	{ "client-dies-saved", contract_client_dies_saved, DIES_THIRD, true },
	{ "client-dies-queued", contract_client_dies_queued, DIES_THIRD, true },
	{ "delegator-dies", contract_delegator_dies, DIES_THIRD, true },
	{ "signal-sum", contract_signal_sum, .third = true },
	{ "signal-own", contract_signal_own },
	{ "signal-overtakes", contract_signal_overtakes },
	{ "signal-stalled", contract_signal_stalled },
	{ "signal-chase", contract_signal_chase },
	{ "signal-dead", contract_signal_dead, DIES_SERVER },
	{ "cancel-taken", contract_cancel_taken },
	{ "cancel-queued", contract_cancel_queued },
	{ "cancel-late", contract_cancel_late },
	{ "cancel-future", contract_cancel_future },
	{ "cancel-other", contract_cancel_other },
	{ "cancel-race", contract_cancel_race },
	{ "threads", contract_threads },
	{ "park", contract_park },
	{ "seed", contract_seed, .third = true },
	{ "map", contract_map },
	{ "map-shared", contract_map_shared },
	{ NULL },
};

/* ---- orders ---- */

enum fief_err contract_order(struct contract_env *c, struct kif_msg *msg,
                             fief_cap peer, enum contract_op op, uint64_t a,
                             uint64_t b)
{
	msg->label = op;
	msg->len = 2 * sizeof(uint64_t);
	msg->data[0] = a;
	msg->data[1] = b;
	return c->kif->call(peer, msg);
}

uint64_t contract_do(struct contract_env *c, fief_cap peer, enum contract_op op,
                     uint64_t a, uint64_t b)
{
	enum fief_err e;

	c->msg.ncaps = 0;
	e = contract_order(c, &c->msg, peer, op, a, b);
	CHECK(c, e == FIEF_OK);
	CHECK(c, e || c->msg.label == FIEF_OK);
	return c->msg.data[0];
}

uint64_t contract_send(struct contract_env *c, fief_cap peer,
                       enum contract_op op, uint64_t a, fief_cap cap)
{
	c->msg.ncaps = 1;
	c->msg.cap[0] = cap;
	CHECK(c, !contract_order(c, &c->msg, peer, op, a, 0));
	return c->msg.data[0];
}

fief_cap contract_obtain(struct contract_env *c, fief_cap peer,
                         enum contract_op op, uint64_t a, uint64_t b)
{
	contract_do(c, peer, op, a, b);
	CHECK(c, c->msg.ncaps == 1);
	CHECK(c, c->msg.cap[0] != FIEF_CAP_NULL);
	return c->msg.cap[0];
}

enum fief_err contract_probe(struct contract_env *c, fief_cap cap)
{
	c->msg.ncaps = 0;
	return contract_order(c, &c->msg, cap, OP_ECHO, 1, 2);
}

/* ---- tasks ---- */

void contract_order_task(struct contract_task *t)
{
	struct kif_msg msg;

	msg.ncaps = 0;
	t->error = contract_order(t->c, &msg, t->peer, t->op, t->a, t->b);
	t->word = msg.data[0];
	for (unsigned i = 0; !t->error && i < msg.ncaps; i++)
		t->c->kif->drop(msg.cap[i], 1);
	atomic_fetch_add(&t->ended, 1);
}

static void task_main(void *arg)
{
	struct contract_task *t = arg;
	const struct kif *kif = t->c->kif;
	fief_thread parent = t->parent;

	t->thread = kif->thread_self();
	t->fn(t);
	atomic_store(&t->gone, 1); /* `t` may vanish from here on */
	kif->unpark(parent);
	kif->thread_exit();
}

void contract_start(struct contract_task *t)
{
	struct contract_env *c = t->c;
	fief_thread number;

	t->parent = c->kif->thread_self();
	if (!t->fn)
		t->fn = contract_order_task;
	CHECK(c, c->threads < CONTRACT_STACKS);
	CHECK(c, !c->kif->thread_start(task_main, t, c->stack_top[c->threads++],
	                               &number));
}

void contract_finish(struct contract_task *t)
{
	while (!atomic_load(&t->gone))
		t->c->kif->park(FIEF_NEVER);
}

/* ---- a role ---- */

static void client(struct contract_env *c, const struct contract_case *k)
{
	c->server = c->peer(c, CONTRACT_SERVER);
	CHECK(c, c->server != FIEF_CAP_NULL);
	if (k->third) {
		c->third = c->peer(c, CONTRACT_THIRD);
		CHECK(c, c->third != FIEF_CAP_NULL);
	}
	k->client(c);
	if (!(k->killed & DIES_SERVER))
		contract_do(c, c->server, OP_DONE, 0, 0);
	if (k->third && !(k->killed & DIES_THIRD))
		contract_do(c, c->third, OP_DONE, 0, 0);
}

void contract_run(struct contract_env *c, const struct contract_case *k)
{
	CHECK(c, c->kif->version == KIF_VERSION);
	CHECK(c, c->kif->size >= sizeof(struct kif));
	if (c->role == CONTRACT_CLIENT)
		client(c, k);
	else if (c->role == CONTRACT_SERVER || k->third)
		contract_puppet(c);
}
