/* SPDX-License-Identifier: MIT */
/* Services of the component around the sandbox, for its children. All of it is
 * done at once: nobody has to be waited for. */

#include "internal.h"

#include <session/rom.h>

enum fief_err sandbox_serve(struct sandbox *b, struct fief_service *service)
{
	struct config_service *name;
	enum fief_err e;
	void *mem;

	e = fief_alloc_zeroed(b->env->heap, sizeof(*name), &mem);
	if (e)
		return e;
	name = mem;
	e = fief_services_add(&b->services, service);
	if (e) {
		fief_free(b->env->heap, name, sizeof(*name));
		return e;
	}
	name->name = service->name;
	name->next = b->service_names;
	b->service_names = name;
	return FIEF_OK;
}

void local_fini(struct sandbox *b)
{
	fief_services_fini(&b->services);
	while (b->service_names) {
		struct config_service *name = b->service_names;

		b->service_names = name->next;
		fief_free(b->env->heap, name, sizeof(*name));
	}
}

/* That our own account is short is not for the client to know. */
static enum fief_err cause_of(enum fief_err e)
{
	if (e == FIEF_OUT_OF_RAM)
		return FIEF_INSUFFICIENT_RAM;
	return e == FIEF_OUT_OF_CAPS ? FIEF_INSUFFICIENT_CAPS : e;
}

void local_ask(struct session *s)
{
	const struct fief_service_ask ask = {
		.id = s->server_id.id,
		.service = capnp_text_of(s->service),
		.label = capnp_text_of(s->label),
		.args = capnp_text_of(s->args),
		.ram = s->ram,
		.caps = s->caps,
	};
	fief_cap cap;
	enum fief_err e = fief_services_open(&s->sandbox->services, &ask, &cap);

	if (e)
		session_refused(s, cause_of(e));
	else
		session_opened(s, cap);
}

enum fief_err local_upgrade(struct session *s, uint64_t ram, uint32_t caps)
{
	return fief_services_upgrade(&s->sandbox->services, s->server_id.id,
	                             ram, caps);
}

void local_close(struct session *s)
{
	if (!s->own)
		return;
	fief_services_close(&s->sandbox->services, s->server_id.id);
	s->server_id.id = 0; /* it may become that of another one */
}

/* Not by a call, which would be to ourselves. */
enum fief_err local_binary(const struct session *s, fief_cap *out)
{
	const struct fief_service_session *session = FIEF_ID_OBJECT(
		fief_id_find(&s->sandbox->services.sessions, s->server_id.id),
		struct fief_service_session, id);
	const struct rom_ops *ops;
	struct dataspace_cap ds;
	uint64_t size;
	enum fief_err e;

	if (!session || session->obj.type != &rom_rpc_type)
		return FIEF_UNSUPPORTED;
	ops = session->obj.ops;
	e = ops->dataspace((struct fief_rpc_obj *)(uintptr_t)&session->obj, &ds,
	                   &size);
	if (e)
		return e;
	fief_kif->ref(ds.cap); /* it stays with the service */
	*out = ds.cap;
	return FIEF_OK;
}
