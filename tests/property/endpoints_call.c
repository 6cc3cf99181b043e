/* SPDX-License-Identifier: MIT */
/* Threads of the driver that call its clients, which may die meanwhile: each
 * call ends, and no other client's answer is taken for it. */

#include <fief/kif_table.h>

#include "endpoints_server.h"

/* An object of a client, with a reference; 0: none now. */
static uint64_t choose(struct caller *c, fief_cap *cap, bool *hold)
{
	struct client *at = &shared.client[shared_dice(&c->dice, CLIENTS)];
	uint64_t id = 0;

	shared_lock();
	if (shared.passed) {
		*cap = shared.passed;
		id = shared.passed_id;
		shared.passed = FIEF_CAP_NULL;
		*hold = false;
		shared.passes++;
	} else if (at->id && at->own && !at->ending &&
	           !atomic_load(&shared.rest)) {
		*cap = at->own;
		id = at->id;
		*hold = at->holds && !atomic_load(&at->held);
		if (*hold)
			atomic_store(&at->held, true);
		fief_kif->ref(*cap);
	}
	shared_unlock();
	return id;
}

static void judge(const struct caller *c, uint64_t id, enum fief_err e,
                  uint64_t nonce, bool hold)
{
	const struct kif_msg *m = &c->msg;
	const struct client *at;

	shared_lock();
	at = client_of(id);
	shared.gone += e == FIEF_GONE;
	if (e && (e != FIEF_GONE || (at && !at->ending)))
		shared_wrong("a call of client %llu, %s: %s",
		             (unsigned long long)id, at ? "alive" : "gone",
		             fief_err_name(e));
	else if (!e && (hold || m->len != 8 * (2 + LOOPS) ||
	                m->data[0] != nonce || m->data[1] != id))
		shared_wrong("a call of client %llu was answered by %llu",
		             (unsigned long long)id,
		             (unsigned long long)m->data[1]);
	shared_unlock();
}

static void call(struct caller *c, uint64_t id, fief_cap cap, bool hold)
{
	const uint64_t nonce = shared_dice(&c->dice, UINT64_MAX);
	enum fief_err e;

	c->msg = (struct kif_msg){ .label = hold ? CLIENT_HOLD : CLIENT_WHO,
		                   .len = 8 };
	c->msg.data[0] = nonce;
	atomic_store(&c->at, id);
	atomic_store(&c->since, fief_kif->time());
	e = fief_kif->call(cap, &c->msg);
	judge(c, id, e, nonce, hold);
	fief_kif->drop(cap, 1);
	atomic_store(&c->since, 0);
}

void caller_main(void *caller)
{
	enum { PAUSE_NS = 200000 };
	struct caller *c = caller;

	for (;;) {
		fief_cap cap;
		bool hold;
		uint64_t id = choose(c, &cap, &hold);

		if (id)
			call(c, id, cap, hold);
		fief_kif->park(fief_kif->time() + PAUSE_NS);
	}
}
