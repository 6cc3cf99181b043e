/* SPDX-License-Identifier: MIT */
/* What our parent asks for: its requests for services that we offer. */

#include "internal.h"

#include <lib/utf8.h>

enum { TURN = 16 }; /* requests in a row */

static struct parent_cap parent(const struct sandbox *b)
{
	return (struct parent_cap){ b->env->parent };
}

static struct session *find(const struct sandbox *b, uint32_t id)
{
	return FIEF_ID_OBJECT(fief_id_find(&b->forwarded, id), struct session,
	                      client_id);
}

/* What its record costs is out of the donation. */
static enum fief_err fee_take(const struct sandbox *b, uint64_t *ram)
{
	if (b->forwarded.tree.count < SANDBOX_FORWARDED_PAID)
		return FIEF_OK;
	if (*ram < SANDBOX_SESSION_RAM)
		return FIEF_INSUFFICIENT_RAM;
	*ram -= SANDBOX_SESSION_RAM;
	return FIEF_OK;
}

static enum fief_err make(struct sandbox *b,
                          const struct parent_next_request_reply *q,
                          struct session **out)
{
	const struct session_ask ask = {
		.service = q->service,
		.label = q->label,
		.args = q->args,
	};
	uint64_t ram = q->ram;
	struct session *s;
	enum fief_err e;
	void *mem;

	e = fee_take(b, &ram);
	if (e)
		return e;
	e = fief_alloc_zeroed(b->env->heap, sizeof(*s), &mem);
	if (e)
		return e;
	s = mem;
	s->sandbox = b;
	s->forwarded = true;
	s->env = ENV_NONE;
	s->ram = ram;
	s->caps = q->caps;
	s->settled_by_news = true;
	s->late = LATE_SESSION;
	e = session_texts_set(s, &ask);
	if (!e)
		e = fief_id_add_as(&b->forwarded, &s->client_id, q->id);
	if (e)
		fief_free(b->env->heap, s, sizeof(*s));
	else
		*out = s;
	return e;
}

/* What was refused for its texts is not repeated. */
static void report_refused(struct sandbox *b,
                           const struct parent_next_request_reply *q,
                           enum fief_err why)
{
	const bool plain = utf8_printable(q->service.s, q->service.len) &&
	                   utf8_printable(q->label.s, q->label.len);

	if (!complaint_due(b, NULL))
		return;
	fief_error("cannot forward service \"%.*s\" (label \"%.*s\"): %s",
	           plain ? (int)q->service.len : 0, q->service.s,
	           plain ? (int)q->label.len : 0, q->label.s,
	           fief_err_text(why));
}

static void on_create(struct sandbox *b,
                      const struct parent_next_request_reply *q)
{
	struct session *s;
	enum fief_err e = make(b, q, &s);

	if (e && e != FIEF_INSUFFICIENT_RAM)
		report_refused(b, q, e);
	if (e) {
		forward_respond(b, q->id, forward_response(e));
		return;
	}
	forward_stall(s);
	forward_go_on(s);
}

static void on_upgrade(struct sandbox *b,
                       const struct parent_next_request_reply *q)
{
	struct session *s = find(b, q->id);
	enum fief_err e = FIEF_NOT_FOUND;

	if (s)
		e = session_upgrade(s, q->ram, q->caps);
	if (e == FIEF_PENDING)
		s->late = LATE_UPGRADE;
	else
		forward_respond(b, q->id, e ? RESPONSE_DENIED : RESPONSE_OK);
}

static void on_close(struct sandbox *b,
                     const struct parent_next_request_reply *q)
{
	struct session *s = find(b, q->id);
	enum fief_err e;

	if (!s) {
		forward_respond(b, q->id, RESPONSE_CLOSED);
		return;
	}
	s->late = LATE_NOTHING;
	s->told = true;
	s->again = false;
	if (s->state == SESSION_CLOSING)
		return;
	e = session_close(s);
	(void)e; /* the parent is told as it ends */
}

static void on_requests(struct fief_signal_handler *self, unsigned count)
{
	static void (*const handle[])(
		struct sandbox *, const struct parent_next_request_reply *) = {
		[REQUEST_KIND_CREATE] = on_create,
		[REQUEST_KIND_UPGRADE] = on_upgrade,
		[REQUEST_KIND_CLOSE] = on_close,
	};
	static struct parent_next_request_reply q; /* too large for a frame */
	struct sandbox *b = FIEF_CONTAINER_OF(self, struct sandbox, requests);

	(void)count;
	for (unsigned i = 0; i < TURN; i++) {
		if (parent_next_request(parent(b), &q))
			return;
		handle[q.kind](b, &q);
		if (!q.more)
			return;
	}
	fief_kif->signal(self->cap); /* others get their turn */
}

/* ---- the ear ---- */

static enum fief_err listen(struct sandbox *b)
{
	enum fief_err e;

	if (b->requests.handle)
		return FIEF_OK;
	b->requests.handle = on_requests;
	e = fief_signal_manage(b->env->ep, &b->requests);
	if (!e)
		e = parent_request_sigh(parent(b),
		                        (struct signal_cap){ b->requests.cap });
	if (e)
		forward_deaf(b);
	return e;
}

void forward_announce(struct sandbox *b)
{
	const struct config_offer *o = b->live.config.offers;
	enum fief_err e = o ? listen(b) : FIEF_OK;

	for (; o && !e; o = o->next) {
		e = parent_announce(parent(b), capnp_text_of(o->name));
		if (e)
			fief_error("cannot offer service \"%s\": %s", o->name,
			           fief_err_text(e));
		e = FIEF_OK;
	}
	if (e)
		fief_error("cannot offer services: %s", fief_err_text(e));
}

void forward_deaf(struct sandbox *b)
{
	if (b->requests.handle)
		fief_signal_dissolve(b->env->ep, &b->requests);
	b->requests.handle = NULL;
}
