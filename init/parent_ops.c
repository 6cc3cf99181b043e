/* SPDX-License-Identifier: MIT */
/* The Parent interface as a child sees it. */

#include "internal.h"

#include <lib/mem.h>
#include <session/cpu.h>

static struct child *child_from(struct fief_rpc_obj *self)
{
	return FIEF_CONTAINER_OF(self, struct child, parent);
}

static struct session *session_find(struct fief_rpc_obj *self, uint32_t id)
{
	return FIEF_ID_OBJECT(fief_id_find(&child_from(self)->sessions, id),
	                      struct session, client_id);
}

/* ---- as client ---- */

static enum fief_err op_session(struct fief_rpc_obj *self,
                                const struct parent_session_params *in,
                                struct parent_session_results *out)
{
	const struct session_ask ask = {
		.env = ENV_NONE,
		.id = in->id,
		.service = in->service,
		.label = in->label,
		.args = in->args,
		.ram = in->ram,
		.caps = in->caps,
		.wait = in->wait,
		.movable = in->movable,
	};
	struct child *c = child_from(self);
	struct session *s;
	enum fief_err e;

	if (!in->id || session_find(self, in->id))
		return FIEF_CONFLICT;
	e = session_create(c, &ask, &s);
	if (e)
		return e;
	session_begin(s);
	e = session_outcome(s, &out->cap);
	if (e != FIEF_PENDING) {
		if (!e)
			s->settled_by_news = true;
		return e;
	}
	s->settled_by_news = true;
	if (!in->wait)
		return e;
	s->late = LATE_SESSION;
	s->token = fief_entrypoint_token(c->sandbox->env->ep);
	return FIEF_LATE;
}

static bool closing(struct fief_rpc_obj *self, uint32_t id)
{
	LIST_FOR_EACH(s, &child_from(self)->closing, struct session, link)
		if (s->client_id.id == id)
			return true;
	return false;
}

static enum fief_err op_session_cap(struct fief_rpc_obj *self, uint32_t id,
                                    fief_cap *cap)
{
	struct session *s = session_find(self, id);

	if (s)
		return session_outcome(s, cap);
	return closing(self, id) ? FIEF_PENDING : FIEF_NOT_FOUND;
}

static enum fief_err op_upgrade(struct fief_rpc_obj *self, uint32_t id,
                                uint64_t ram, uint32_t caps)
{
	struct session *s = session_find(self, id);

	return s ? session_upgrade(s, ram, caps) : FIEF_NOT_FOUND;
}

static enum fief_err op_close(struct fief_rpc_obj *self, uint32_t id)
{
	struct session *s = session_find(self, id);

	return s ? session_close(s) : FIEF_NOT_FOUND;
}

/* Kept until it is open. */
static enum fief_err op_place(struct fief_rpc_obj *self, uint32_t id,
                              int32_t level, uint64_t mask)
{
	struct session *s = session_find(self, id);

	if (!s || strcmp(s->service, CPU_SERVICE) != 0)
		return FIEF_NOT_FOUND;
	if (level < 0 || level >= PLACE_LOWEST)
		return FIEF_INVALID;
	s->asked = (struct place){ level, mask };
	return schedule_session(s);
}

/* ---- as server ---- */

static enum fief_err op_announce(struct fief_rpc_obj *self,
                                 struct capnp_text service)
{
	struct child *c = child_from(self);

	for (const struct config_service *s = c->start->provides; s;
	     s = s->next) {
		if (!capnp_text_equal(capnp_text_of(s->name), service))
			continue;
		if (c->sandbox->live.config.verbose &&
		    complaint_due(c->sandbox, c))
			fief_log("\"%s\" announces service \"%s\"",
			         child_name(c), s->name);
		return FIEF_OK;
	}
	/* The text is not ours: only what is in <provides> is repeated. */
	if (complaint_due(c->sandbox, c))
		fief_error("\"%s\" announces a service that is not in its "
		           "<provides>",
		           child_name(c));
	return FIEF_DENIED;
}

static enum fief_err op_next_request(struct fief_rpc_obj *self,
                                     struct parent_next_request_results *out)
{
	return server_next(child_from(self), out);
}

static enum fief_err op_deliver(struct fief_rpc_obj *self, uint32_t id,
                                fief_cap cap)
{
	return server_deliver(child_from(self), id, cap);
}

static enum fief_err op_respond(struct fief_rpc_obj *self, uint32_t id,
                                enum response response)
{
	return server_respond(child_from(self), id, response);
}

/* ---- news ---- */

static enum fief_err sigh_set(fief_cap *at, struct signal_cap handler)
{
	fief_kif->drop(*at, 1);
	*at = handler.cap;
	return FIEF_OK;
}

static enum fief_err op_session_sigh(struct fief_rpc_obj *self,
                                     struct signal_cap handler)
{
	return sigh_set(&child_from(self)->session_sigh, handler);
}

static enum fief_err op_request_sigh(struct fief_rpc_obj *self,
                                     struct signal_cap handler)
{
	struct child *c = child_from(self);

	if (c->requests.root)
		fief_kif->signal(handler.cap);
	return sigh_set(&c->request_sigh, handler);
}

static enum fief_err op_resource_sigh(struct fief_rpc_obj *self,
                                      struct signal_cap handler)
{
	return sigh_set(&child_from(self)->resource_sigh, handler);
}

static enum fief_err op_yield_sigh(struct fief_rpc_obj *self,
                                   struct signal_cap handler)
{
	return sigh_set(&child_from(self)->yield_sigh, handler);
}

static enum fief_err op_heartbeat_sigh(struct fief_rpc_obj *self,
                                       struct signal_cap handler)
{
	return sigh_set(&child_from(self)->heartbeat_sigh, handler);
}

static enum fief_err op_resource_request(struct fief_rpc_obj *self,
                                         uint64_t ram, uint32_t caps)
{
	grant_request(child_from(self), ram, caps);
	return FIEF_OK;
}

static enum fief_err op_yield_request(struct fief_rpc_obj *self, uint64_t *ram,
                                      uint32_t *caps)
{
	*ram = child_from(self)->yield_ram;
	*caps = child_from(self)->yield_caps;
	return FIEF_OK;
}

static enum fief_err op_yield_response(struct fief_rpc_obj *self)
{
	quota_yielded(child_from(self));
	return FIEF_OK;
}

static enum fief_err op_heartbeat_response(struct fief_rpc_obj *self)
{
	heartbeat_answered(child_from(self));
	return FIEF_OK;
}

static enum fief_err op_exit(struct fief_rpc_obj *self, int32_t code)
{
	child_exit(child_from(self), code);
	return FIEF_OK;
}

const struct parent_ops parent_ops = {
	.session = op_session,
	.session_cap = op_session_cap,
	.session_sigh = op_session_sigh,
	.upgrade = op_upgrade,
	.close = op_close,
	.announce = op_announce,
	.request_sigh = op_request_sigh,
	.next_request = op_next_request,
	.deliver = op_deliver,
	.respond = op_respond,
	.exit = op_exit,
	.resource_sigh = op_resource_sigh,
	.resource_request = op_resource_request,
	.yield_sigh = op_yield_sigh,
	.yield_request = op_yield_request,
	.yield_response = op_yield_response,
	.heartbeat_sigh = op_heartbeat_sigh,
	.heartbeat_response = op_heartbeat_response,
	.place = op_place,
};
