/* SPDX-License-Identifier: MIT */
/* Cases: cancel, before, during and after the call that it names. */

#include "contract.h"

enum { RACES = 40, AHEAD = 3 };

/* What the canceling thread needs to know of the calling one. */
static struct contract_task canceler(struct contract_env *c,
                                     void (*fn)(struct contract_task *))
{
	return (struct contract_task){
		.c = c, .fn = fn, .peer = c->server, .nr = c->kif->call_nr() + 1
	};
}

static void order(struct contract_task *t, enum contract_op op, uint64_t *word)
{
	struct kif_msg msg;

	msg.ncaps = 0;
	CHECK(t->c, !contract_order(t->c, &msg, t->peer, op, 0, 0));
	*word = msg.data[0];
}

/* ---- during ---- */

static void cancel_when_saved(struct contract_task *t)
{
	const struct kif *kif = t->c->kif;
	uint64_t saved = 0;

	while (!saved)
		order(t, OP_SAVED, &saved);
	kif->cancel(t->parent, t->nr - 1); /* over: no effect */
	kif->cancel(t->parent + 1000, t->nr);
	kif->cancel(t->thread, t->nr); /* somebody else's */
	CHECK(t->c, !atomic_load(&t->stop));
	kif->cancel(t->parent, t->nr);
	kif->cancel(t->parent, t->nr);
}

/* The server has the request and answers, with a capability, too late. */
void contract_cancel_taken(struct contract_env *c)
{
	fief_cap object = contract_obtain(c, c->server, OP_EXPORT, 1, 0);
	struct contract_task t = canceler(c, cancel_when_saved);
	enum fief_err e;

	contract_start(&t);
	c->msg.ncaps = 0;
	e = contract_order(c, &c->msg, c->server, OP_SAVE, 0, 0);
	atomic_store(&t.stop, 1);
	CHECK(c, e == FIEF_CANCELED);
	contract_finish(&t);
	CHECK(c, contract_probe(c, c->server) == FIEF_OK);
	contract_do(c, c->server, OP_ANSWER, 0, 2);
	for (unsigned i = 0; i < 2 * CONTRACT_STACKS; i++)
		CHECK(c, contract_do(c, object, OP_INFO, 0, 0) == 2);
	contract_do(c, c->server, OP_ANSWER, 0, 0);
	CHECK(c, contract_probe(c, object) == FIEF_OK);
	c->kif->drop(object, 1);
}

/* Cancels that come in the order of the call's own steps: at least one finds
 * it waiting. */
static void cancel_until_stopped(struct contract_task *t)
{
	const struct kif *kif = t->c->kif;

	while (!atomic_load(&t->stop)) {
		kif->cancel(t->parent, t->nr);
		kif->park(kif->time() + 20000);
	}
}

/* The server does not look at it. */
void contract_cancel_queued(struct contract_env *c)
{
	fief_cap wake = contract_obtain(c, c->server, OP_EXPORT, 0, 1);
	struct contract_task t;
	enum fief_err e;

	contract_do(c, c->server, OP_STALL, STALL_RESUME, 0);
	t = canceler(c, cancel_until_stopped);
	contract_start(&t);
	c->msg.ncaps = 0;
	e = contract_order(c, &c->msg, c->server, OP_ECHO, 0, 0);
	CHECK(c, e == FIEF_CANCELED);
	atomic_store(&t.stop, 1);
	contract_finish(&t);
	c->kif->signal(wake);
	CHECK(c, contract_probe(c, c->server) == FIEF_OK);
	c->kif->drop(wake, 1);
}

/* ---- before and after ---- */

void contract_cancel_late(struct contract_env *c)
{
	fief_thread self = c->kif->thread_self();
	uint64_t nr;

	for (unsigned i = 0; i < RACES; i++) {
		CHECK(c, contract_probe(c, c->server) == FIEF_OK);
		nr = c->kif->call_nr();
		c->kif->cancel(self, nr);
		c->kif->cancel(self, nr - 1);
	}
	CHECK(c, contract_probe(c, c->server) == FIEF_OK);
}

/* A cancel that comes too early may be kept or not, but for its call only. */
void contract_cancel_future(struct contract_env *c)
{
	fief_thread self = c->kif->thread_self();
	uint64_t nr = c->kif->call_nr();
	enum fief_err e;

	c->kif->cancel(self, nr + AHEAD);
	c->kif->cancel(self, nr);
	for (unsigned i = 1; i < AHEAD; i++)
		CHECK(c, contract_probe(c, c->server) == FIEF_OK);
	e = contract_probe(c, c->server);
	CHECK(c, e == FIEF_OK || e == FIEF_CANCELED);
	for (unsigned i = 0; i < AHEAD; i++)
		CHECK(c, contract_probe(c, c->server) == FIEF_OK);
}

/* A call whose cancel names another thread, or another number, goes on. */
void contract_cancel_other(struct contract_env *c)
{
	struct contract_task task[2];

	for (unsigned i = 0; i < 2; i++) {
		task[i] = (struct contract_task){
			.c = c, .peer = c->server, .op = OP_SAVE, .a = i
		};
		contract_start(&task[i]);
	}
	for (unsigned i = 0; i < 2; i++)
		while (!contract_do(c, c->server, OP_SAVED, i, 0))
			;
	c->kif->cancel(task[0].thread, 2);
	c->kif->cancel(task[0].thread, 0);
	c->kif->cancel(task[1].thread, 1);
	contract_finish(&task[1]);
	CHECK(c, task[1].error == FIEF_CANCELED);
	CHECK(c, atomic_load(&task[0].ended) == 0);
	contract_do(c, c->server, OP_ANSWER, 1, 0);
	contract_do(c, c->server, OP_ANSWER, 0, 0);
	contract_finish(&task[0]);
	CHECK(c, task[0].error == FIEF_OK && task[0].word == 100);
}

static void cancel_always(struct contract_task *t)
{
	const struct kif *kif = t->c->kif;

	while (!atomic_load(&t->stop))
		for (uint64_t nr = t->nr; nr < t->nr + RACES; nr++)
			kif->cancel(t->parent, nr);
}

/* One outcome each, and never the reply to another call. */
void contract_cancel_race(struct contract_env *c)
{
	struct contract_task t = canceler(c, cancel_always);
	enum fief_err e;

	contract_start(&t);
	for (uint64_t i = 0; i < RACES; i++) {
		c->msg.ncaps = 0;
		e = contract_order(c, &c->msg, c->server, OP_ECHO, i, ~i);
		CHECK(c, e == FIEF_OK || e == FIEF_CANCELED);
		CHECK(c, e || (c->msg.data[0] == i && c->msg.data[1] == ~i));
	}
	atomic_store(&t.stop, 1);
	contract_finish(&t);
	for (unsigned i = 0; i < 2 * CONTRACT_STACKS; i++)
		CHECK(c, contract_probe(c, c->server) == FIEF_OK);
}
