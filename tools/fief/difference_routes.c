/* SPDX-License-Identifier: MIT */
/* What a change of the configuration means for the sessions of children: as
 * init/verdict.c, which knows the sessions there are. */

#include <stdlib.h>
#include <string.h>

#include <session/cpu.h>
#include <session/host.h>
#include <session/log.h>
#include <session/pd.h>
#include <session/rom.h>

#include "difference_routes.h"
#include "difference_sessions.h"
#include "reach.h"
#include "util.h"

/* ---- sessions that each child has ---- */

static bool ended(const struct difference_pair *p, const char *service,
                  const struct difference_step *was,
                  const struct difference_step *now)
{
	if (!difference_leads(was))
		return false; /* it would not run */
	if (!difference_leads(now)) {
		differences_add(p->c->out, DIFFERENCE_END, true, p->c->after,
		                p->now->name,
		                "it needs %s to run, which has no route",
		                service);
		return true;
	}
	if (!difference_step_same(was, now))
		differences_add(p->c->out, DIFFERENCE_RESTART, true,
		                p->c->after, p->now->name,
		                "its %s session moves from %s (label \"%s\") "
		                "to %s (label \"%s\")",
		                service, difference_server_name(was),
		                was->hop.label.text,
		                difference_server_name(now),
		                now->hop.label.text);
	else if (difference_served_anew(p, now))
		differences_add(p->c->out, DIFFERENCE_RESTART, true,
		                p->c->after, p->now->name,
		                "%s, which serves its %s session, starts anew",
		                difference_server_name(now), service);
	else
		return false;
	return true;
}

/* One that ends it is enough. */
static void compare_env(const struct difference_pair *p)
{
	static const char *const plain[] = { PD_SERVICE, CPU_SERVICE,
		                             LOG_SERVICE };
	struct difference_step was, now;

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		was = difference_step_of(p->c->before, p->was, plain[i], "",
		                         true);
		now = difference_step_of(p->c->after, p->now, plain[i], "",
		                         true);
		if (ended(p, plain[i], &was, &now))
			return;
	}
	was = difference_step_of(p->c->before, p->was, ROM_SERVICE,
	                         p->was->binary, true);
	now = difference_step_of(p->c->after, p->now, ROM_SERVICE,
	                         p->now->binary, true);
	if (ended(p, "binary (ROM)", &was, &now) || !p->was->host ||
	    !p->now->host)
		return;
	was = difference_step_of(p->c->before, p->was, HOST_SERVICE,
	                         p->was->host, true);
	now = difference_step_of(p->c->after, p->now, HOST_SERVICE,
	                         p->now->host, true);
	ended(p, HOST_SERVICE, &was, &now);
}

/* ---- sessions that it may have ---- */

static void note(const struct difference_pair *p, enum difference_kind kind,
                 bool certain, const char *what, const char *service,
                 const char *label, const char *server)
{
	differences_add(p->c->out, kind, certain, p->c->after, p->now->name,
	                "%s \"%s\" (label \"%s\") %s", what, service, label,
	                server);
}

/* Where the same request leads in both. */
static void steps(const struct difference_pair *p,
                  const struct authority_way *way, struct difference_step *was,
                  struct difference_step *now)
{
	const char *label = way->hop[0].sent.text;

	*was = difference_step_of(p->c->before, p->was, way->service, label,
	                          false);
	*now = difference_step_of(p->c->after, p->now, way->service, label,
	                          false);
}

/* A way that the old config granted. */
static void was_granted(void *arg, const struct authority_way *way)
{
	const struct difference_pair *p = arg;
	const char *label = way->hop[0].sent.text;
	struct difference_step was, now;
	char *text = NULL;

	steps(p, way, &was, &now);
	if (!difference_leads(&now)) {
		text = util_text("of %s: if it has one, it ends",
		                 difference_server_name(&was));
		note(p, DIFFERENCE_CLOSE, false, "no more", way->service, label,
		     text);
	} else if (!difference_step_same(&was, &now)) {
		text = util_text("moves from %s to %s: if it has one, it "
		                 "starts anew",
		                 difference_server_name(&was),
		                 difference_server_name(&now));
		note(p, DIFFERENCE_CLOSE, false, "service", way->service, label,
		     text);
	} else if (difference_served_anew(p, &now)) {
		text = util_text("of %s, which starts anew: if it has one, it "
		                 "does, too",
		                 difference_server_name(&now));
		note(p, DIFFERENCE_CLOSE, false, "service", way->service, label,
		     text);
	}
	free(text);
}

static void is_granted(void *arg, const struct authority_way *way)
{
	const struct difference_pair *p = arg;
	const char *label = way->hop[0].sent.text;
	struct difference_step was, now;
	char *text;

	steps(p, way, &was, &now);
	if (difference_leads(&was))
		return;
	text = util_text("of %s", difference_server_name(&now));
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

/* Is one that serves others about to be another instance, or to end? */
static bool servers_anew(const struct change *c)
{
	for (const struct config_start *s = c->after->config->starts; s;
	     s = s->next)
		if (s->provides && difference_goes(c, s->name))
			return true;
	return false;
}

static bool goes_anyway(const struct difference_pair *p)
{
	return difference_goes(p->c, p->now->name);
}

static bool host_same(const struct config_start *a,
                      const struct config_start *b)
{
	return a->host && b->host ? !strcmp(a->host, b->host) :
	                            a->host == b->host;
}

/* May the sessions of a child be others than before? */
static bool affected(const struct difference_pair *p, bool same)
{
	return p->was &&
	       !(same && config_rules_same(p->was->route, p->now->route) &&
	         !p->was->config == !p->now->config &&
	         !strcmp(p->was->binary, p->now->binary) &&
	         host_same(p->was, p->now) && !p->c->servers_anew);
}

/* Those that it has or, if nobody tells, those that it may have. */
static void compare_open(struct difference_pair *p)
{
	if (difference_sessions_known(p))
		difference_sessions_move(p);
	else
		reach_all(p->c->before, p->was, was_granted, p);
}

static struct difference_pair pair_of(const struct change *c,
                                      const struct config_start *s)
{
	return (struct difference_pair){
		c, config_start_find(c->before->config, s->name), s
	};
}

/* Sessions that start a child decide first, then the others that it has, until
 * no more has to go. */
static void compare_ends(struct change *c, bool same)
{
	size_t before;

	do {
		before = c->out->count;
		c->servers_anew = servers_anew(c);
		for (const struct config_start *s = c->after->config->starts; s;
		     s = s->next) {
			const struct difference_pair p = pair_of(c, s);

			if (affected(&p, same) && !goes_anyway(&p) &&
			    difference_runs(c, s->name))
				compare_env(&p);
			if (affected(&p, same) && !goes_anyway(&p) &&
			    difference_runs(c, s->name))
				difference_sessions_end(&p);
		}
	} while (c->out->count != before);
}

void difference_routes(struct change *c)
{
	const bool same = servers_same(c);

	compare_ends(c, same);
	for (const struct config_start *s = c->after->config->starts; s;
	     s = s->next) {
		struct difference_pair p = pair_of(c, s);

		if (!affected(&p, same))
			continue;
		if (!goes_anyway(&p) && difference_runs(c, s->name))
			compare_open(&p);
		reach_all(c->after, s, is_granted, &p);
	}
}
