/* SPDX-License-Identifier: MIT */
/* Endpoints: calls and how they end, signals, waiting. */

#include "internal.h"

enum {
	WAIT_FLAGS = KIF_REPLY | KIF_WAIT | KIF_POLL | KIF_SAVE | KIF_SIGNALS,
};

/* ---- how a call ends ---- */

void fake_call_end(struct fake_call *c, enum fief_err outcome)
{
	struct fake_call **at = &c->ep->calls;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	fake_parcel_fini(&c->parcel);
	c->outcome = outcome;
	c->ended = true;
	c->client->call = NULL;
	fake_wake(c->client);
}

void fake_calls_gone(struct fake_ep *ep, const struct fake_object *object)
{
	struct fake_call *c, *next;

	for (c = ep->calls; c; c = next) {
		next = c->next;
		if (!object || (c->object == object && !c->token))
			fake_call_end(c, FIEF_GONE);
	}
}

void fake_cancel(fief_thread number, uint64_t nr)
{
	struct fake_thread *t = fake_pd_op_begin(), *other;

	if (!t)
		return;
	other = number < FAKE_THREADS ? t->pd->thread[number] : NULL;
	if (other && other->call && other->call_nr == nr)
		fake_call_end(other->call, FIEF_CANCELED);
	else if (other && nr - other->call_nr <= 1 &&
	         t->world->options.keep_cancel)
		other->cancel_nr = nr;
	fake_op_end(t);
}

/* ---- client ---- */

static enum fief_err call_check(struct fake_thread *t, fief_cap cap,
                                const struct kif_msg *msg,
                                struct fake_object **object)
{
	struct fake_object *o = fake_handle_get(t->pd, cap);

	if (!o || msg->len > KIF_DATA_MAX || msg->ncaps > KIF_CAPS_MAX)
		return FIEF_INVALID;
	/* One's own object: the caller may be the one to serve it. */
	if (o->kind != FAKE_RPC || o->owner == t->pd)
		return FIEF_INVALID;
	if (o->dead)
		return FIEF_GONE;
	if (t->cancel_nr == t->call_nr)
		return FIEF_CANCELED;
	*object = o;
	return FIEF_OK;
}

static enum fief_err call_run(struct fake_thread *t, struct fake_object *o,
                              struct kif_msg *msg)
{
	struct fake_call c = {
		.client = t, .object = o, .msg = msg, .ep = &o->owner->ep[o->ep]
	};
	struct fake_call **at = &c.ep->calls;

	fake_parcel_pack(t->pd, msg, &c.parcel);
	while (*at)
		at = &(*at)->next;
	*at = &c;
	t->call = &c;
	if (c.ep->waiter)
		fake_wake(c.ep->waiter);
	while (!c.ended)
		fake_block(t, FIEF_NEVER, "call");
	return c.outcome;
}

enum fief_err fake_call(fief_cap cap, struct kif_msg *msg)
{
	struct fake_thread *t = fake_pd_op_begin();
	struct fake_object *o;
	enum fief_err e;

	if (!t)
		return FIEF_GONE;
	t->call_nr++; /* a refused call has its number, too */
	e = call_check(t, cap, msg, &o);
	if (!e)
		e = call_run(t, o, msg);
	fake_op_end(t);
	return e;
}

/* ---- replies ---- */

static struct fake_call *call_find(struct fake_pd *pd, fief_reply token)
{
	struct fake_call *c;

	for (unsigned i = 0; i < FAKE_EPS && token; i++)
		for (c = pd->ep[i].calls; c; c = c->next)
			if (c->token == token)
				return c;
	return NULL;
}

static void reply(struct fake_pd *pd, fief_reply token,
                  const struct kif_msg *msg)
{
	const struct kif_msg refused = { .label = FIEF_INVALID };
	struct fake_call *c = call_find(pd, token);
	struct fake_parcel p;

	if (!c)
		return; /* the client is gone, or was answered */
	if (msg->len > KIF_DATA_MAX || msg->ncaps > KIF_CAPS_MAX)
		msg = &refused;
	fake_parcel_pack(pd, msg, &p);
	fake_call_end(c, fake_parcel_unpack(c->client->pd, &p, c->msg));
}

/* ---- events ---- */

/* The n-th object of the endpoint that has signals; NULL if there are less. */
static struct fake_object *signal_pending(struct fake_ep *ep, uint32_t n)
{
	struct fake_object *o;

	for (o = ep->pd->objects; o; o = o->next)
		if (o->signals && &ep->pd->ep[o->ep] == ep && !n--)
			return o;
	return NULL;
}

static struct fake_call *call_queued(struct fake_ep *ep, uint32_t n)
{
	struct fake_call *c;

	for (c = ep->calls; c; c = c->next)
		if (!c->token && !n--)
			return c;
	return NULL;
}

static bool take_signal(struct fake_ep *ep, uint32_t n, struct kif_wait *w)
{
	struct fake_object *o = signal_pending(ep, n);

	w->event = KIF_EVENT_SIGNAL;
	w->badge = o->badge;
	w->count = o->signals;
	o->signals = 0;
	return true;
}

/* False if the call ended instead: its capabilities exceed our limits. */
static bool take_call(struct fake_ep *ep, uint32_t n, struct kif_msg *msg,
                      struct kif_wait *w)
{
	struct fake_call *c = call_queued(ep, n);
	enum fief_err e = fake_parcel_unpack(ep->pd, &c->parcel, msg);

	if (e) {
		fake_call_end(c, e);
		return false;
	}
	c->token = ++ep->pd->world->tokens;
	w->event = KIF_EVENT_CALL;
	w->badge = c->object->badge;
	w->reply = c->token;
	return true;
}

/* Take an event, any one in deterministic runs; else signals come first. After
 * a signal, a call that waits has its turn. */
static bool take_event(struct fake_ep *ep, struct kif_msg *msg,
                       struct kif_wait *w)
{
	uint32_t signals, calls, n;

	do {
		for (signals = 0; signal_pending(ep, signals); signals++)
			;
		for (calls = 0; call_queued(ep, calls); calls++)
			;
		if (w->flags & KIF_SIGNALS)
			calls = 0;
		if (!signals && !calls)
			return false;
		n = fake_choose(ep->pd->world, signals + calls);
		if (ep->signaled && calls && n < signals)
			n = signals;
		ep->signaled = n < signals;
		if (n < signals)
			return take_signal(ep, n, w);
	} while (!take_call(ep, n - signals, msg, w));
	return true;
}

static enum fief_err wait_event(struct fake_thread *t, struct fake_ep *ep,
                                struct kif_msg *msg, struct kif_wait *w)
{
	bool taken;

	if (ep->waiter)
		fake_misuse("two threads wait at one endpoint");
	while (!(taken = take_event(ep, msg, w))) {
		if (w->flags & KIF_POLL || fake_now(t->world) >= w->deadline)
			break;
		ep->waiter = t;
		fake_block(t, w->deadline, "reply_wait");
		ep->waiter = NULL;
		if (!ep->used || t->pd->dead)
			return FIEF_GONE;
	}
	if (!taken)
		w->event = KIF_EVENT_NONE;
	return FIEF_OK;
}

static bool flags_valid(uint32_t flags)
{
	return !(flags & ~(uint32_t)WAIT_FLAGS) &&
	       (flags & (KIF_REPLY | KIF_SAVE)) != (KIF_REPLY | KIF_SAVE);
}

enum fief_err fake_reply_wait(fief_ep n, struct kif_msg *msg,
                              struct kif_wait *w)
{
	struct fake_thread *t = fake_pd_op_begin();
	enum fief_err e = FIEF_OK;

	if (!t)
		return FIEF_GONE;
	if (n >= FAKE_EPS || !t->pd->ep[n].used || !flags_valid(w->flags))
		e = FIEF_INVALID;
	if (!e && w->flags & KIF_REPLY)
		reply(t->pd, w->reply, msg);
	if (!e && w->flags & KIF_WAIT)
		e = wait_event(t, &t->pd->ep[n], msg, w);
	fake_op_end(t);
	return e;
}

/* ---- signals ---- */

void fake_signal(fief_cap cap)
{
	struct fake_thread *t = fake_pd_op_begin();
	struct fake_object *o;
	struct fake_ep *ep;

	if (!t)
		return;
	o = fake_handle_get(t->pd, cap);
	if (o && o->kind == FAKE_SIGNAL && !o->dead) {
		ep = &o->owner->ep[o->ep];
		o->signals++;
		if (ep->waiter)
			fake_wake(ep->waiter);
	}
	fake_op_end(t);
}

/* ---- endpoints ---- */

enum fief_err fake_ep_create(fief_ep *out)
{
	struct fake_thread *t = fake_pd_op_begin();
	enum fief_err e = FIEF_LIMIT;

	if (!t)
		return FIEF_GONE;
	for (uint32_t i = 1; i < FAKE_EPS && e; i++) {
		/* A number is free again when its last thread left it. */
		if (t->pd->ep[i].used || t->pd->ep[i].waiter)
			continue;
		t->pd->ep[i].used = true;
		*out = i;
		e = FIEF_OK;
	}
	fake_op_end(t);
	return e;
}

static void objects_kill(struct fake_pd *pd, uint32_t ep)
{
	struct fake_object *o, *next;

	for (o = pd->objects; o; o = next) {
		next = o->next;
		if (o->ep == ep)
			fake_object_kill(o);
	}
}

/* Endpoint 0 lives as long as its PD. */
void fake_ep_destroy(fief_ep n)
{
	struct fake_thread *t = fake_pd_op_begin();

	if (!t)
		return;
	if (n && n < FAKE_EPS && t->pd->ep[n].used) {
		objects_kill(t->pd, n);
		fake_calls_gone(&t->pd->ep[n], NULL);
		t->pd->ep[n].used = false;
		if (t->pd->ep[n].waiter)
			fake_wake(t->pd->ep[n].waiter);
	}
	fake_op_end(t);
}
