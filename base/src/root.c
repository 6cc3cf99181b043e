/* SPDX-License-Identifier: MIT */
/* Session requests of the parent become session objects. */

#include <fief/root.h>

#include <lib/checked.h>
#include <lib/mem.h>

#include <fief/kif_table.h>
#include <fief/log.h>
#include <session/parent.h>

static struct parent_cap parent_of(const struct fief_root *r)
{
	return (struct parent_cap){ r->env->parent };
}

static struct fief_service *service_find(const struct fief_root *r,
                                         struct capnp_text name)
{
	struct fief_service *s = r->services;

	while (s && (strlen(s->name) != name.len ||
	             memcmp(s->name, name.s, name.len) != 0))
		s = s->next;
	return s;
}

static struct fief_service_session *session_of(struct fief_id *id)
{
	return id ? FIEF_CONTAINER_OF(id, struct fief_service_session, id) :
	            NULL;
}

size_t fief_root_ram_cost(size_t size)
{
	size_t bytes;

	return checked_align(size, KIF_PAGE, &bytes) ? bytes : SIZE_MAX;
}

/* ---- making and ending session objects ---- */

static enum fief_err memory_take(struct fief_root *r, struct fief_service *v,
                                 struct fief_service_session **out)
{
	struct fief_service_session *s = v->spare;
	enum fief_err e;
	fief_cap ds;
	void *mem;

	if (s) {
		memset(s, 0, v->size);
		s->ds = v->spare_ds;
		v->spare = NULL;
		*out = s;
		return FIEF_OK;
	}
	e = fief_ram_alloc(r->env->ram, v->size, &mem, &ds);
	if (e)
		return e;
	s = mem;
	s->ds = ds;
	*out = s;
	return FIEF_OK;
}

/* All sessions of a service are of one size, so it does not matter which of
 * them gives its memory to be the spare. */
static void memory_return(struct fief_root *r, struct fief_service *v,
                          struct fief_service_session *s)
{
	if (v->spare) {
		fief_ram_free(r->env->ram, s, v->size, s->ds);
		return;
	}
	v->spare = s;
	v->spare_ds = s->ds;
}

static enum fief_err session_alloc(struct fief_root *r,
                                   struct fief_service *service,
                                   const struct fief_budget *budget,
                                   struct fief_service_session **out)
{
	struct fief_service_session *s;
	enum fief_err e;

	e = memory_take(r, service, &s);
	if (e)
		return e;
	s->obj.type = service->type;
	s->obj.ops = service->ops;
	s->service = service;
	s->budget = *budget;
	fief_guarded_ram_init(&s->ram, r->env->ram, &s->budget);
	e = fief_entrypoint_manage(r->env->ep, &s->obj);
	if (e)
		memory_return(r, service, s);
	else
		*out = s;
	return e;
}

static void session_free(struct fief_root *r, struct fief_service_session *s)
{
	fief_entrypoint_dissolve(r->env->ep, &s->obj);
	fief_id_remove(&r->sessions, &s->id);
	memory_return(r, s->service, s);
}

static void session_end(struct fief_root *r, struct fief_service_session *s)
{
	if (s->service->fini)
		s->service->fini(s);
	session_free(r, s);
}

static enum fief_err session_make(struct fief_root *r,
                                  const struct parent_next_request_reply *q,
                                  struct fief_service_session **out)
{
	const struct fief_service_request request = {
		.label = q->label.s ? q->label.s : "",
		.args = q->args.s ? q->args.s : "",
	};
	struct fief_budget b = { .ram_limit = q->ram, .caps_limit = q->caps };
	struct fief_service *service = service_find(r, q->service);
	struct fief_service_session *s;
	enum fief_err e;

	if (!service)
		return FIEF_DENIED;
	e = fief_budget_take(&b, fief_root_ram_cost(service->size),
	                     FIEF_ROOT_CAPS_COST);
	if (!e)
		e = session_alloc(r, service, &b, &s);
	if (e)
		return e;
	e = fief_id_add_as(&r->sessions, &s->id, q->id);
	if (!e && service->init)
		e = service->init(s, &request);
	if (e)
		session_free(r, s);
	else
		*out = s;
	return e;
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

static void on_create(struct fief_root *r,
                      const struct parent_next_request_reply *q)
{
	struct fief_service_session *s;
	enum response response;
	enum fief_err e;

	e = session_make(r, q, &s);
	if (e) {
		response = response_of(e);
		if (response == RESPONSE_DENIED)
			fief_warning("%.*s session \"%.*s\" refused: %s",
			             (int)q->service.len, q->service.s,
			             (int)q->label.len, q->label.s,
			             fief_err_text(e));
		respond(r, q->id, response);
		return;
	}
	e = parent_deliver(parent_of(r), q->id, s->obj.cap);
	if (e)
		session_end(r, s); /* nobody is there to have it */
}

static void on_upgrade(struct fief_root *r,
                       const struct parent_next_request_reply *q)
{
	struct fief_service_session *s =
		session_of(fief_id_find(&r->sessions, q->id));

	if (!s || fief_budget_upgrade(&s->budget, q->ram, q->caps)) {
		respond(r, q->id, RESPONSE_DENIED);
		return;
	}
	if (s->service->upgraded)
		s->service->upgraded(s);
	respond(r, q->id, RESPONSE_OK);
}

static void on_close(struct fief_root *r,
                     const struct parent_next_request_reply *q)
{
	struct fief_service_session *s =
		session_of(fief_id_find(&r->sessions, q->id));

	if (s)
		session_end(r, s);
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

	*r = (struct fief_root){
		.env = env,
		.handler = { .handle = on_requests },
	};
	fief_id_space_init(&r->sessions, UINT32_MAX);
	e = fief_signal_manage(env->ep, &r->handler);
	if (e)
		return e;
	e = parent_request_sigh(parent_of(r),
	                        (struct signal_cap){ r->handler.cap });
	if (e)
		fief_signal_dissolve(env->ep, &r->handler);
	return e;
}

enum fief_err fief_root_announce(struct fief_root *r, struct fief_service *s)
{
	enum fief_err e;
	void *mem;

	e = fief_ram_alloc(r->env->ram, s->size, &mem, &s->spare_ds);
	if (e)
		return e;
	s->spare = mem;
	s->next = r->services; /* known before the first request for it */
	r->services = s;
	e = parent_announce(parent_of(r), capnp_text_of(s->name));
	if (e) {
		r->services = s->next;
		fief_ram_free(r->env->ram, mem, s->size, s->spare_ds);
		s->spare = NULL;
	}
	return e;
}
