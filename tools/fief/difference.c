/* SPDX-License-Identifier: MIT */
/* What a change of the configuration means for the components. */

#include <stdlib.h>
#include <string.h>

#include <lib/number.h>

#include "difference.h"
#include "difference_routes.h"
#include "difference_sessions.h"
#include "util.h"

/* ---- what runs ---- */

struct running {
	const char **label; /* owned, sorted */
	size_t count;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void running_find(struct running *r, const struct listing *l)
{
	*r = (struct running){ .label = util_alloc((l->components + 1) *
		                                   sizeof(*r->label)) };
	for (size_t i = 0; i < l->components; i++)
		if (!component_ended(&l->component[i]))
			r->label[r->count++] = l->component[i].label;
	qsort(r->label, r->count, sizeof(*r->label), by_text);
}

bool difference_runs(const struct change *c, const char *child)
{
	bool found = !c->running;
	char *label;

	if (found)
		return true;
	label = util_text("%s" LABEL_SEPARATOR "%s", c->before->label, child);
	found = bsearch(&label, c->running->label, c->running->count,
	                sizeof(*c->running->label), by_text) != NULL;
	free(label);
	return found;
}

/* ---- one child ---- */

static void compare_number(const struct change *c,
                           const struct config_start *now, const char *what,
                           uint64_t from, uint64_t to, bool bytes)
{
	char a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX];

	if (from == to)
		return;
	if (bytes)
		differences_add(c->out, DIFFERENCE_QUOTA, true, c->after,
		                now->name, "%s %s -> %s", what,
		                number_text(a, from), number_text(b, to));
	else
		differences_add(c->out, DIFFERENCE_QUOTA, true, c->after,
		                now->name, "%s %llu -> %llu", what,
		                (unsigned long long)from,
		                (unsigned long long)to);
}

static void compare_provides(const struct change *c,
                             const struct config_start *was,
                             const struct config_start *now)
{
	for (const struct config_service *p = was->provides; p; p = p->next)
		if (!config_lists(now->provides, p->name))
			differences_add(c->out, DIFFERENCE_OTHER, true,
			                c->after, now->name,
			                "provides \"%s\" no more", p->name);
	for (const struct config_service *p = now->provides; p; p = p->next)
		if (!config_lists(was->provides, p->name))
			differences_add(c->out, DIFFERENCE_OTHER, true,
			                c->after, now->name, "provides \"%s\"",
			                p->name);
}

/* Its ROM session `config` would be another one; does it have one? */
static void compare_config_session(const struct change *c,
                                   const struct config_start *was,
                                   const struct config_start *now)
{
	const struct difference_pair p = { c, was, now };

	if (!difference_sessions_known(&p))
		differences_add(c->out, DIFFERENCE_RESTART, false, c->after,
		                now->name, "its inline config %s",
		                now->config ? "comes" : "goes");
}

static void compare_content(const struct change *c,
                            const struct config_start *was,
                            const struct config_start *now)
{
	if (config_content_same(was, now))
		return;
	if (was->config && now->config)
		differences_add(c->out, DIFFERENCE_CONFIG, true, c->after,
		                now->name, "it has another configuration");
	else
		compare_config_session(c, was, now);
}

static void compare_policy(const struct change *c,
                           const struct config_start *was,
                           const struct config_start *now)
{
	const struct config_supervision *a = &was->supervision,
					*b = &now->supervision;

	if (was->exit_propagate != now->exit_propagate)
		differences_add(c->out, DIFFERENCE_OTHER, true, c->after,
		                now->name, "its exit is propagated: %s",
		                now->exit_propagate ? "yes" : "no");
	if (a->restart != b->restart || a->delay_ms != b->delay_ms ||
	    a->max_delay_ms != b->max_delay_ms || a->limit != b->limit ||
	    a->within_s != b->within_s)
		differences_add(c->out, DIFFERENCE_OTHER, true, c->after,
		                now->name, "another restart policy");
}

/* Apart from its sessions. */
static void compare_running(const struct change *c,
                            const struct config_start *was,
                            const struct config_start *now)
{
	if (strcmp(was->version, now->version) != 0)
		differences_add(c->out, DIFFERENCE_RESTART, true, c->after,
		                now->name, "version \"%s\" -> \"%s\"",
		                was->version, now->version);
	if (!was->host != !now->host)
		differences_add(c->out, DIFFERENCE_RESTART, true, c->after,
		                now->name, "it starts %s a grant of the host",
		                now->host ? "with" : "without");
	compare_number(c, now, "ram", was->ram, now->ram, true);
	compare_number(c, now, "caps", was->caps, now->caps, false);
	compare_content(c, was, now);
	compare_provides(c, was, now);
	compare_policy(c, was, now);
}

static void compare_ended(const struct change *c,
                          const struct config_start *was,
                          const struct config_start *now)
{
	if (!config_start_same(was, now))
		differences_add(c->out, DIFFERENCE_START, true, c->after,
		                now->name,
		                "it does not run, and its <start> is another");
}

/* ---- inits ---- */

static void stop(const struct change *c, const struct config_start *was)
{
	const struct authority_init *in = authority_inner(c->before, was);

	differences_add(c->out, DIFFERENCE_STOP, true, c->before, was->name,
	                in ? "its <start> is gone; all within it end" :
	                     "its <start> is gone");
}

static void start(const struct change *c, const struct config_start *now)
{
	differences_add(c->out, DIFFERENCE_START, true, c->after, now->name,
	                authority_inner(c->after, now) ?
	                        "it is new, with all within it" :
	                        "it is new");
}

static void compare_inits(const struct authority_init *before,
                          const struct authority_init *after,
                          const struct running *running,
                          const struct node *report, struct differences *out)
{
	struct change c = { before, after, running, out, report, false };
	const struct config_start *other;

	for (const struct config_start *s = before->config->starts; s;
	     s = s->next)
		if (!config_start_find(after->config, s->name))
			stop(&c, s);
	for (const struct config_start *s = after->config->starts; s;
	     s = s->next) {
		other = config_start_find(before->config, s->name);
		if (!other)
			start(&c, s);
		else if (difference_runs(&c, s->name))
			compare_running(&c, other, s);
		else
			compare_ended(&c, other, s);
	}
	difference_routes(&c);
}

/* The same init; NULL: it is no more, or starts anew as a whole. */
static const struct authority_init *same_init(const struct authority *a,
                                              const char *label)
{
	for (const struct authority_init *in = a->inits; in; in = in->next)
		if (!strcmp(in->label, label))
			return in;
	return NULL;
}

/* Outer ones come first in the list, so their verdict is there. */
static bool goes(const struct differences *d, const struct authority_init *in)
{
	for (; in->outer; in = in->outer)
		if (differences_has(d, in->label, DIFFERENCE_RESTART) ||
		    differences_has(d, in->label, DIFFERENCE_START) ||
		    differences_has(d, in->label, DIFFERENCE_END))
			return true;
	return false;
}

void differences_find(const struct authority *before,
                      const struct authority *after,
                      const struct listing *listing, const struct node *report,
                      struct differences *out)
{
	struct running running = { 0 };

	if (listing)
		running_find(&running, listing);
	for (const struct authority_init *in = after->inits; in;
	     in = in->next) {
		const struct authority_init *was = same_init(before, in->label);

		if (was && !goes(out, in))
			compare_inits(was, in, listing ? &running : NULL,
			              report, out);
	}
	free(running.label);
}
