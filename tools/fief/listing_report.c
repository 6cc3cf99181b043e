/* SPDX-License-Identifier: MIT */
/* What core lists, together with what init reports. */

#include "listing_report.h"

#include <stdlib.h>
#include <string.h>

#include <lib/label.h>

#include "client.h"
#include "util.h"

static void know(struct component *c, const struct node *child)
{
	c->init_state = node_attr(child, "state", NULL);
	c->reason = node_attr(child, "reason", NULL);
	c->why = node_attr(child, "why", NULL);
}

/* A report is older than what core knows: what it says is running, and core does
 * not list, has ended since. */
static bool without_process(const struct node *child)
{
	static const char *const states[] = { "new", "incomplete", "ended" };
	const char *state = node_attr(child, "state", "");

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (!strcmp(states[i], state))
			return true;
	return false;
}

/* One that has no process. */
static void add(struct listing_report *l, char *label, const struct node *child)
{
	struct listing *k = &l->listing;

	l->labels = util_grow(l->labels, (l->count + 1) * sizeof(*l->labels));
	l->labels[l->count++] = label;
	k->component = util_grow(k->component,
	                         (k->components + 1) * sizeof(*k->component));
	k->component[k->components++] = (struct component){
		.label = label,
		.name = label,
		.state = node_attr(child, "state", ""),
		.code = strtol(node_attr(child, "exited", "0"), NULL, 10),
	};
	know(&k->component[k->components - 1], child);
}

static int by_label(const void *a, const void *b)
{
	const struct component *const *x = a, *const *y = b;

	return strcmp((*x)->label, (*y)->label);
}

/* Those that core knows, to be found by their labels. */
static struct component **sorted(const struct listing *l)
{
	struct component **s = util_alloc((l->components + 1) * sizeof(*s));

	for (size_t i = 0; i < l->components; i++)
		s[i] = &l->component[i];
	qsort(s, l->components, sizeof(*s), by_label);
	return s;
}

/* Labels are added last: that moves the components. */
static void merge(struct listing_report *l)
{
	const size_t known = l->listing.components;
	struct component **index = sorted(&l->listing);
	const struct node **missing = util_alloc(
		(node_count(l->report.root, "child") + 1) * sizeof(*missing));
	size_t n = 0;

	NODE_FOR_EACH(child, l->report.root, "child") {
		char *label = util_text("init" LABEL_SEPARATOR "%s",
		                        node_attr(child, "name", ""));
		const struct component key = { .label = label }, *const pk =
									 &key;
		struct component **c =
			bsearch(&pk, index, known, sizeof(*index), by_label);

		if (c)
			know(*c, child);
		else if (without_process(child))
			missing[n++] = child;
		free(label);
	}
	for (size_t i = 0; i < n; i++)
		add(l,
		    util_text("init" LABEL_SEPARATOR "%s",
		              node_attr(missing[i], "name", "")),
		    missing[i]);
	free(missing);
	free(index);
}

bool listing_report_fetch(const struct runtime_dir *d, const char *name,
                          char *answer, struct listing_report *out)
{
	const struct client_request r = { .name = name,
		                          .text = "report",
		                          .quiet_if_missing = true,
		                          .quiet_if_ended = true };
	bool missing;

	*out = (struct listing_report){ .report.there = REPORT_NONE };
	if (!listing_parse(&out->listing, answer))
		return false;
	answer = client_ask(d, &r, &missing);
	if (answer && report_parse(answer, &out->report))
		merge(out);
	return true;
}

void listing_report_fini(struct listing_report *l)
{
	listing_fini(&l->listing);
	report_fini(&l->report);
	for (size_t i = 0; i < l->count; i++)
		free(l->labels[i]);
	free(l->labels);
}
