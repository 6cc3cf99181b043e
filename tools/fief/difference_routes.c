/* SPDX-License-Identifier: MIT */
/* What a change of the configuration means for the sessions of children: as
 * init/verdict.c, which knows the sessions there are. */

#include <stdlib.h>
#include <string.h>

#include <session/cpu.h>
#include <session/log.h>
#include <session/pd.h>
#include <session/rom.h>

#include "difference_routes.h"
#include "reach.h"
#include "util.h"

/* A child in both configs. */
struct pair {
	const struct change *c;
	const struct config_start *was, *now;
};

/* ---- where a request leads ---- */

struct step {
	enum authority_outcome outcome;
	struct authority_hop hop;
};

static struct step step(const struct authority_init *in,
                        const struct config_start *client, const char *service,
                        const char *label, bool binary)
{
	const struct authority_ask ask = { in, client, service, label, binary };
	struct step s;

	s.outcome = authority_step(&ask, &s.hop);
	return s;
}

static bool leads(const struct step *s)
{
	return s->outcome <= AUTHORITY_LOCAL;
}

static const char *server_name(const struct step *s)
{
	if (s->outcome == AUTHORITY_LOCAL)
		return "init";
	return s->hop.route.server ? s->hop.route.server->name : "the parent";
}

static bool step_same(const struct step *a, const struct step *b)
{
	return a->outcome == b->outcome &&
	       (!leads(a) || (!strcmp(server_name(a), server_name(b)) &&
	                      !strcmp(a->hop.label.text, b->hop.label.text)));
}

/* Is its server about to be another instance? */
static bool served_anew(const struct pair *p, const struct step *s)
{
	char *label;
	bool anew;

	if (s->outcome != AUTHORITY_CHILD)
		return false;
	label = util_text("%s" LABEL_SEPARATOR "%s", p->c->after->label,
	                  s->hop.route.server->name);
	anew = differences_has(p->c->out, label, DIFFERENCE_RESTART) ||
	       differences_has(p->c->out, label, DIFFERENCE_START);
	free(label);
	return anew;
}

/* ---- sessions that each child has ---- */

static bool ended(const struct pair *p, const char *service,
                  const struct step *was, const struct step *now)
{
	if (!leads(was))
		return false; /* it would not run */
	if (!leads(now)) {
		differences_add(p->c->out, DIFFERENCE_END, true, p->c->after,
		                p->now->name,
		                "it needs %s to run, which has no route",
		                service);
		return true;
	}
	if (!step_same(was, now))
		differences_add(p->c->out, DIFFERENCE_RESTART, true,
		                p->c->after, p->now->name,
		                "its %s session moves from %s (label \"%s\") "
		                "to %s (label \"%s\")",
		                service, server_name(was), was->hop.label.text,
		                server_name(now), now->hop.label.text);
	else if (served_anew(p, now))
		differences_add(p->c->out, DIFFERENCE_RESTART, true,
		                p->c->after, p->now->name,
		                "%s, which serves its %s session, starts anew",
		                server_name(now), service);
	else
		return false;
	return true;
}

/* One that ends it is enough. */
static void compare_env(const struct pair *p)
{
	static const char *const plain[] = { PD_SERVICE, CPU_SERVICE,
		                             LOG_SERVICE };
	struct step was, now;

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		was = step(p->c->before, p->was, plain[i], "", true);
		now = step(p->c->after, p->now, plain[i], "", true);
		if (ended(p, plain[i], &was, &now))
			return;
	}
	was = step(p->c->before, p->was, ROM_SERVICE, p->was->binary, true);
	now = step(p->c->after, p->now, ROM_SERVICE, p->now->binary, true);
	ended(p, "binary (ROM)", &was, &now);
}

/* ---- sessions that it may have ---- */

static void note(const struct pair *p, enum difference_kind kind, bool certain,
                 const char *what, const char *service, const char *label,
                 const char *server)
{
	differences_add(p->c->out, kind, certain, p->c->after, p->now->name,
	                "%s \"%s\" (label \"%s\") %s", what, service, label,
	                server);
}

/* Where the same request leads in both. */
static void steps(const struct pair *p, const struct authority_way *way,
                  struct step *was, struct step *now)
{
	const char *label = way->hop[0].sent.text;

	*was = step(p->c->before, p->was, way->service, label, false);
	*now = step(p->c->after, p->now, way->service, label, false);
}

/* A way that the old config granted. */
static void was_granted(void *arg, const struct authority_way *way)
{
	const struct pair *p = arg;
	const char *label = way->hop[0].sent.text;
	struct step was, now;
	char *text = NULL;

	steps(p, way, &was, &now);
	if (!leads(&now)) {
		text = util_text("of %s: if it has one, it ends",
		                 server_name(&was));
		note(p, DIFFERENCE_CLOSE, false, "no more", way->service, label,
		     text);
	} else if (!step_same(&was, &now)) {
		text = util_text("moves from %s to %s: if it has one, it "
		                 "starts anew",
		                 server_name(&was), server_name(&now));
		note(p, DIFFERENCE_CLOSE, false, "service", way->service, label,
		     text);
	} else if (served_anew(p, &now)) {
		text = util_text("of %s, which starts anew: if it has one, it "
		                 "does, too",
		                 server_name(&now));
		note(p, DIFFERENCE_CLOSE, false, "service", way->service, label,
		     text);
	}
	free(text);
}

static void is_granted(void *arg, const struct authority_way *way)
{
	const struct pair *p = arg;
	const char *label = way->hop[0].sent.text;
	struct step was, now;
	char *text;

	steps(p, way, &was, &now);
	if (leads(&was))
		return;
	text = util_text("of %s", server_name(&now));
	note(p, DIFFERENCE_REROUTE, true, "may now have", way->service, label,
	     text);
	free(text);
}

/* ---- all ---- */

static bool services_same(const struct config_service *a,
                          const struct config_service *b)
{
	for (; a && b; a = a->next, b = b->next)
		if (strcmp(a->name, b->name) != 0)
			return false;
	return a == b;
}

/* Do routes lead to the same, for children whose rules are the same? */
static bool servers_same(const struct change *c)
{
	const struct config_start *a = c->before->config->starts,
				  *b = c->after->config->starts;

	for (; a && b; a = a->next, b = b->next)
		if (strcmp(a->name, b->name) != 0 ||
		    !config_provides_same(a, b))
			return false;
	return a == b && services_same(c->before->config->parent_provides,
	                               c->after->config->parent_provides);
}

/* Is one that serves others about to be another instance? */
static bool servers_anew(const struct change *c)
{
	for (const struct config_start *s = c->after->config->starts; s;
	     s = s->next) {
		char *label;
		bool anew;

		if (!s->provides)
			continue;
		label = util_text("%s" LABEL_SEPARATOR "%s", c->after->label,
		                  s->name);
		anew = differences_has(c->out, label, DIFFERENCE_RESTART) ||
		       differences_has(c->out, label, DIFFERENCE_START);
		free(label);
		if (anew)
			return true;
	}
	return false;
}

static bool goes_anyway(const struct pair *p)
{
	char *label = util_text("%s" LABEL_SEPARATOR "%s", p->c->after->label,
	                        p->now->name);
	bool goes = differences_has(p->c->out, label, DIFFERENCE_RESTART) ||
	            differences_has(p->c->out, label, DIFFERENCE_START) ||
	            differences_has(p->c->out, label, DIFFERENCE_END);

	free(label);
	return goes;
}

/* May the sessions of a child be others than before? */
static bool affected(const struct pair *p, bool same)
{
	return p->was &&
	       !(same && config_rules_same(p->was->route, p->now->route) &&
	         !strcmp(p->was->binary, p->now->binary) &&
	         !p->c->servers_anew);
}

static struct pair pair_of(const struct change *c, const struct config_start *s)
{
	return (struct pair){ c, config_start_find(c->before->config, s->name),
		              s };
}

/* Sessions that start a child decide first, until no more has to go. */
static void compare_envs(struct change *c, bool same)
{
	size_t before;

	do {
		before = c->out->count;
		c->servers_anew = servers_anew(c);
		for (const struct config_start *s = c->after->config->starts; s;
		     s = s->next) {
			const struct pair p = pair_of(c, s);

			if (affected(&p, same) && !goes_anyway(&p) &&
			    difference_runs(c, s->name))
				compare_env(&p);
		}
	} while (c->out->count != before);
}

void difference_routes(struct change *c)
{
	const bool same = servers_same(c);

	compare_envs(c, same);
	for (const struct config_start *s = c->after->config->starts; s;
	     s = s->next) {
		struct pair p = pair_of(c, s);

		if (!affected(&p, same))
			continue;
		if (!goes_anyway(&p) && difference_runs(c, s->name))
			reach_all(c->before, p.was, was_granted, &p);
		reach_all(c->after, s, is_granted, &p);
	}
}
