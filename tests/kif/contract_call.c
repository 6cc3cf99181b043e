/* SPDX-License-Identifier: MIT */
/* Cases: calls, replies, message limits, waiting. */

#include "contract.h"

enum { BAD_HANDLE = 0x00fedcba, CALLERS = 8, CALLS = 20 };

void contract_echo(struct contract_env *c)
{
	static const uint16_t lengths[] = { 16, 17, 23, 24, 511, KIF_DATA_MAX };
	uint8_t *bytes = (uint8_t *)c->msg.data;

	for (unsigned i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		unsigned bad = 0;

		for (unsigned n = 0; n < lengths[i]; n++)
			bytes[n] = (uint8_t)(n + i);
		c->msg.label = OP_ECHO;
		c->msg.len = lengths[i];
		c->msg.ncaps = 0;
		CHECK(c, !c->kif->call(c->server, &c->msg));
		CHECK(c, c->msg.label == FIEF_OK);
		CHECK(c, c->msg.len == lengths[i]);
		CHECK(c, c->msg.ncaps == 0 && c->msg.flags == 0);
		for (unsigned n = 0; n < lengths[i]; n++)
			bad += bytes[n] != (uint8_t)(n + i);
		CHECK(c, bad == 0);
	}
	c->msg.label = OP_ECHO;
	c->msg.len = 0;
	CHECK(c, !c->kif->call(c->server, &c->msg));
	CHECK(c, c->msg.len == 0);
}

/* Refused before anything is sent, outputs untouched. */
static void refused(struct contract_env *c, fief_cap cap, unsigned len,
                    unsigned ncaps)
{
	c->msg.label = OP_ECHO;
	c->msg.len = (uint16_t)len;
	c->msg.ncaps = (uint8_t)ncaps;
	c->msg.data[0] = 4711;
	for (unsigned i = 0; i < KIF_CAPS_MAX; i++)
		c->msg.cap[i] = FIEF_CAP_NULL;
	CHECK(c, c->kif->call(cap, &c->msg) == FIEF_INVALID);
	CHECK(c, c->msg.label == OP_ECHO && c->msg.len == len);
	CHECK(c, c->msg.ncaps == ncaps && c->msg.data[0] == 4711);
}

void contract_limits(struct contract_env *c)
{
	struct kif_wait w = { .flags = 1u << 31, .count = 5 };

	refused(c, FIEF_CAP_NULL, 0, 0);
	refused(c, BAD_HANDLE, 0, 0);
	refused(c, c->server, KIF_DATA_MAX + 1, 0);
	refused(c, c->server, UINT16_MAX, 0);
	refused(c, c->server, 0, KIF_CAPS_MAX + 1);
	refused(c, c->server, 0, UINT8_MAX);
	CHECK(c, c->kif->reply_wait(c->ep, &c->msg, &w) == FIEF_INVALID);
	w.flags = KIF_WAIT | KIF_POLL;
	CHECK(c, c->kif->reply_wait(77, &c->msg, &w) == FIEF_INVALID);
	CHECK(c, w.count == 5);
	CHECK(c, c->kif->recv_window(KIF_CAPS_MAX + 1) == FIEF_INVALID);
	CHECK(c, contract_probe(c, c->server) == FIEF_OK);
}

/* The caller of a server that replies too much is told INVALID; the server
 * goes on. */
void contract_reply_limits(struct contract_env *c)
{
	enum fief_err e;

	c->msg.ncaps = 0;
	e = contract_order(c, &c->msg, c->server, OP_OVERSIZE, 0, 0);
	CHECK(c, e == FIEF_INVALID ||
	                 (e == FIEF_OK && c->msg.label == FIEF_INVALID));
	CHECK(c, contract_probe(c, c->server) == FIEF_OK);
}

/* A signal object cannot be called, an RPC object cannot be signalled. */
void contract_kinds(struct contract_env *c)
{
	fief_cap rpc = contract_obtain(c, c->server, OP_EXPORT, 0, 0);
	fief_cap signal = contract_obtain(c, c->server, OP_EXPORT, 1, 1);

	CHECK(c, contract_probe(c, signal) == FIEF_INVALID);
	c->kif->signal(rpc);
	c->kif->signal(FIEF_CAP_NULL);
	c->kif->signal(BAD_HANDLE);
	CHECK(c, contract_probe(c, rpc) == FIEF_OK);
	CHECK(c, contract_do(c, c->server, OP_RECEIVED, 0, 0) == 0);
	/* The badge tells which object was called. */
	CHECK(c, contract_do(c, rpc, OP_INFO, 0, 0) == 1);
	c->kif->drop(rpc, 1);
	c->kif->drop(signal, 1);
}

/* Calls of a thread are numbered, refused ones too. */
void contract_numbers(struct contract_env *c)
{
	uint64_t nr = c->kif->call_nr();

	contract_probe(c, c->server);
	CHECK(c, c->kif->call_nr() == nr + 1);
	refused(c, FIEF_CAP_NULL, 0, 0);
	CHECK(c, c->kif->call_nr() == nr + 2);
	contract_probe(c, c->server);
	CHECK(c, c->kif->call_nr() == nr + 3);
}

static void await_saved(struct contract_env *c, unsigned token)
{
	while (!contract_do(c, c->server, OP_SAVED, token, 0))
		;
}

/* Requests kept and answered in another order: to each its own. */
void contract_late_order(struct contract_env *c)
{
	static const unsigned order[] = { 2, 0, 1 };
	struct contract_task task[3];

	for (unsigned i = 0; i < 3; i++) {
		task[i] = (struct contract_task){
			.c = c, .peer = c->server, .op = OP_SAVE, .a = i
		};
		contract_start(&task[i]);
	}
	for (unsigned i = 0; i < 3; i++)
		await_saved(c, i);
	for (unsigned i = 0; i < 3; i++) {
		struct contract_task *t = &task[order[i]];

		CHECK(c, atomic_load(&t->ended) == 0);
		contract_do(c, c->server, OP_ANSWER, order[i], 0);
		contract_finish(t);
		CHECK(c, t->error == FIEF_OK && t->word == order[i] + 100);
		CHECK(c, atomic_load(&t->ended) == 1);
	}
}

/* A reply to what was answered before is nobody's. */
void contract_double_reply(struct contract_env *c)
{
	struct contract_task t = { .c = c, .peer = c->server, .op = OP_SAVE };

	contract_start(&t);
	await_saved(c, 0);
	contract_do(c, c->server, OP_ANSWER, 0, 0);
	contract_finish(&t);
	for (unsigned i = 0; i < 4; i++) {
		CHECK(c, contract_do(c, c->server, OP_TWICE, 0, 0) == 1);
		CHECK(c, contract_do(c, c->server, OP_SAVED, 0, 0) == 1);
	}
}

/* ---- two ways ---- */

static void serve_two(struct contract_task *t)
{
	const struct kif *kif = t->c->kif;
	struct kif_wait w = { .flags = KIF_WAIT, .deadline = FIEF_NEVER };
	struct kif_msg msg;

	for (unsigned i = 0; i < 2; i++) {
		CHECK(t->c, !kif->reply_wait(t->ep, &msg, &w));
		CHECK(t->c, w.event == KIF_EVENT_CALL && w.badge == 21);
		CHECK(t->c, msg.label == OP_ECHO);
		msg.label = FIEF_OK;
		msg.data[0] = 90 + i;
		w.flags = KIF_REPLY | (i ? 0 : KIF_WAIT);
	}
	CHECK(t->c, !kif->reply_wait(t->ep, &msg, &w));
}

/* The server calls back, at an endpoint of its own, while it is called. */
void contract_callback(struct contract_env *c)
{
	struct contract_task t = { .c = c, .fn = serve_two };
	fief_cap own;

	CHECK(c, !c->kif->ep_create(&t.ep));
	CHECK(c, t.ep != c->ep);
	CHECK(c, !c->kif->export(t.ep, 21, KIF_OBJECT_RPC, &own));
	contract_start(&t);
	contract_send(c, c->server, OP_KEEP, 0, own);
	for (unsigned i = 0; i < 2; i++) {
		CHECK(c, contract_do(c, c->server, OP_CALL, 0, OP_ECHO) ==
		                 FIEF_OK);
		CHECK(c, c->msg.data[1] == 90 + i);
	}
	contract_finish(&t);
	c->kif->revoke(own);
	CHECK(c, contract_do(c, c->server, OP_CALL, 0, OP_ECHO) == FIEF_GONE);
	c->kif->ep_destroy(t.ep);
}

static void call_often(struct contract_task *t)
{
	struct kif_msg msg;
	unsigned bad = 0;

	for (unsigned i = 0; i < CALLS; i++) {
		msg.ncaps = 0;
		bad += contract_order(t->c, &msg, t->peer, OP_ECHO, t->a, i) ||
		       msg.data[0] != t->a || msg.data[1] != i;
	}
	CHECK(t->c, bad == 0);
}

void contract_many_callers(struct contract_env *c)
{
	struct contract_task task[CALLERS];

	for (unsigned i = 0; i < CALLERS; i++) {
		task[i] = (struct contract_task){
			.c = c, .fn = call_often, .peer = c->server, .a = i
		};
		contract_start(&task[i]);
	}
	for (unsigned i = 0; i < CALLERS; i++)
		contract_finish(&task[i]);
}

/* ---- waiting ---- */

void contract_poll(struct contract_env *c)
{
	struct kif_wait w = { .flags = KIF_WAIT | KIF_POLL,
		              .deadline = FIEF_NEVER };
	fief_cap own;

	w.event = KIF_EVENT_CALL;
	CHECK(c, !c->kif->reply_wait(c->ep, &c->msg, &w));
	CHECK(c, w.event == KIF_EVENT_NONE);
	CHECK(c, !c->kif->export(c->ep, 5, KIF_OBJECT_SIGNAL, &own));
	c->kif->signal(own);
	c->kif->signal(own);
	CHECK(c, !c->kif->reply_wait(c->ep, &c->msg, &w));
	CHECK(c, w.event == KIF_EVENT_SIGNAL && w.badge == 5 && w.count == 2);
	CHECK(c, !c->kif->reply_wait(c->ep, &c->msg, &w));
	CHECK(c, w.event == KIF_EVENT_NONE);
	/* No event of a revoked object. */
	c->kif->signal(own);
	c->kif->revoke(own);
	CHECK(c, !c->kif->reply_wait(c->ep, &c->msg, &w));
	CHECK(c, w.event == KIF_EVENT_NONE);
}

void contract_deadline(struct contract_env *c)
{
	struct kif_wait w = { .flags = KIF_WAIT };
	uint64_t start = c->kif->time();
	fief_cap own;

	CHECK(c, !c->kif->reply_wait(c->ep, &c->msg, &w));
	CHECK(c, w.event == KIF_EVENT_NONE);
	w.deadline = start + 2000000;
	CHECK(c, !c->kif->reply_wait(c->ep, &c->msg, &w));
	CHECK(c, w.event == KIF_EVENT_NONE);
	CHECK(c, c->kif->time() >= start + 2000000);
	/* What is there is reported however late it is. */
	CHECK(c, !c->kif->export(c->ep, 5, KIF_OBJECT_SIGNAL, &own));
	c->kif->signal(own);
	w.deadline = 1;
	CHECK(c, !c->kif->reply_wait(c->ep, &c->msg, &w));
	CHECK(c, w.event == KIF_EVENT_SIGNAL);
	c->kif->revoke(own);
}
