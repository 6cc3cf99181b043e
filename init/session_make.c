/* SPDX-License-Identifier: MIT */
/* A session from what its client asks for: routed, with a record and a fee. */

#include "internal.h"

#include <lib/mem.h>
#include <lib/utf8.h>

static enum fief_err text_set(char *out, size_t max, struct capnp_text text)
{
	size_t len = text.s ? text.len : 0;

	if (len > max)
		return FIEF_TOO_LONG;
	if (!utf8_printable(text.s, len))
		return FIEF_INVALID; /* it could forge log lines */
	memcpy(out, text.s ? text.s : "", len);
	out[len] = '\0';
	return FIEF_OK;
}

static void report_route(struct session *s, enum route_result result)
{
	static const struct {
		enum reason reason;
		const char *text;
	} why[] = {
		[ROUTE_NONE] = { REASON_NO_ROUTE, "has no route to" },
		[ROUTE_REFUSED] = { REASON_NO_PROVIDER,
		                    "has a route, but no provider there, for" },
		[ROUTE_AMBIGUOUS] = { REASON_AMBIGUOUS,
		                      "finds several children that provide" },
	};

	note(s->client,
	     &(struct note_about){ why[result].reason, .session = s },
	     "\"%s\" %s service \"%s\" (label \"%s\")", child_name(s->client),
	     why[result].text, s->service, s->sent);
}

/* Its own config: a longer label is of somebody below it. */
static bool served_by_us(const struct child *c, enum env_kind env,
                         const char *service, const char *sent)
{
	return env == ENV_NONE && c->start->config && !strcmp(service, "ROM") &&
	       !strcmp(sent, "config");
}

static enum fief_err label_make(const struct child *c, const char *sent,
                                const struct config_target *t,
                                struct label *out)
{
	static const struct config_relabel none;

	return route_label(t ? &t->relabel : &none, child_name(c), sent, out);
}

enum fief_err session_way_find(const struct child *client, enum env_kind env,
                               const char *service, const char *sent,
                               struct session_way *out, enum route_result *why)
{
	const struct route_request q = {
		.config = &client->sandbox->live.config,
		.client = client->start,
		.service = service,
		.label = sent,
		.local = client->sandbox->service_names,
	};
	struct route route = { 0 };
	enum route_result result = ROUTE_FOUND;

	out->local = served_by_us(client, env, service, sent);
	if (!out->local)
		result = route_find(&q, &route);
	if (why)
		*why = result;
	if (result != ROUTE_FOUND)
		return FIEF_DENIED;
	out->own = route.target && route.target->kind == CONFIG_TARGET_LOCAL;
	out->local |= out->own;
	out->server = route.server ? route.server->child : NULL;
	return label_make(client, sent, route.target, &out->label);
}

static enum fief_err route_set(struct session *s)
{
	enum route_result why;
	struct session_way way;
	enum fief_err e;

	e = session_way_find(s->client, s->env, s->service, s->sent, &way,
	                     &why);
	if (e == FIEF_DENIED)
		report_route(s, why);
	else if (e)
		note(s->client,
		     &(struct note_about){ REASON_LIMIT, .session = s },
		     "label \"%s\" of \"%s\" for service \"%s\" is too "
		     "long: at most %d bytes with the name of the child",
		     s->sent, child_name(s->client), s->service, TEXT_MAX);
	if (e)
		return e;
	s->local = way.local;
	s->own = way.own;
	s->server = way.server;
	memcpy(s->label, way.label.text, strlen(way.label.text) + 1);
	return FIEF_OK;
}

enum fief_err session_texts_set(struct session *s, const struct session_ask *a)
{
	enum fief_err e;

	e = text_set(s->service, SERVICE_MAX, a->service);
	if (!e)
		e = text_set(s->sent, TEXT_MAX, a->label);
	if (!e)
		e = text_set(s->args, TEXT_MAX, a->args);
	return e;
}

/* From now on the client has it. */
static enum fief_err session_register(struct session *s, uint32_t id)
{
	struct child *c = s->client;
	enum fief_err e;

	if (s->env != ENV_NONE)
		return FIEF_OK;
	e = fief_id_add_as(&c->sessions, &s->client_id, id);
	if (e)
		return FIEF_CONFLICT;
	c->session_count++;
	e = money_fee_take(s);
	if (e) {
		fief_id_remove(&c->sessions, &s->client_id);
		c->session_count--;
	}
	return e;
}

enum fief_err session_create(struct child *client, const struct session_ask *a,
                             struct session **out)
{
	struct sandbox *b = client->sandbox;
	struct session *s;
	enum fief_err e;
	void *mem;

	e = fief_alloc_zeroed(b->env->heap, sizeof(*s), &mem);
	if (e)
		return e;
	s = mem;
	s->sandbox = b;
	s->client = client;
	s->env = a->env;
	s->wait = a->wait;
	s->movable = a->movable;
	s->ram = a->ram;
	s->caps = a->caps;
	e = session_texts_set(s, a);
	if (!e)
		e = route_set(s);
	if (!e)
		e = session_register(s, a->id);
	if (e) {
		fief_free(b->env->heap, s, sizeof(*s));
		return e;
	}
	*out = s;
	return FIEF_OK;
}
