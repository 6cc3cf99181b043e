/* SPDX-License-Identifier: MIT */
/* The way of a session request through configs. */

#include <string.h>

#include <session/cpu.h>
#include <session/host.h>
#include <session/log.h>
#include <session/pd.h>
#include <session/rm.h>
#include <session/rom.h>

#include "authority.h"

const char *authority_core_service(size_t i)
{
	static const char *const all[] = { PD_SERVICE,  CPU_SERVICE, RM_SERVICE,
		                           ROM_SERVICE, LOG_SERVICE, NULL };

	return all[i];
}

bool authority_core_provides(const char *service)
{
	const char *name;

	for (size_t i = 0; (name = authority_core_service(i)); i++)
		if (config_service_same(name, service))
			return true;
	/* Not for all: by the names of grants. */
	return !strcmp(service, HOST_SERVICE);
}

/* The one ROM that init serves itself. */
static bool local(const struct authority_ask *q)
{
	return q->client->config && !q->binary &&
	       !strcmp(q->service, ROM_SERVICE) && !strcmp(q->label, "config");
}

enum authority_outcome authority_step(const struct authority_ask *q,
                                      struct authority_hop *h)
{
	const struct route_request request = { q->init->config, q->client,
		                               q->service, q->label };

	h->init = q->init;
	h->client = q->client;
	h->policy = NULL;
	h->label.text[0] = '\0';
	h->route = (struct route){ 0 };
	h->result = ROUTE_FOUND;
	if (label_set(&h->sent, q->label))
		return AUTHORITY_TOO_LONG;
	if (local(q))
		return AUTHORITY_LOCAL;
	h->result = route_find(&request, &h->route);
	if (h->result != ROUTE_FOUND)
		return AUTHORITY_DENIED;
	if (route_label(&h->route.target->relabel, q->client->name, q->label,
	                &h->label))
		return AUTHORITY_TOO_LONG;
	return h->route.server ? AUTHORITY_CHILD : AUTHORITY_CORE;
}

/* From an init down to a child of it, by what it offers. */
static enum authority_outcome step_down(const struct authority_init *in,
                                        const char *service,
                                        const struct label *sent,
                                        struct authority_hop *h)
{
	*h = (struct authority_hop){ .init = in, .sent = *sent };
	h->result = route_offer(in->config, service, sent->text, &h->policy,
	                        &h->route.server);
	if (h->result != ROUTE_FOUND)
		return AUTHORITY_DENIED;
	if (route_label(&h->policy->target->relabel, "", sent->text, &h->label))
		return AUTHORITY_TOO_LONG;
	return AUTHORITY_CHILD;
}

static void walk_down(struct authority_way *way)
{
	const struct authority_hop *h = &way->hop[way->hops - 1];
	const struct authority_init *in =
		authority_inner(h->init, h->route.server);

	while (in && way->outcome == AUTHORITY_CHILD) {
		h = &way->hop[way->hops - 1];
		way->outcome = step_down(in, way->service, &h->label,
		                         &way->hop[way->hops++]);
		if (way->outcome == AUTHORITY_CHILD)
			in = authority_inner(
				in, way->hop[way->hops - 1].route.server);
	}
}

void authority_walk(const struct authority_ask *ask, struct authority_way *way)
{
	struct authority_ask q = *ask;

	way->service = ask->service;
	way->hops = 0;
	for (;;) {
		struct authority_hop *h = &way->hop[way->hops++];

		way->outcome = authority_step(&q, h);
		if (way->outcome == AUTHORITY_CHILD)
			walk_down(way);
		if (way->outcome != AUTHORITY_CORE)
			return;
		if (!q.init->outer)
			break;
		q.client = q.init->start;
		q.init = q.init->outer;
		q.label = h->label.text;
		q.binary = false;
	}
	if (!authority_core_provides(ask->service))
		way->outcome = AUTHORITY_UNKNOWN;
	if (label_compose(&way->core, "init",
	                  way->hop[way->hops - 1].label.text))
		way->outcome = AUTHORITY_TOO_LONG;
}

const char *authority_server(const struct authority_way *way, struct label *out)
{
	const struct authority_hop *last = &way->hop[way->hops - 1];
	enum fief_err e = FIEF_OK;

	if (way->outcome == AUTHORITY_CORE)
		e = label_set(out, "core");
	else if (way->outcome == AUTHORITY_LOCAL)
		e = label_set(out, last->init->label);
	else
		e = label_compose(out, last->init->label,
		                  last->route.server->name);
	if (e)
		out->text[0] = '\0';
	return out->text;
}
