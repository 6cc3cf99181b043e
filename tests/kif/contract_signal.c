/* SPDX-License-Identifier: MIT */
/* Cases: signals. */

#include "contract.h"

enum { BURST = 50, MANY = 1000 };

/* Take signals of badges 1 and 2 until `sum` of them came. */
static void receive(struct contract_env *c, uint32_t sum)
{
	struct kif_wait w = { .flags = KIF_WAIT | KIF_SIGNALS,
		              .deadline = FIEF_NEVER };

	while (c->received[1] + c->received[2] < sum) {
		CHECK(c, !c->kif->reply_wait(c->ep, &c->msg, &w));
		CHECK(c, w.event == KIF_EVENT_SIGNAL);
		CHECK(c, w.count >= 1);
		CHECK(c, w.badge == 1 || w.badge == 2);
		if (w.event != KIF_EVENT_SIGNAL || w.badge > 2)
			return;
		c->received[w.badge] += w.count;
	}
}

static void no_more(struct contract_env *c)
{
	struct kif_wait w = { .flags = KIF_WAIT | KIF_POLL };

	CHECK(c, !c->kif->reply_wait(c->ep, &c->msg, &w));
	CHECK(c, w.event == KIF_EVENT_NONE);
}

/* Two senders, two objects, one of them shared; sums are exact. */
void contract_signal_sum(struct contract_env *c)
{
	struct contract_task a = {
		.c = c, .peer = c->server, .op = OP_SIGNAL, .b = BURST
	};
	struct contract_task b = {
		.c = c, .peer = c->third, .op = OP_SIGNAL, .b = BURST
	};
	fief_cap one, two;

	CHECK(c, !c->kif->export(c->ep, 1, KIF_OBJECT_SIGNAL, &one));
	CHECK(c, !c->kif->export(c->ep, 2, KIF_OBJECT_SIGNAL, &two));
	contract_send(c, c->server, OP_KEEP, 0, one);
	contract_send(c, c->third, OP_KEEP, 0, one);
	contract_send(c, c->third, OP_KEEP, 1, two);
	contract_start(&a);
	contract_start(&b);
	receive(c, 2 * BURST);
	CHECK(c, c->received[1] == 2 * BURST);
	contract_finish(&a);
	contract_finish(&b);
	contract_do(c, c->third, OP_SIGNAL, 1, 7);
	contract_do(c, c->third, OP_SIGNAL, 0, 1);
	receive(c, 2 * BURST + 8);
	CHECK(c, c->received[1] == 2 * BURST + 1 && c->received[2] == 7);
	no_more(c);
	c->kif->revoke(one);
	c->kif->revoke(two);
}

static void signal_own(struct contract_task *t)
{
	for (unsigned i = 0; i < BURST; i++)
		t->c->kif->signal((fief_cap)t->a);
}

/* From a thread of the same PD, to one that may sleep already. */
void contract_signal_own(struct contract_env *c)
{
	struct contract_task t = { .c = c, .fn = signal_own };
	fief_cap own;

	CHECK(c, !c->kif->export(c->ep, 1, KIF_OBJECT_SIGNAL, &own));
	t.a = own;
	contract_start(&t);
	receive(c, BURST);
	contract_finish(&t);
	CHECK(c, c->received[1] == BURST);
	no_more(c);
	c->kif->revoke(own);
}

/* A server that wants signals only gets them past a queued call. */
void contract_signal_overtakes(struct contract_env *c)
{
	fief_cap wake = contract_obtain(c, c->server, OP_EXPORT, 0, 1);
	struct contract_task t = { .c = c, .peer = c->server, .op = OP_INFO };

	contract_do(c, c->server, OP_STALL, STALL_RESUME, 0);
	contract_start(&t);
	c->kif->park(c->kif->time() + 1000000); /* likely, not certainly */
	CHECK(c, atomic_load(&t.ended) == 0);
	c->kif->signal(wake);
	contract_finish(&t);
	CHECK(c, t.error == FIEF_OK && t.word == 1000);
	CHECK(c, contract_do(c, c->server, OP_RECEIVED, 0, 0) == 1);
	c->kif->drop(wake, 1);
}

/* One who always has one more signal for itself still takes calls. */
void contract_signal_chase(struct contract_env *c)
{
	enum { LONG = 5000000 };
	fief_cap object = contract_obtain(c, c->server, OP_EXPORT, 0, 1);

	contract_do(c, c->server, OP_CHASE, 0, LONG);
	CHECK(c, contract_do(c, c->server, OP_INFO, 0, 0) == 1000);
	CHECK(c, contract_do(c, c->server, OP_RECEIVED, 0, 0) <= LONG / 2);
	contract_do(c, c->server, OP_CHASE, 0, 0);
	c->kif->drop(object, 1);
}

/* A receiver that does not look neither blocks the sender nor loses any. */
void contract_signal_stalled(struct contract_env *c)
{
	fief_cap object = contract_obtain(c, c->server, OP_EXPORT, 0, 1);
	struct contract_task t = { .c = c, .peer = c->server, .op = OP_SAVE };
	uint64_t sum;

	contract_start(&t);
	for (unsigned i = 0; i < MANY; i++)
		c->kif->signal(object);
	do
		sum = contract_do(c, c->server, OP_RECEIVED, 0, 0);
	while (sum < MANY);
	CHECK(c, sum == MANY);
	while (!contract_do(c, c->server, OP_SAVED, 0, 0))
		;
	contract_do(c, c->server, OP_ANSWER, 0, 0);
	contract_finish(&t);
	/* Revoked: the signals are lost, and nobody minds. */
	contract_do(c, c->server, OP_REVOKE, 0, 0);
	c->kif->signal(object);
	CHECK(c, contract_do(c, c->server, OP_RECEIVED, 0, 0) == MANY);
	c->kif->drop(object, 1);
}

void contract_signal_dead(struct contract_env *c)
{
	fief_cap object = contract_obtain(c, c->server, OP_EXPORT, 0, 1);

	c->kill(c, CONTRACT_SERVER);
	for (unsigned i = 0; i < BURST; i++)
		c->kif->signal(object);
	while (contract_probe(c, c->server) == FIEF_OK)
		;
	c->kif->signal(object);
	c->kif->drop(object, 1);
	c->kif->signal(object);
}
