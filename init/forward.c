/* SPDX-License-Identifier: MIT */
/*
 * Sessions that our parent asks for, because we offer services of children. To
 * us the parent is a client that pays in advance: its donation is in our
 * account. A request whose server is not there waits until it is; one that no
 * policy allows is denied; a session that the policies would lead elsewhere is
 * closed, and the parent told.
 */

#include "internal.h"

#include <lib/mem.h>

static struct parent_cap parent(const struct sandbox *b)
{
	return (struct parent_cap){ b->env->parent };
}

/* ---- answers ---- */

enum response forward_response(enum fief_err e)
{
	if (e == FIEF_OUT_OF_RAM || e == FIEF_INSUFFICIENT_RAM)
		return RESPONSE_INSUFFICIENT_RAM;
	if (e == FIEF_OUT_OF_CAPS || e == FIEF_INSUFFICIENT_CAPS)
		return RESPONSE_INSUFFICIENT_CAPS;
	if (e == FIEF_GONE)
		return RESPONSE_CLOSED;
	return e ? RESPONSE_DENIED : RESPONSE_OK;
}

/* NOT_FOUND: the client gave up meanwhile. */
void forward_respond(struct sandbox *b, uint32_t id, enum response response)
{
	enum fief_err e = parent_respond(parent(b), id, response);

	if (e && e != FIEF_NOT_FOUND)
		fief_error("response to the parent: %s", fief_err_text(e));
}

void forward_answer(struct session *s, enum session_late what,
                    enum fief_err status)
{
	const uint32_t id = s->client_id.id;

	if (what == LATE_UPGRADE || status) {
		forward_respond(s->sandbox, id,
		                what == LATE_UPGRADE && status ?
		                        RESPONSE_DENIED :
		                        forward_response(status));
		return;
	}
	s->told = true;
	if (!parent_deliver(parent(s->sandbox), id, s->cap))
		return;
	s->told = false; /* nobody is there to have it */
	if (session_close(s) != FIEF_PENDING)
		fief_error("cannot close a session that nobody has");
}

void forward_gone(struct session *s)
{
	fief_id_remove(&s->sandbox->forwarded, &s->client_id);
	if (s->told)
		forward_respond(s->sandbox, s->client_id.id, RESPONSE_CLOSED);
}

/* ---- where it leads ---- */

static enum route_result way_find(const struct session *s,
                                  struct session_way *out)
{
	const struct config_policy *policy;
	const struct config_start *server;
	enum route_result r;

	r = route_offer(&s->sandbox->live.config, s->service, s->sent, &policy,
	                &server);
	*out = (struct session_way){ .server = server ? server->child : NULL };
	if (r == ROUTE_FOUND &&
	    route_label(&policy->target->relabel, "", s->sent, &out->label))
		return ROUTE_NONE;
	return r;
}

void forward_stall(struct session *s)
{
	s->server = NULL;
	s->state = SESSION_WAITING;
	s->request = REQUEST_KIND_CREATE;
	s->fetched = s->again = false;
	list_remove(&s->link);
	list_add_last(&s->sandbox->stalled, &s->link);
	sandbox_work_soon(s->sandbox);
}

static void deny(struct session *s)
{
	list_remove(&s->link);
	session_refused(s, FIEF_DENIED);
}

/* Does it run, or will it by itself? As for siblings, one that ended for good
 * is no reason to wait. */
static bool lives(const struct child *c)
{
	return c->state == CHILD_NEW || c->state == CHILD_STARTING ||
	       c->state == CHILD_RUNNING || list_linked(&c->restart.link);
}

/* False: it has to wait. */
bool forward_go_on(struct session *s)
{
	struct session_way way;
	enum route_result r = way_find(s, &way);

	if (r == ROUTE_NONE) {
		if (complaint_due(s->sandbox, NULL))
			fief_error(
				"no policy lets the parent have service \"%s\" "
				"(label \"%s\")",
				s->service, s->sent);
		deny(s);
		return true;
	}
	if (r == ROUTE_FOUND && !lives(way.server)) {
		if (complaint_due(s->sandbox, NULL))
			fief_error(
				"parent: \"%s\", the server of service \"%s\" "
				"(label \"%s\"), does not run",
				child_name(way.server), s->service, s->sent);
		deny(s);
		return true;
	}
	if (r != ROUTE_FOUND || way.server->state != CHILD_RUNNING)
		return false;
	list_remove(&s->link);
	s->server = way.server;
	memcpy(s->label, way.label.text, strlen(way.label.text) + 1);
	session_begin(s);
	return true;
}

bool forward_progress(struct sandbox *b)
{
	bool changed = false;

	LIST_FOR_EACH_SAFE(s, &b->stalled, struct session, link)
		changed |= forward_go_on(s);
	return changed;
}

/* ---- another config ---- */

/* The server has not seen the request: as if it had not been asked. */
static void take_back(struct session *s)
{
	session_withdraw(s);
	forward_stall(s);
}

static void reconsider(struct session *s)
{
	struct session_way way;
	enum fief_err e;

	if (s->state == SESSION_WAITING || s->state == SESSION_CLOSING)
		return;
	if (way_find(s, &way) == ROUTE_FOUND && way.server == s->server &&
	    !strcmp(way.label.text, s->label))
		return;
	if (s->state == SESSION_CREATING && !s->fetched) {
		take_back(s);
		return;
	}
	s->again = s->state == SESSION_CREATING;
	e = session_close(s);
	(void)e; /* the parent is told as it ends */
}

void forward_apply(struct sandbox *b, bool offers)
{
	struct fief_id *next;

	if (offers)
		forward_announce(b);
	for (struct fief_id *i = fief_id_first(&b->forwarded); i; i = next) {
		next = fief_id_next(i);
		reconsider(FIEF_ID_OBJECT(i, struct session, client_id));
	}
}

void forward_held(const struct sandbox *b, uint64_t *ram, uint64_t *caps)
{
	for (struct fief_id *i = fief_id_first(&b->forwarded); i;
	     i = fief_id_next(i)) {
		const struct session *s =
			FIEF_ID_OBJECT(i, struct session, client_id);

		*ram += s->paid ? 0 : s->ram;
		*caps += s->paid ? 0 : s->caps;
	}
}

void forward_fini(struct sandbox *b)
{
	struct fief_id *i;

	while ((i = fief_id_first(&b->forwarded)))
		session_destroy(FIEF_ID_OBJECT(i, struct session, client_id));
	forward_deaf(b);
}
