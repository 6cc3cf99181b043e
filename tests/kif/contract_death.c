/* SPDX-License-Identifier: MIT */
/* Cases: a PD dies, at each step of the protocol. */

#include "contract.h"

enum { BLOCKED = 4 };

static void await_saved(struct contract_env *c, unsigned token)
{
	while (!contract_do(c, c->server, OP_SAVED, token, 0))
		;
}

/* Calls end with GONE from some moment on, once and for ever. */
static void await_gone(struct contract_env *c, fief_cap cap)
{
	enum fief_err e;

	do
		e = contract_probe(c, cap);
	while (e == FIEF_OK);
	CHECK(c, e == FIEF_GONE);
	CHECK(c, contract_probe(c, cap) == FIEF_GONE);
}

void contract_server_dies_idle(struct contract_env *c)
{
	fief_cap object = contract_obtain(c, c->server, OP_EXPORT, 0, 0);

	c->kill(c, CONTRACT_SERVER);
	await_gone(c, c->server);
	CHECK(c, contract_probe(c, object) == FIEF_GONE);
	c->kif->ref(object);
	c->kif->drop(object, 2);
	CHECK(c, contract_probe(c, object) == FIEF_INVALID);
}

/* The call is in the queue, or on its way there. */
void contract_server_dies_queued(struct contract_env *c)
{
	fief_cap wake = contract_obtain(c, c->server, OP_EXPORT, 0, 1);
	struct contract_task task[BLOCKED];

	contract_do(c, c->server, OP_STALL, STALL_EXIT, 0);
	for (unsigned i = 0; i < BLOCKED; i++) {
		task[i] = (struct contract_task){ .c = c,
			                          .peer = c->server,
			                          .op = OP_ECHO };
		contract_start(&task[i]);
	}
	c->kif->signal(wake);
	for (unsigned i = 0; i < BLOCKED; i++) {
		contract_finish(&task[i]);
		CHECK(c, task[i].error == FIEF_GONE);
		CHECK(c, atomic_load(&task[i].ended) == 1);
	}
	CHECK(c, contract_probe(c, c->server) == FIEF_GONE);
}

void contract_server_dies_serving(struct contract_env *c)
{
	c->msg.ncaps = 0;
	CHECK(c, contract_order(c, &c->msg, c->server, OP_EXIT, 0, 0) ==
	                 FIEF_GONE);
	CHECK(c, contract_probe(c, c->server) == FIEF_GONE);
}

/* Requests that the server keeps for later. */
void contract_server_dies_saved(struct contract_env *c)
{
	struct contract_task task[BLOCKED];

	for (unsigned i = 0; i < BLOCKED; i++) {
		task[i] = (struct contract_task){
			.c = c, .peer = c->server, .op = OP_SAVE, .a = i
		};
		contract_start(&task[i]);
	}
	for (unsigned i = 0; i < BLOCKED; i++)
		await_saved(c, i);
	c->kill(c, CONTRACT_SERVER);
	for (unsigned i = 0; i < BLOCKED; i++) {
		contract_finish(&task[i]);
		CHECK(c, task[i].error == FIEF_GONE);
		CHECK(c, atomic_load(&task[i].ended) == 1);
	}
	await_gone(c, c->server);
}

/* A holder that got its capability from another one. */
void contract_server_dies_third(struct contract_env *c)
{
	fief_cap object = contract_obtain(c, c->server, OP_EXPORT, 0, 0);

	contract_send(c, c->third, OP_KEEP, 0, object);
	CHECK(c, contract_do(c, c->third, OP_CALL, 0, OP_ECHO) == FIEF_OK);
	c->kill(c, CONTRACT_SERVER);
	await_gone(c, object);
	while (contract_do(c, c->third, OP_CALL, 0, OP_ECHO) == FIEF_OK)
		;
	CHECK(c, c->msg.data[0] == FIEF_GONE);
	/* Passing on what is dead is no error. */
	contract_send(c, c->third, OP_KEEP, 1, object);
}

/* ---- clients ---- */

/* The server keeps a request of a client that dies; its reply is nobody's. */
void contract_client_dies_saved(struct contract_env *c)
{
	struct contract_task t = {
		.c = c, .peer = c->third, .op = OP_CALL, .a = 0, .b = OP_SAVE
	};

	contract_send(c, c->third, OP_KEEP, 0, c->server);
	contract_start(&t);
	await_saved(c, 0);
	c->kill(c, CONTRACT_THIRD);
	contract_finish(&t);
	CHECK(c, t.error == FIEF_GONE);
	contract_do(c, c->server, OP_ANSWER, 0, 0);
	contract_do(c, c->server, OP_ANSWER, 0, 0);
	CHECK(c, contract_probe(c, c->server) == FIEF_OK);
}

/* The server does not look while a client calls and dies. */
void contract_client_dies_queued(struct contract_env *c)
{
	fief_cap wake = contract_obtain(c, c->server, OP_EXPORT, 1, 1);
	struct contract_task t = {
		.c = c, .peer = c->third, .op = OP_CALL, .a = 0, .b = OP_ECHO
	};

	contract_send(c, c->third, OP_KEEP, 0, c->server);
	contract_do(c, c->server, OP_STALL, STALL_RESUME, 0);
	contract_start(&t);
	c->kill(c, CONTRACT_THIRD);
	contract_finish(&t);
	CHECK(c, t.error == FIEF_GONE);
	c->kif->signal(wake);
	CHECK(c, contract_probe(c, c->server) == FIEF_OK);
	CHECK(c, contract_do(c, c->server, OP_RECEIVED, 1, 0) == 1);
	c->kif->drop(wake, 1);
}

/* A capability outlives whoever passed it on. */
void contract_delegator_dies(struct contract_env *c)
{
	fief_cap mine = contract_obtain(c, c->server, OP_EXPORT, 4, 0);
	fief_cap got;

	contract_send(c, c->third, OP_KEEP, 0, mine);
	c->kif->drop(mine, 1);
	got = contract_obtain(c, c->third, OP_GIVE, 0, 1);
	c->kill(c, CONTRACT_THIRD);
	await_gone(c, c->third);
	CHECK(c, contract_do(c, got, OP_INFO, 0, 0) == 5);
	c->kif->drop(got, 1);
}
