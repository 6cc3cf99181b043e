/* SPDX-License-Identifier: MIT */
/* All that a component can reach. */

#include <stdlib.h>
#include <string.h>

#include "reach.h"
#include "util.h"

#define ANY "*"

struct labels {
	char **text; /* owned, also the texts */
	size_t count, room;
};

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

/* ---- labels to try ---- */

static void labels_fini(struct labels *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->text[i]);
	free(l->text);
}

/* Takes the text over. */
static void labels_add(struct labels *l, char *text)
{
	bool known = strlen(text) > AUTHORITY_LABEL_MAX;

	for (size_t i = 0; i < l->count && !known; i++)
		known = !strcmp(l->text[i], text);
	if (known) {
		free(text);
		return;
	}
	if (l->count == l->room) {
		l->room = l->room ? 2 * l->room : 8;
		l->text = util_grow(l->text, l->room * sizeof(*l->text));
	}
	l->text[l->count++] = text;
}

static const char *some(const char *text)
{
	return text ? text : "";
}

/* With `middle`, the label that a selector names; with ANY, one of those that
 * it selects and nobody else names. */
static void labels_add_selected(struct labels *l,
                                const struct label_selector *s,
                                const char *middle)
{
	const char *before =
		s->last && (*some(s->prefix) || *middle) ? LABEL_SEPARATOR : "";

	if (s->label)
		labels_add(l, util_text("%s", s->label));
	else if (s->last)
		labels_add(l, util_text("%s%s%s%s", some(s->prefix), middle,
		                        before, s->last));
	else
		labels_add(l, util_text("%s%s%s", some(s->prefix), middle,
		                        some(s->suffix)));
}

static void labels_collect(struct labels *l, const struct authority_init *in,
                           const struct config_start *client,
                           const char *service)
{
	struct labels outer = { 0 };

	for (const struct config_rule *r = client->route; r; r = r->next) {
		if (r->service && !config_service_same(r->service, service))
			continue;
		labels_add_selected(l, &r->selector, ANY);
		labels_add_selected(l, &r->selector, "");
	}
	if (!in->outer)
		return;
	labels_collect(&outer, in->outer, in->start, service);
	for (size_t i = 0; i < outer.count; i++) {
		const char *own = label_scoped(outer.text[i], client->name);

		if (own)
			labels_add(l, util_text("%s", own));
	}
	labels_fini(&outer);
}

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
	struct labels l = { 0 };

	if (label)
		try(&s, &ask);
	else
		labels_collect(&l, in, client, service);
	for (size_t i = 0; i < l.count; i++) {
		ask.label = l.text[i];
		try(&s, &ask);
	}
	labels_fini(&l);
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
