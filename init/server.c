/* SPDX-License-Identifier: MIT */
/* Requests that children who serve others fetch and answer. */

#include "internal.h"

void server_ask(struct session *s, enum request_kind kind)
{
	s->request = kind;
	s->fetched = false;
	if (!tree_linked(&s->in_requests))
		request_queue(s);
	fief_kif->signal(s->server->request_sigh);
}

enum fief_err server_next(struct child *d,
                          struct parent_next_request_results *out)
{
	struct session *s = request_take(d);
	const bool create = s && s->request == REQUEST_KIND_CREATE;

	if (!s)
		return FIEF_AGAIN;
	s->fetched = true;
	*out = (struct parent_next_request_results){
		.kind = s->request,
		.id = s->server_id.id,
		.service = capnp_text_of(s->service),
		.label = capnp_text_of(s->label),
		.args = capnp_text_of(s->args),
		.ram = create ? s->ram : s->more_ram,
		.caps = create ? s->caps : s->more_caps,
		.more = d->requests.root != NULL,
	};
	return FIEF_OK;
}

/* The session, if the server was asked that and has not answered yet. */
static struct session *asked(struct child *d, uint32_t id,
                             enum request_kind kind)
{
	struct session *s = FIEF_ID_OBJECT(fief_id_find(&d->served, id),
	                                   struct session, server_id);

	return s && s->fetched && s->request == kind ? s : NULL;
}

enum fief_err server_deliver(struct child *d, uint32_t id, fief_cap cap)
{
	struct session *s = asked(d, id, REQUEST_KIND_CREATE);

	/* NOT_FOUND, too, if the client gave up while the server was at it: to
	 * close the session is the next request then. */
	if (!s || cap == FIEF_CAP_NULL || s->state != SESSION_CREATING) {
		fief_kif->drop(cap, 1);
		return FIEF_NOT_FOUND;
	}
	s->fetched = false;
	session_opened(s, cap);
	return FIEF_OK;
}

static enum fief_err create_answered(struct session *s, enum response r)
{
	static const enum fief_err cause[] = {
		[RESPONSE_OK] = FIEF_INVALID,
		[RESPONSE_DENIED] = FIEF_DENIED,
		[RESPONSE_INSUFFICIENT_RAM] = FIEF_INSUFFICIENT_RAM,
		[RESPONSE_INSUFFICIENT_CAPS] = FIEF_INSUFFICIENT_CAPS,
		[RESPONSE_CLOSED] = FIEF_GONE,
	};

	if (cause[r] == FIEF_INVALID)
		return FIEF_NOT_FOUND; /* OK needs a capability */
	session_refused(s, cause[r]);
	return FIEF_OK;
}

/* As it was asked to, or by itself: then the client loses it. */
static enum fief_err closed(struct child *d, uint32_t id)
{
	struct session *s = FIEF_ID_OBJECT(fief_id_find(&d->served, id),
	                                   struct session, server_id);

	if (!s || s->state == SESSION_CREATING)
		return FIEF_NOT_FOUND;
	session_server_gone(s);
	return FIEF_OK;
}

enum fief_err server_respond(struct child *d, uint32_t id, enum response r)
{
	struct session *s;

	s = asked(d, id, REQUEST_KIND_CREATE);
	if (s)
		return create_answered(s, r);
	if (r == RESPONSE_CLOSED)
		return closed(d, id);
	s = asked(d, id, REQUEST_KIND_UPGRADE);
	if (!s || s->state != SESSION_UPGRADING)
		return FIEF_NOT_FOUND;
	s->fetched = false;
	session_upgraded(s, r == RESPONSE_OK ? FIEF_OK : FIEF_NOT_FOUND);
	return FIEF_OK;
}
