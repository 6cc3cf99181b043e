/* SPDX-License-Identifier: MIT */
/* Cases: capabilities, from export to revocation. */

#include "contract.h"

enum { STALE_CALLS = 3 };

void contract_badge(struct contract_env *c)
{
	const struct kif *kif = c->kif;
	fief_cap own = 99, other = 99;
	uint64_t badge = 3;

	CHECK(c, kif->export(c->ep, 0, KIF_OBJECT_RPC, &own) == FIEF_INVALID);
	CHECK(c, kif->export(77, 1, KIF_OBJECT_RPC, &own) == FIEF_INVALID);
	CHECK(c, own == 99);
	CHECK(c, kif->badge(c->server, &badge) == FIEF_INVALID);
	CHECK(c, kif->badge(FIEF_CAP_NULL, &badge) == FIEF_INVALID);
	CHECK(c, badge == 3);
	CHECK(c, !kif->export(c->ep, UINT64_MAX, KIF_OBJECT_RPC, &own));
	CHECK(c, !kif->export(c->ep, UINT64_MAX, KIF_OBJECT_SIGNAL, &other));
	CHECK(c, own != FIEF_CAP_NULL && own != other);
	CHECK(c, !kif->badge(own, &badge) && badge == UINT64_MAX);
	kif->revoke(c->server); /* not ours */
	kif->revoke(FIEF_CAP_NULL);
	CHECK(c, contract_probe(c, c->server) == FIEF_OK);
	kif->revoke(own);
	CHECK(c, kif->badge(own, &badge) == FIEF_INVALID);
	CHECK(c, !kif->badge(other, &badge));
	kif->revoke(other);
}

/* What comes back to its owner is the owner's handle; nobody else learns the
 * badge. */
void contract_to_owner(struct contract_env *c)
{
	fief_cap cap = contract_obtain(c, c->server, OP_EXPORT, 3, 0);
	uint64_t badge;

	CHECK(c, c->kif->badge(cap, &badge) == FIEF_INVALID);
	contract_send(c, c->server, OP_KEEP, 5, cap);
	CHECK(c, contract_do(c, c->server, OP_BADGE, 5, 0) == FIEF_OK);
	CHECK(c, c->msg.data[1] == 4);
	/* Own handles take no references. */
	contract_do(c, c->server, OP_DROP, 5, 0);
	CHECK(c, contract_do(c, c->server, OP_BADGE, 5, 0) == FIEF_OK);
	CHECK(c, contract_do(c, cap, OP_INFO, 0, 0) == 4);
	c->kif->drop(cap, 1);
}

/* The same with this PD as the owner, in a request and in a reply. */
void contract_round_trip(struct contract_env *c)
{
	fief_cap own, back;
	uint64_t badge = 0;

	CHECK(c, !c->kif->export(c->ep, 1234, KIF_OBJECT_RPC, &own));
	contract_send(c, c->server, OP_KEEP, 2, own);
	CHECK(c, contract_do(c, c->server, OP_BADGE, 2, 0) == FIEF_INVALID);
	back = contract_obtain(c, c->server, OP_GIVE, 2, 1);
	CHECK(c, back == own);
	CHECK(c, !c->kif->badge(back, &badge) && badge == 1234);
	contract_send(c, c->server, OP_ECHO, 0, own);
	CHECK(c, c->msg.ncaps == 1 && c->msg.cap[0] == own);
	c->kif->drop(own, 3); /* ignored */
	CHECK(c, !c->kif->badge(own, &badge));
	c->kif->revoke(own);
	/* Then it is null, or gone. */
	contract_do(c, c->server, OP_GIVE, 2, 1);
	CHECK(c, c->msg.ncaps == 1 && c->msg.cap[0] != own);
	c->kif->drop(c->msg.cap[0], 1);
}

/* A capability passed on to somebody who had nothing to do with its owner. */
void contract_third_party(struct contract_env *c)
{
	fief_cap rpc = contract_obtain(c, c->server, OP_EXPORT, 2, 0);
	fief_cap signal = contract_obtain(c, c->server, OP_EXPORT, 6, 1);
	fief_cap back;

	contract_send(c, c->third, OP_KEEP, 0, rpc);
	CHECK(c, contract_do(c, c->third, OP_BADGE, 0, 0) == FIEF_INVALID);
	for (unsigned i = 0; i < 3; i++) {
		contract_do(c, c->third, OP_CALL, 0, OP_INFO);
		CHECK(c, c->msg.data[0] == FIEF_OK && c->msg.data[1] == 3);
	}
	contract_send(c, c->third, OP_KEEP, 1, signal);
	contract_do(c, c->third, OP_SIGNAL, 1, 3);
	while (contract_do(c, c->server, OP_RECEIVED, 6, 0) < 3)
		;
	/* The long way home. */
	back = contract_obtain(c, c->third, OP_GIVE, 0, 1);
	CHECK(c, contract_do(c, back, OP_INFO, 0, 0) == 3);
	contract_send(c, c->server, OP_KEEP, 7, back);
	CHECK(c, contract_do(c, c->server, OP_BADGE, 7, 0) == FIEF_OK);
	/* Whoever gives away does not need to keep. */
	c->kif->drop(rpc, 1);
	c->kif->drop(back, 1);
	c->kif->drop(signal, 1);
	contract_do(c, c->third, OP_CALL, 0, OP_INFO);
	CHECK(c, c->msg.data[0] == FIEF_OK && c->msg.data[1] == 3);
	contract_do(c, c->third, OP_DROP, 0, 0);
	contract_do(c, c->third, OP_DROP, 1, 0);
}

/* ---- receive window ---- */

/* A request with four capabilities, of which `window` get through. */
static void window_call(struct contract_env *c, const fief_cap own[4],
                        unsigned window)
{
	bool lost = window < KIF_CAPS_MAX;

	CHECK(c, contract_do(c, c->server, OP_WINDOW, window, 0) == FIEF_OK);
	for (unsigned i = 0; i < KIF_CAPS_MAX; i++)
		c->msg.cap[i] = own[i];
	c->msg.ncaps = KIF_CAPS_MAX;
	CHECK(c, !contract_order(c, &c->msg, c->server, OP_INFO, 0, 0));
	CHECK(c, c->msg.data[1] == 16); /* the data is unharmed */
	CHECK(c, c->msg.data[2] == KIF_CAPS_MAX);
	CHECK(c, c->msg.data[3] == (lost ? KIF_MSG_CAPS_LOST : 0));
	CHECK(c, c->msg.data[4] == (1u << window) - 1);
}

void contract_window_call(struct contract_env *c)
{
	fief_cap own[KIF_CAPS_MAX];

	for (unsigned i = 0; i < KIF_CAPS_MAX; i++)
		CHECK(c,
		      !c->kif->export(c->ep, i + 1, KIF_OBJECT_RPC, &own[i]));
	for (unsigned window = 0; window <= KIF_CAPS_MAX; window++)
		window_call(c, own, window);
	CHECK(c, contract_do(c, c->server, OP_WINDOW, KIF_CAPS_MAX + 1, 0) ==
	                 FIEF_INVALID);
	window_call(c, own, 2);
	for (unsigned i = 0; i < KIF_CAPS_MAX; i++)
		c->kif->revoke(own[i]);
}

void contract_window_reply(struct contract_env *c)
{
	fief_cap cap[KIF_CAPS_MAX];

	for (unsigned i = 0; i < KIF_CAPS_MAX; i++)
		cap[i] = contract_obtain(c, c->server, OP_EXPORT, i, 0);
	CHECK(c, !c->kif->recv_window(1));
	contract_do(c, c->server, OP_GIVE, 0, KIF_CAPS_MAX);
	CHECK(c, c->msg.ncaps == KIF_CAPS_MAX);
	CHECK(c, c->msg.flags == KIF_MSG_CAPS_LOST);
	CHECK(c, c->msg.cap[0] != FIEF_CAP_NULL);
	for (unsigned i = 1; i < KIF_CAPS_MAX; i++)
		CHECK(c, c->msg.cap[i] == FIEF_CAP_NULL);
	c->kif->drop(c->msg.cap[0], 1);
	/* A null capability that was sent is not a lost one. */
	CHECK(c, !c->kif->recv_window(0));
	contract_do(c, c->server, OP_GIVE, KIF_CAPS_MAX, 2);
	CHECK(c, c->msg.ncaps == 2 && c->msg.flags == 0);
	CHECK(c, !c->kif->recv_window(KIF_CAPS_MAX));
	contract_do(c, c->server, OP_GIVE, 0, KIF_CAPS_MAX);
	CHECK(c, c->msg.flags == 0);
	for (unsigned i = 0; i < KIF_CAPS_MAX; i++) {
		c->kif->drop(c->msg.cap[i], 1);
		c->kif->drop(cap[i], 1);
	}
}

/* ---- references ---- */

void contract_references(struct contract_env *c)
{
	const struct kif *kif = c->kif;
	fief_cap first = contract_obtain(c, c->server, OP_EXPORT, 0, 0);
	fief_cap second = contract_obtain(c, c->server, OP_GIVE, 0, 1);

	/* Received twice: two references, by one name or by two. */
	kif->drop(first, 1);
	CHECK(c, contract_probe(c, second) == FIEF_OK);
	kif->ref(second);
	kif->drop(second, 1);
	CHECK(c, contract_probe(c, second) == FIEF_OK);
	kif->ref(second);
	kif->drop(second, 2);
	CHECK(c, contract_probe(c, second) == FIEF_INVALID);
	kif->drop(second, 1); /* nobody's: ignored */
	kif->ref(second);
	CHECK(c, contract_probe(c, second) == FIEF_INVALID);
	kif->drop(FIEF_CAP_NULL, 1);
	kif->ref(FIEF_CAP_NULL);
	/* The object is none the worse. */
	for (unsigned i = 0; i < 40; i++) {
		first = contract_obtain(c, c->server, OP_GIVE, 0, 1);
		CHECK(c, contract_do(c, first, OP_INFO, 0, 0) == 1);
		kif->drop(first, 1);
	}
	CHECK(c, contract_probe(c, c->server) == FIEF_OK);
}

/* More references than an owner counts in one place (255 in kif for Linux). */
void contract_many_references(struct contract_env *c)
{
	fief_cap last;

	c->kif->drop(contract_obtain(c, c->server, OP_EXPORT, 0, 0), 1);
	for (unsigned i = 0; i < CONTRACT_EXPORTS; i++)
		c->exported[i] = contract_obtain(c, c->server, OP_GIVE, 0, 1);
	last = contract_obtain(c, c->server, OP_GIVE, 0, 1);
	for (unsigned i = 0; i < CONTRACT_EXPORTS; i++) {
		CHECK(c, contract_do(c, c->exported[i], OP_INFO, 0, 0) == 1);
		c->kif->drop(c->exported[i], 1);
	}
	CHECK(c, contract_do(c, last, OP_INFO, 0, 0) == 1);
	c->kif->drop(last, 1);
	CHECK(c, contract_probe(c, last) == FIEF_INVALID);
	last = contract_obtain(c, c->server, OP_GIVE, 0, 1);
	CHECK(c, contract_do(c, last, OP_INFO, 0, 0) == 1);
	c->kif->drop(last, 1);
}

/* ---- revocation ---- */

void contract_revoke(struct contract_env *c)
{
	fief_cap cap = contract_obtain(c, c->server, OP_EXPORT, 1, 0);
	fief_cap other;

	contract_send(c, c->third, OP_KEEP, 0, cap);
	contract_do(c, c->third, OP_CALL, 0, OP_INFO);
	CHECK(c, c->msg.data[0] == FIEF_OK);
	contract_do(c, c->server, OP_REVOKE, 1, 0);
	for (unsigned i = 0; i < STALE_CALLS; i++)
		CHECK(c, contract_probe(c, cap) == FIEF_GONE);
	contract_do(c, c->third, OP_CALL, 0, OP_INFO);
	CHECK(c, c->msg.data[0] == FIEF_GONE);
	/* The next object takes over the handle, not the holders. */
	other = contract_obtain(c, c->server, OP_EXPORT, 2, 0);
	CHECK(c, contract_probe(c, cap) == FIEF_GONE);
	CHECK(c, contract_do(c, other, OP_INFO, 0, 0) == 3);
	contract_do(c, c->third, OP_CALL, 0, OP_INFO);
	CHECK(c, c->msg.data[0] == FIEF_GONE);
	c->kif->drop(cap, 1);
	c->kif->drop(other, 1);
	CHECK(c, contract_probe(c, cap) == FIEF_INVALID);
}

/* A call that waits in the queue when its object is revoked. */
void contract_revoke_queued(struct contract_env *c)
{
	fief_cap object = contract_obtain(c, c->server, OP_EXPORT, 0, 0);
	fief_cap wake = contract_obtain(c, c->server, OP_EXPORT, 1, 1);
	struct contract_task t = { .c = c, .peer = object, .op = OP_ECHO };

	contract_do(c, c->server, OP_STALL, STALL_REVOKE, 0);
	contract_start(&t);
	c->kif->signal(wake); /* before or after the call got there */
	contract_finish(&t);
	CHECK(c, t.error == FIEF_GONE);
	CHECK(c, atomic_load(&t.ended) == 1);
	CHECK(c, contract_probe(c, c->server) == FIEF_OK);
	c->kif->drop(object, 1);
	c->kif->drop(wake, 1);
}

void contract_quota(struct contract_env *c)
{
	enum fief_err e = FIEF_OK;
	unsigned n = 0;
	fief_cap cap = 77;

	while (n < CONTRACT_EXPORTS && !e) {
		e = c->kif->export(c->ep, n + 1, KIF_OBJECT_RPC, &cap);
		if (!e)
			c->exported[n++] = cap;
	}
	CHECK(c, n > 1 && n < CONTRACT_EXPORTS);
	CHECK(c, e == FIEF_OUT_OF_CAPS || e == FIEF_OUT_OF_RAM);
	CHECK(c, cap == c->exported[n - 1]);
	CHECK(c, contract_probe(c, c->server) == FIEF_OK);
	c->kif->revoke(c->exported[--n]);
	CHECK(c, !c->kif->export(c->ep, 1, KIF_OBJECT_RPC, &cap));
	CHECK(c, c->kif->export(c->ep, 1, KIF_OBJECT_RPC, &cap) == e);
	c->kif->revoke(cap);
	while (n)
		c->kif->revoke(c->exported[--n]);
}

static void serve_until_gone(struct contract_task *t)
{
	struct kif_wait w = { .flags = KIF_WAIT, .deadline = FIEF_NEVER };
	struct kif_msg msg;
	enum fief_err e;

	do {
		e = t->c->kif->reply_wait(t->ep, &msg, &w);
		w.flags = KIF_WAIT | KIF_SAVE; /* never answered */
		if (!e)
			atomic_fetch_add(&t->stop, 1);
	} while (!e);
	/* INVALID: it was destroyed before we got there. */
	CHECK(t->c, e == FIEF_GONE || e == FIEF_INVALID);
}

/* Calls taken, queued and to come end with GONE; so does the wait. */
void contract_ep_destroy(struct contract_env *c)
{
	struct contract_task serve = { .c = c, .fn = serve_until_gone };
	struct contract_task task = {
		.c = c, .peer = c->server, .op = OP_CALL, .b = OP_ECHO
	};
	fief_cap own;
	uint64_t badge;

	CHECK(c, !c->kif->ep_create(&serve.ep));
	CHECK(c, !c->kif->export(serve.ep, 9, KIF_OBJECT_RPC, &own));
	contract_send(c, c->server, OP_KEEP, 0, own);
	contract_start(&serve);
	contract_start(&task);
	while (!atomic_load(&serve.stop)) /* until it was taken */
		c->kif->park(c->kif->time() + 100000);
	c->kif->ep_destroy(serve.ep);
	contract_finish(&task);
	CHECK(c, task.error == FIEF_OK && task.word == FIEF_GONE);
	contract_finish(&serve);
	CHECK(c, contract_do(c, c->server, OP_CALL, 0, OP_ECHO) == FIEF_GONE);
	CHECK(c, c->kif->badge(own, &badge) == FIEF_INVALID);
}
