/* SPDX-License-Identifier: MIT */
/* Whether children can start: routes of the sessions that each begins with, and
 * circles of children that wait for each other with these. */

#include <stdlib.h>
#include <string.h>

#include <session/cpu.h>
#include <session/host.h>
#include <session/log.h>
#include <session/pd.h>
#include <session/rom.h>

#include "check.h"
#include "util.h"

enum { WAITS = 3 }; /* LOG, ROM and CPU may come from siblings */

enum visited { NEW, ON_PATH, DONE };

struct waiter {
	const struct config_start *start;
	const struct config_start *for_whom[WAITS]; /* NULL: for nobody */
	enum visited visited;
	struct waiter *next; /* while it is on the path */
};

struct starts {
	const struct authority_init *in;
	struct findings *findings;
	struct waiter *list; /* owned: in the order of addresses */
	size_t count;
};

/* ---- environment ---- */

static void report_below(const struct starts *st, const struct config_start *s,
                         const struct authority_way *way)
{
	char *text = authority_denial(way);

	findings_add(st->findings, FINDING_ERROR, "start", s->at,
	             "%s, which \"%s\" needs to start", text, s->name);
	free(text);
}

/* Services that core does not have are not among these. */
static void report_denied(const struct starts *st, const struct config_start *s,
                          const struct authority_way *way)
{
	const struct authority_hop *h = &way->hop[way->hops - 1];

	if (way->outcome == AUTHORITY_DENIED && !h->client)
		report_below(st, s, way);
	else if (way->outcome == AUTHORITY_DENIED)
		findings_add(st->findings, FINDING_ERROR, "start", s->at,
		             "\"%s\" %s service \"%s\" (label \"%s\"), which "
		             "\"%s\" needs to start",
		             h->client->name, check_why(h->result),
		             way->service, h->sent.text, s->name);
	else
		findings_add(st->findings, FINDING_ERROR, "start", s->at,
		             "the label of service \"%s\", which \"%s\" needs "
		             "to start, is longer than %d bytes",
		             way->service, s->name, AUTHORITY_LABEL_MAX);
}

static bool check_env(const struct starts *st, const struct config_start *s,
                      const char *service, const char *label,
                      struct authority_way *way)
{
	const struct authority_ask ask = {
		.init = st->in,
		.client = s,
		.service = service,
		.label = label,
		.binary = true,
	};

	authority_walk(&ask, way);
	if (!authority_granted(way))
		report_denied(st, s, way);
	return authority_granted(way);
}

/* The sibling that it has to wait for, if there is one. */
static const struct config_start *check_wait(const struct starts *st,
                                             const struct config_start *s,
                                             const char *service,
                                             const char *label)
{
	struct authority_way way;

	return check_env(st, s, service, label, &way) ?
	               way.hop[0].route.server :
	               NULL;
}

/* What only core can serve for a start. */
static void check_cores(const struct starts *st, const struct config_start *s,
                        const char *service, const char *label)
{
	struct authority_way way;

	if (check_env(st, s, service, label, &way) &&
	    way.outcome == AUTHORITY_CHILD)
		findings_add(st->findings, FINDING_ERROR, "start", s->at,
		             "\"%s\" routes %s to \"%s\", expected <parent/>",
		             s->name, service,
		             way.hop[way.hops - 1].route.server->name);
}

static void check_one(const struct starts *st, struct waiter *w)
{
	const struct config_start *s = w->start;

	check_cores(st, s, PD_SERVICE, "");
	if (s->host)
		check_cores(st, s, HOST_SERVICE, s->host);
	w->for_whom[0] = check_wait(st, s, LOG_SERVICE, "");
	w->for_whom[1] = check_wait(st, s, ROM_SERVICE, s->binary);
	w->for_whom[2] = check_wait(st, s, CPU_SERVICE, "");
}

/* ---- circles ---- */

static int order(const void *left, const void *right)
{
	const struct waiter *a = left, *b = right;

	return a->start < b->start ? -1 : a->start > b->start;
}

static struct waiter *waiter_of(const struct starts *st,
                                const struct config_start *s)
{
	const struct waiter key = { .start = s };

	return s ? bsearch(&key, st->list, st->count, sizeof(key), order) :
	           NULL;
}

static void report_circle(const struct starts *st, struct waiter *first)
{
	char *text = util_text("\"%s\"", first->start->name);
	struct waiter *w = first;

	do {
		char *longer;

		w = w->next;
		longer = util_text("%s waits for \"%s\"%s", text,
		                   w->start->name, w == first ? "" : ", which");
		free(text);
		text = longer;
	} while (w != first);
	findings_add(st->findings, FINDING_ERROR, "circle", first->start->at,
	             "%s: none of them can start", text);
	free(text);
}

static void follow(const struct starts *st, struct waiter *w)
{
	w->visited = ON_PATH;
	for (unsigned i = 0; i < WAITS; i++) {
		w->next = waiter_of(st, w->for_whom[i]);
		if (w->next && w->next->visited == NEW)
			follow(st, w->next);
		else if (w->next && w->next->visited == ON_PATH)
			report_circle(st, w->next);
	}
	w->visited = DONE;
}

void check_start(const struct authority_init *in, struct findings *f)
{
	struct starts st = { .in = in, .findings = f };
	const struct config_start *s;

	st.list = util_alloc((in->config->nstarts + 1) * sizeof(*st.list));
	for (s = in->config->starts; s; s = s->next) {
		st.list[st.count].start = s;
		check_one(&st, &st.list[st.count++]);
	}
	qsort(st.list, st.count, sizeof(*st.list), order);
	for (s = in->config->starts; s; s = s->next) {
		struct waiter *w = waiter_of(&st, s);

		if (w->visited == NEW)
			follow(&st, w);
	}
	free(st.list);
}
