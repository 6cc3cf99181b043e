/* SPDX-License-Identifier: MIT */
/* A journal of a running system, shown now and as it grows. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>
#include <lib/label.h>

#include "authority.h"
#include "follow.h"
#include "label_spelled.h"
#include "listing.h"
#include "suggest.h"
#include "util.h"

struct filter {
	const struct follow *f;
	char *spelled[LABEL_SPELLINGS]; /* owned: what `component` may mean */
	uint64_t skip, found;
};

static bool within(const struct follow *f, const char *label,
                   const char *component)
{
	const char *below = label_scoped(label, component);

	return !strcmp(label, component) || (!f->alone && below && *below);
}

/* With or without "init -> " in front. */
static bool about(const struct follow *f, const char *label,
                  const char *component)
{
	const char *own = label_scoped(label, "init");

	return within(f, label, component) ||
	       (own && *own && within(f, own, component));
}

static bool selects(const struct filter *filter, const struct record *r)
{
	const struct follow *f = filter->f;
	bool found = !f->component;

	for (size_t i = 0; i < LABEL_SPELLINGS && !found; i++)
		found = about(f, r->label, filter->spelled[i]);
	return found && (!f->wants || f->wants(f->arg, r));
}

static void count(void *arg, const struct record *r)
{
	struct filter *filter = arg;

	filter->found += selects(filter, r);
}

static void pass(void *arg, const struct record *r)
{
	struct filter *filter = arg;

	if (!selects(filter, r))
		return;
	filter->found++;
	if (filter->skip)
		filter->skip--;
	else
		filter->f->take(filter->f->arg, r);
}

/* Nothing was ever told of it: is it there at all? */
static int component_missing(const struct target *t, const char *component)
{
	struct listing l;
	struct suggest s;
	char *text;
	int code = target_ask(t, "ps", false, &text);

	if (code || !listing_parse(&l, text))
		return code ? code : FIEF_EXIT_FRAMEWORK;
	suggest_init(&s, component);
	for (size_t i = 0; i < l.components; i++) {
		const char *own = label_scoped(l.component[i].label, "init");

		suggest_offer(&s, own && *own ? own : l.component[i].label);
	}
	if (!listing_find(&l, component)) {
		authority_not_found(component, suggest_result(&s) ?
		                                       suggest_result(&s) :
		                                       "");
		code = FIEF_EXIT_NOT_FOUND;
	}
	listing_fini(&l);
	return code;
}

/* What is there, or the last of it. */
static int past(const struct target *t, struct filter *filter, uint64_t *next)
{
	const struct follow *f = filter->f;
	uint64_t from = 0;
	int code = 0;

	if (f->last)
		code = records_fetch(t, f->journal, &from, count, filter);
	if (filter->found > f->last && f->last)
		filter->skip = filter->found - f->last;
	filter->found = 0;
	if (!code)
		code = records_fetch(t, f->journal, next, pass, filter);
	if (!code && !filter->found && f->component)
		code = component_missing(t, f->component);
	return code;
}

/* Whoever reads may be gone: then there is nobody to show it to. */
static bool heard(void)
{
	return !fflush(stdout) && !ferror(stdout);
}

static int more(const struct target *t, struct filter *filter, uint64_t *next)
{
	uint64_t missed = 0;
	int code = 0;

	while (!code && heard()) {
		code = records_wait(t, filter->f->journal, next, &missed, pass,
		                    filter);
		if (missed)
			util_error("%llu records are missing: they came faster "
			           "than they were read",
			           (unsigned long long)missed);
	}
	return code == FIEF_EXIT_NOT_FOUND ? 0 : code; /* it has ended */
}

int follow(const struct follow *f)
{
	struct filter filter = { .f = f };
	struct target t;
	uint64_t next = 0;
	int code = target_open(&t, f->system, NULL);

	if (code)
		return code;
	for (size_t i = 0; i < LABEL_SPELLINGS && f->component; i++)
		filter.spelled[i] = label_spelled(f->component, i);
	code = past(&t, &filter, &next);
	if (!code && f->follow)
		code = more(&t, &filter, &next);
	for (size_t i = 0; i < LABEL_SPELLINGS; i++)
		free(filter.spelled[i]);
	target_close(&t);
	return code;
}
