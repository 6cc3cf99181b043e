/* SPDX-License-Identifier: MIT */
/* Session objects of services: made, paid, ended. */

#include <fief/service.h>

#include <lib/checked.h>
#include <lib/mem.h>

static struct fief_service *service_find(const struct fief_services *v,
                                         struct capnp_text name)
{
	struct fief_service *s = v->list;

	while (s && (strlen(s->name) != name.len ||
	             memcmp(s->name, name.s, name.len) != 0))
		s = s->next;
	return s;
}

static struct fief_service_session *session_find(const struct fief_services *v,
                                                 uint32_t id)
{
	return FIEF_ID_OBJECT(fief_id_find(&v->sessions, id),
	                      struct fief_service_session, id);
}

size_t fief_root_ram_cost(size_t size)
{
	size_t bytes;

	return checked_align(size, KIF_PAGE, &bytes) ? bytes : SIZE_MAX;
}

/* ---- memory ---- */

static enum fief_err memory_take(struct fief_services *v,
                                 struct fief_service *service,
                                 struct fief_service_session **out)
{
	struct fief_service_session *s = service->spare;
	enum fief_err e;
	fief_cap ds;
	void *mem;

	if (s) {
		memset(s, 0, service->size);
		s->ds = service->spare_ds;
		service->spare = NULL;
		*out = s;
		return FIEF_OK;
	}
	e = fief_ram_alloc(v->env->ram, service->size, &mem, &ds);
	if (e)
		return e;
	s = mem;
	s->ds = ds;
	*out = s;
	return FIEF_OK;
}

/* All sessions of a service are of one size, so it does not matter which of
 * them gives its memory to be the spare. */
static void memory_return(struct fief_services *v, struct fief_service *service,
                          struct fief_service_session *s)
{
	if (service->spare) {
		fief_ram_free(v->env->ram, s, service->size, s->ds);
		return;
	}
	service->spare = s;
	service->spare_ds = s->ds;
}

static void spare_free(struct fief_services *v, struct fief_service *s)
{
	if (s->spare)
		fief_ram_free(v->env->ram, s->spare, s->size, s->spare_ds);
	s->spare = NULL;
}

/* ---- making and ending session objects ---- */

static enum fief_err session_alloc(struct fief_services *v,
                                   struct fief_service *service,
                                   const struct fief_budget *budget,
                                   struct fief_service_session **out)
{
	struct fief_service_session *s;
	enum fief_err e;

	e = memory_take(v, service, &s);
	if (e)
		return e;
	s->obj.type = service->type;
	s->obj.ops = service->ops;
	s->service = service;
	s->budget = *budget;
	fief_guarded_ram_init(&s->ram, v->env->ram, &s->budget);
	e = fief_entrypoint_manage(v->env->ep, &s->obj);
	if (e)
		memory_return(v, service, s);
	else
		*out = s;
	return e;
}

static void session_free(struct fief_services *v,
                         struct fief_service_session *s)
{
	fief_entrypoint_dissolve(v->env->ep, &s->obj);
	fief_id_remove(&v->sessions, &s->id);
	memory_return(v, s->service, s);
}

enum fief_err fief_services_open(struct fief_services *v,
                                 const struct fief_service_ask *q,
                                 fief_cap *cap)
{
	const struct fief_service_request request = {
		.label = q->label.s ? q->label.s : "",
		.args = q->args.s ? q->args.s : "",
	};
	struct fief_budget b = { .ram_limit = q->ram, .caps_limit = q->caps };
	struct fief_service *service = service_find(v, q->service);
	struct fief_service_session *s;
	enum fief_err e;

	if (!service)
		return FIEF_DENIED;
	e = fief_budget_take(&b, fief_root_ram_cost(service->size),
	                     FIEF_ROOT_CAPS_COST);
	if (!e)
		e = session_alloc(v, service, &b, &s);
	if (e)
		return e;
	e = fief_id_add_as(&v->sessions, &s->id, q->id);
	if (!e && service->init)
		e = service->init(s, &request);
	if (e)
		session_free(v, s);
	else
		*cap = s->obj.cap;
	return e;
}

enum fief_err fief_services_upgrade(struct fief_services *v, uint32_t id,
                                    uint64_t ram, uint32_t caps)
{
	struct fief_service_session *s = session_find(v, id);
	enum fief_err e;

	if (!s)
		return FIEF_NOT_FOUND;
	e = fief_budget_upgrade(&s->budget, ram, caps);
	if (!e && s->service->upgraded)
		s->service->upgraded(s);
	return e;
}

void fief_services_close(struct fief_services *v, uint32_t id)
{
	struct fief_service_session *s = session_find(v, id);

	if (!s)
		return;
	if (s->service->fini)
		s->service->fini(s);
	session_free(v, s);
}

/* ---- services ---- */

void fief_services_init(struct fief_services *v, struct fief_env *env)
{
	*v = (struct fief_services){ .env = env };
	fief_id_space_init(&v->sessions, UINT32_MAX);
}

enum fief_err fief_services_add(struct fief_services *v, struct fief_service *s)
{
	enum fief_err e;
	void *mem;

	e = fief_ram_alloc(v->env->ram, s->size, &mem, &s->spare_ds);
	if (e)
		return e;
	s->spare = mem;
	s->next = v->list;
	v->list = s;
	return FIEF_OK;
}

void fief_services_remove(struct fief_services *v, struct fief_service *s)
{
	struct fief_service **at = &v->list;

	while (*at && *at != s)
		at = &(*at)->next;
	if (*at)
		*at = s->next;
	spare_free(v, s);
}

void fief_services_fini(struct fief_services *v)
{
	while (v->list)
		fief_services_remove(v, v->list);
}
