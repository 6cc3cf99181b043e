/* SPDX-License-Identifier: MIT */
/* Session requests of the parent become session objects. */

#include <fief/root.h>

#include <fief/kif_table.h>
#include <fief/log.h>
#include <session/parent.h>

#include "heartbeat.h"

enum { REFUSED = 16 }; /* lines of the log in a while */

static const uint64_t REFUSED_NS = 10000000000;

static struct parent_cap parent_of(const struct fief_root *r)
{
	return (struct parent_cap){ r->services.env->parent };
}

/* ---- requests ---- */

static enum response response_of(enum fief_err e)
{
	if (e == FIEF_OUT_OF_RAM || e == FIEF_INSUFFICIENT_RAM)
		return RESPONSE_INSUFFICIENT_RAM;
	if (e == FIEF_OUT_OF_CAPS || e == FIEF_INSUFFICIENT_CAPS)
		return RESPONSE_INSUFFICIENT_CAPS;
	return RESPONSE_DENIED;
}

/* The parent answers NOT_FOUND when the client gave up meanwhile; it then
 * asks for the session to be closed, if it was delivered before. */
static void respond(struct fief_root *r, uint32_t id, enum response response)
{
	enum fief_err e = parent_respond(parent_of(r), id, response);

	if (e && e != FIEF_NOT_FOUND)
		fief_error("session %u: response: %s", id, fief_err_text(e));
}

/* Clients can have themselves refused as often as they like. */
static void report_refused(struct fief_root *r,
                           const struct parent_next_request_reply *q,
                           enum fief_err why)
{
	uint64_t left_out;

	if (!rate_limit_take(&r->refused, REFUSED, REFUSED_NS,
	                     fief_kif->time()))
		return;
	left_out = rate_limit_left_out(&r->refused);
	if (left_out)
		fief_warning("%llu more sessions were refused, left out",
		             (unsigned long long)left_out);
	fief_warning("%.*s session \"%.*s\" refused: %s", (int)q->service.len,
	             q->service.s, (int)q->label.len, q->label.s,
	             fief_err_text(why));
}

static void on_create(struct fief_root *r,
                      const struct parent_next_request_reply *q)
{
	const struct fief_service_ask ask = {
		.id = q->id,
		.service = q->service,
		.label = q->label,
		.args = q->args,
		.ram = q->ram,
		.caps = q->caps,
	};
	enum response response;
	enum fief_err e;
	fief_cap cap;

	e = fief_services_open(&r->services, &ask, &cap);
	if (e) {
		response = response_of(e);
		if (response == RESPONSE_DENIED)
			report_refused(r, q, e);
		respond(r, q->id, response);
		return;
	}
	e = parent_deliver(parent_of(r), q->id, cap);
	if (e) /* nobody is there to have it */
		fief_services_close(&r->services, q->id);
}

static void on_upgrade(struct fief_root *r,
                       const struct parent_next_request_reply *q)
{
	respond(r, q->id,
	        fief_services_upgrade(&r->services, q->id, q->ram, q->caps) ?
	                RESPONSE_DENIED :
	                RESPONSE_OK);
}

static void on_close(struct fief_root *r,
                     const struct parent_next_request_reply *q)
{
	fief_services_close(&r->services, q->id);
	respond(r, q->id, RESPONSE_CLOSED);
}

enum { TURN = 16 }; /* requests in a row */

static void on_requests(struct fief_signal_handler *self, unsigned count)
{
	static void (*const handle[])(
		struct fief_root *,
		const struct parent_next_request_reply *) = {
		[REQUEST_KIND_CREATE] = on_create,
		[REQUEST_KIND_UPGRADE] = on_upgrade,
		[REQUEST_KIND_CLOSE] = on_close,
	};
	struct fief_root *r =
		FIEF_CONTAINER_OF(self, struct fief_root, handler);
	struct parent_next_request_reply q;

	(void)count;
	for (unsigned i = 0; i < TURN; i++) {
		if (parent_next_request(parent_of(r), &q))
			return;
		handle[q.kind](r, &q);
		if (!q.more)
			return;
	}
	/* Others get their turn; and each session brings a channel, which kif
	 * takes over only when we wait. */
	fief_kif->signal(self->cap);
}

/* ---- set-up ---- */

enum fief_err fief_root_init(struct fief_root *r, struct fief_env *env)
{
	enum fief_err e;

	*r = (struct fief_root){ .handler = { .handle = on_requests } };
	fief_services_init(&r->services, env);
	e = fief_signal_manage(env->ep, &r->handler);
	if (e)
		return e;
	fief_heartbeat_begin(env);
	e = parent_request_sigh(parent_of(r),
	                        (struct signal_cap){ r->handler.cap });
	if (e)
		fief_signal_dissolve(env->ep, &r->handler);
	return e;
}

/* Known before the first request for it. */
enum fief_err fief_root_announce(struct fief_root *r, struct fief_service *s)
{
	enum fief_err e = fief_services_add(&r->services, s);

	if (e)
		return e;
	e = parent_announce(parent_of(r), capnp_text_of(s->name));
	if (e)
		fief_services_remove(&r->services, s);
	return e;
}
