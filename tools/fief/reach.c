/* SPDX-License-Identifier: MIT */
/* All that a component can reach. */

#include <stdlib.h>
#include <string.h>

#include "reach.h"
#include "reach_labels.h"
#include "util.h"

/* A way that was found, in short. */
struct seen {
	const struct config_rule *rule;
	const struct authority_init *last;
	const struct config_start *server;
};

struct search {
	reach_found *found;
	void *arg;
	struct seen *seen; /* owned */
	size_t count, room;
};

/* ---- ways ---- */

static bool is_new(struct search *s, const struct authority_way *way)
{
	const struct authority_hop *last = &way->hop[way->hops - 1];
	const struct seen now = { way->hop[0].route.rule, last->init,
		                  last->route.server };

	for (size_t i = 0; i < s->count; i++)
		if (s->seen[i].rule == now.rule &&
		    s->seen[i].last == now.last &&
		    s->seen[i].server == now.server)
			return false;
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 8;
		s->seen = util_grow(s->seen, s->room * sizeof(*s->seen));
	}
	s->seen[s->count++] = now;
	return true;
}

static void try(struct search *s, const struct authority_ask *ask)
{
	struct authority_way way;

	authority_walk(ask, &way);
	if (authority_granted(&way) && is_new(s, &way))
		s->found(s->arg, &way);
}

void reach_service(const struct authority_init *in,
                   const struct config_start *client, const char *service,
                   const char *label, reach_found *found, void *arg)
{
	struct search s = { .found = found, .arg = arg };
	struct authority_ask ask = {
		.init = in, .client = client, .service = service, .label = label
	};
	struct reach_labels l = { 0 };

	if (label)
		try(&s, &ask);
	else
		reach_labels_collect(&l, in, client, service);
	for (size_t i = 0; i < l.count; i++) {
		ask.label = l.text[i];
		try(&s, &ask);
	}
	reach_labels_fini(&l);
	free(s.seen);
}

static void note(void *arg, const struct authority_way *way)
{
	bool *any = arg;

	*any = way->hops > 0;
}

bool reach_any(const struct authority_init *in,
               const struct config_start *client, const char *service)
{
	bool any = false;

	reach_service(in, client, service, NULL, note, &any);
	return any;
}

void reach_all(const struct authority_init *in,
               const struct config_start *client, reach_found *found, void *arg)
{
	const struct config_service *p = in->config->parent_provides;

	for (const struct authority_service *s = in->service_list; s;
	     s = s->next)
		reach_service(in, client, s->name, NULL, found, arg);
	for (; p; p = p->next)
		if (!authority_service_find(in, p->name))
			reach_service(in, client, p->name, NULL, found, arg);
}
