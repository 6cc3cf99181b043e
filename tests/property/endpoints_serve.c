/* SPDX-License-Identifier: MIT */
/* The thread of an endpoint: is each request of the client that it says, and
 * the next of its thread? Is each signal one that was sent? */

#include <fief/kif_table.h>

#include "endpoints_server.h"

static unsigned number_of(const struct server *s)
{
	return (unsigned)(s - shared.server);
}

/* An event of an object that was revoked: only if it was taken before. */
static void check_retired(const struct server *s, uint64_t id, uint64_t turn)
{
	for (unsigned i = 0; i < RETIRED; i++) {
		const struct retired *r = &shared.retired[i];

		if (r->id != id)
			continue;
		if (turn > r->turn[number_of(s)])
			shared_wrong("endpoint %u: event %llu of client %llu, "
			             "revoked by %llu",
			             number_of(s), (unsigned long long)turn,
			             (unsigned long long)id,
			             (unsigned long long)r->turn[number_of(s)]);
		return;
	}
	shared_wrong("endpoint %u: an event of client %llu, long gone",
	             number_of(s), (unsigned long long)id);
}

static bool check_call(const struct server *s, struct client *c, uint64_t id)
{
	const struct kif_msg *m = &s->msg;
	const uint64_t loop = m->data[WORD_LOOP], nr = m->data[WORD_NUMBER];
	uint64_t *last;

	if (m->data[WORD_CLIENT] != id || loop >= LOOPS ||
	    m->label >= CALL_LABELS || !call_whole(m, 0)) {
		shared_wrong("endpoint %u: a message of client %llu, loop "
		             "%llu has the badge of %llu",
		             number_of(s),
		             (unsigned long long)m->data[WORD_CLIENT],
		             (unsigned long long)loop, (unsigned long long)id);
		return false;
	}
	last = &c->last[number_of(s)][loop];
	if (nr <= *last)
		shared_wrong("endpoint %u: client %llu, loop %llu: call %llu "
		             "after %llu",
		             number_of(s), (unsigned long long)id,
		             (unsigned long long)loop, (unsigned long long)nr,
		             (unsigned long long)*last);
	*last = nr;
	c->served[number_of(s)][loop]++;
	shared.calls++;
	if (!loop) {
		c->raised[number_of(s)] = m->data[WORD_RAISED];
		c->coming[number_of(s)] = m->data[WORD_COMING];
	}
	return true;
}

/* ---- what is asked for ---- */

static void do_link(struct client *c, struct kif_msg *out, uint64_t at,
                    uint64_t gone)
{
	const struct server *s = &shared.server[at % ENDPOINTS];

	out->data[WORD_ARG] = LINK_LATER;
	if (c->ending || !s->alive)
		return;
	if (gone && gone == s->generation) {
		shared_wrong("client %llu reads GONE at endpoint %llu, which "
		             "lives",
		             (unsigned long long)c->id, (unsigned long long)at);
		out->data[WORD_ARG] = LINK_WRONG;
		return;
	}
	out->data[WORD_ARG] = LINK_NEW;
	out->data[WORD_ARG2] = s->generation;
	out->cap[0] = c->object[at % ENDPOINTS];
	out->cap[1] = c->signal[at % ENDPOINTS];
	out->ncaps = 2;
}

static void do_offer(struct client *c, fief_cap *cap)
{
	if (c->own || c->ending)
		return;
	c->own = *cap;
	*cap = FIEF_CAP_NULL;
}

/* What comes home is the object that was given, if there still is one. */
static void do_back(const struct client *c, const struct kif_msg *in)
{
	const unsigned at = (unsigned)in->data[WORD_ARG] % ENDPOINTS;
	const struct server *s = &shared.server[at];
	const bool lives =
		s->alive && !c->ending && s->generation == in->data[WORD_ARG2];
	uint64_t badge = 0;
	enum fief_err e = fief_kif->badge(in->cap[0], &badge);

	if (e ? lives : badge != badge_of(c->id, at, false))
		shared_wrong("client %llu gave back its object at endpoint "
		             "%u: %s, badge %llx",
		             (unsigned long long)c->id, at, fief_err_name(e),
		             (unsigned long long)badge);
}

/* The object of another client goes out with a reference of its own. */
static fief_cap do_peer(struct server *s, const struct client *c,
                        struct kif_msg *out)
{
	const struct client *peer =
		&shared.client[shared_dice(&s->dice, CLIENTS)];

	out->data[WORD_ARG] = 0;
	if (peer == c || !peer->id || !peer->own || peer->ending)
		return FIEF_CAP_NULL;
	out->data[WORD_ARG] = peer->id;
	out->cap[0] = peer->own;
	out->ncaps = 1;
	fief_kif->ref(peer->own);
	return peer->own;
}

static void do_pass(uint64_t id, fief_cap *cap)
{
	if (shared.passed || atomic_load(&shared.rest))
		return;
	shared.passed = *cap;
	shared.passed_id = id;
	*cap = FIEF_CAP_NULL;
}

/* ---- events ---- */

static void answer_prepare(struct kif_msg *out, const struct kif_msg *in)
{
	out->label = FIEF_OK;
	out->len = in->len;
	out->ncaps = 0;
	for (unsigned i = 0; i < WORD_PATTERN; i++)
		out->data[i] = in->data[i];
	out->data[WORD_END] = CLIENT_LIVES;
	call_fill(out, 1);
}

/* Returns a capability to drop when the answer in s->msg was sent. */
static fief_cap handle_call(struct server *s, uint64_t turn)
{
	const uint64_t id = s->wait.badge >> 8;
	struct kif_msg out, *in = &s->msg;
	fief_cap drop = FIEF_CAP_NULL;
	struct client *c;

	answer_prepare(&out, in);
	shared_lock();
	c = client_of(id);
	if (!c) {
		check_retired(s, id, turn);
	} else if (s->wait.badge != badge_of(id, number_of(s), false)) {
		shared_wrong("endpoint %u: badge %llx", number_of(s),
		             (unsigned long long)s->wait.badge);
	} else if (check_call(s, c, id)) {
		out.data[WORD_END] = c->order;
		if (in->label == CALL_LINK)
			do_link(c, &out, in->data[WORD_ARG],
			        in->data[WORD_ARG2]);
		else if (in->label == CALL_OFFER && in->ncaps)
			do_offer(c, &in->cap[0]);
		else if (in->label == CALL_BACK && in->ncaps)
			do_back(c, in);
		else if (in->label == CALL_PEER)
			drop = do_peer(s, c, &out);
		else if (in->label == CALL_PASS && in->ncaps)
			do_pass(in->data[WORD_ARG], &in->cap[0]);
	}
	shared_unlock();
	for (unsigned i = 0; i < in->ncaps; i++)
		fief_kif->drop(in->cap[i], 1);
	*in = out;
	return drop;
}

static void handle_signal(struct server *s, uint64_t turn)
{
	const uint64_t id = s->wait.badge >> 8;
	const unsigned n = number_of(s);
	struct client *c;

	shared_lock();
	shared.signals += s->wait.count;
	c = client_of(id);
	if (!c) {
		check_retired(s, id, turn);
	} else if (s->wait.badge != badge_of(id, n, true)) {
		shared_wrong("endpoint %u: signal badge %llx", n,
		             (unsigned long long)s->wait.badge);
	} else {
		c->signals[n] += s->wait.count;
		if (c->signals[n] > c->coming[n])
			shared_wrong("endpoint %u: %llu signals of client "
			             "%llu, which sent no more than %llu",
			             n, (unsigned long long)c->signals[n],
			             (unsigned long long)id,
			             (unsigned long long)c->coming[n]);
	}
	shared_unlock();
}

/* ---- answers ---- */

static void saved_answer(struct server *s)
{
	struct kif_wait w = { .flags = KIF_REPLY };

	while (s->nsaved) {
		s->nsaved--;
		w.reply = s->saved[s->nsaved].token;
		/* Its client may be gone, and the channel another's. */
		if (fief_kif->reply_wait(s->ep, &s->saved[s->nsaved].msg, &w))
			return;
	}
}

/* Answer now, or some events later. */
static void answer(struct server *s, fief_cap drop)
{
	enum fief_err e;

	if (!s->msg.ncaps && s->nsaved < SAVED && !shared_dice(&s->dice, 64)) {
		s->saved[s->nsaved].token = s->wait.reply;
		s->saved[s->nsaved++].msg = s->msg;
		s->wait.flags = KIF_WAIT | KIF_SAVE;
		return;
	}
	s->wait.flags = KIF_REPLY | KIF_WAIT;
	if (!drop)
		return;
	s->wait.flags = KIF_REPLY;
	e = fief_kif->reply_wait(s->ep, &s->msg, &s->wait);
	(void)e; /* destroyed: the next wait says it, too */
	fief_kif->drop(drop, 1);
	s->wait.flags = KIF_WAIT;
}

static void serve(struct server *s)
{
	enum { LATER_NS = 2000000 };
	uint64_t turn;

	s->wait.flags = KIF_WAIT;
	for (;;) {
		s->wait.deadline =
			s->nsaved ? fief_kif->time() + LATER_NS : FIEF_NEVER;
		if (fief_kif->reply_wait(s->ep, &s->msg, &s->wait))
			return; /* destroyed */
		turn = atomic_fetch_add(&s->turn, 1) + 1;
		s->wait.flags = KIF_WAIT;
		if (s->wait.event == KIF_EVENT_CALL)
			answer(s, handle_call(s, turn));
		else if (s->wait.event == KIF_EVENT_SIGNAL)
			handle_signal(s, turn);
		if (s->nsaved && (s->wait.event == KIF_EVENT_NONE ||
		                  !shared_dice(&s->dice, 8)))
			saved_answer(s);
	}
}

static bool may_serve(struct server *s)
{
	bool alive;

	shared_lock();
	alive = s->alive;
	s->idle = !alive;
	shared_unlock();
	return alive;
}

/* Requests saved at the endpoint that was destroyed are answered at the next
 * one: nobody may hear it. */
void server_main(void *server)
{
	struct server *s = server;

	for (;;) {
		while (!may_serve(s))
			fief_kif->park(FIEF_NEVER);
		serve(s);
		shared_lock();
		if (s->alive)
			shared_wrong("endpoint %u ended, but was not destroyed",
			             number_of(s));
		s->alive = false;
		shared_unlock();
	}
}
