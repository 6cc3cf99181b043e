/* SPDX-License-Identifier: MIT */
/* From one config to the next: who stays, who goes, who comes. */

#include <init/sandbox.h>

#include "internal.h"

static void report(const char *name, const struct node_error *err)
{
	char line[NODE_ERROR_MAX + LABEL_NAME_MAX + 32];
	struct fmt f;

	fmt_init(&f, line, sizeof(line));
	node_error_print(&f, name, err);
	fief_error("%s", line);
}

/* ---- quota ---- */

static uint64_t clamp(uint64_t wanted, uint64_t *available)
{
	const uint64_t part = wanted < *available ? wanted : *available;

	*available -= part;
	return part;
}

static void quota_report(const struct child *c)
{
	char got[NUMBER_TEXT_MAX], wanted[NUMBER_TEXT_MAX];

	if (c->ram < c->start->ram)
		fief_warning("\"%s\" gets %s of %s RAM, no more is available",
		             child_name(c), number_text(got, c->ram),
		             number_text(wanted, c->start->ram));
	if (c->caps < c->start->caps)
		fief_warning("\"%s\" gets %llu of %llu caps, no more are "
		             "available",
		             child_name(c), (unsigned long long)c->caps,
		             (unsigned long long)c->start->caps);
}

/* In the order of the config, each that comes gets what is there. */
static void quotas_assign(struct sandbox *b)
{
	uint64_t ram, caps;

	money_available(b, &ram, &caps);
	LIST_FOR_EACH(c, &b->children, struct child, in_sandbox) {
		if (c->state != CHILD_NEW)
			continue;
		c->ram = clamp(c->start->ram, &ram);
		c->caps = clamp(c->start->caps, &caps);
		quota_report(c);
	}
}

/* ---- the next config, until it is certain that it can be had ---- */

struct next {
	struct arena arena;
	const struct config *config;
	struct child **child; /* by the index of the start, in `arena` */
};

/* The child that goes on under `s`. One that could not start gets another try
 * instead. */
static struct child *child_kept(struct sandbox *b, const struct config_start *s)
{
	const struct config_start *old = NULL;
	struct child *c;

	if (b->config)
		old = config_start_find(b->config, s->name);
	if (!old)
		return NULL;
	c = child_of(b, old);
	return c->state != CHILD_INCOMPLETE && config_start_same(old, s) ? c :
	                                                                   NULL;
}

/* All records first, so that routes find each server. */
static enum fief_err children_prepare(struct sandbox *b, struct next *n)
{
	enum fief_err e;
	void *mem;

	e = arena_alloc(&n->arena,
	                (n->config->nstarts + 1) * sizeof(struct child *),
	                &mem);
	n->child = mem;
	for (const struct config_start *s = n->config->starts; s && !e;
	     s = s->next) {
		struct child *c = child_kept(b, s);

		if (!c)
			e = child_create(b, s, &c);
		if (!e) {
			c->next_start = s;
			n->child[s->index] = c;
		}
	}
	return e;
}

/* Nothing has happened yet. */
static void next_discard(struct sandbox *b, struct next *n)
{
	LIST_FOR_EACH_SAFE(c, &b->children, struct child, in_sandbox)
		if (c->state == CHILD_NEW)
			child_destroy(c);
		else
			c->next_start = NULL;
	arena_fini(&n->arena);
}

/* ---- the change ---- */

/* Their sessions refer to each other: no record goes before all have ended,
 * and all who wait for one of them know. */
static void children_leave(struct sandbox *b)
{
	LIST_FOR_EACH(c, &b->children, struct child, in_sandbox)
		if (!c->next_start)
			child_end(c, CHILD_ENDED);
	while (sandbox_waiting_progress(b))
		;
	LIST_FOR_EACH_SAFE(c, &b->children, struct child, in_sandbox)
		if (!c->next_start)
			child_destroy(c);
}

static void config_replace(struct sandbox *b, struct next *n)
{
	arena_fini(&b->arena);
	b->arena = n->arena;
	b->config = n->config;
	b->child = n->child;
	for (size_t i = 0; i < n->config->nstarts; i++) {
		struct child *c = n->child[i];

		c->start = c->next_start;
		c->next_start = NULL;
		list_remove(&c->in_sandbox);
		list_add_last(&b->children, &c->in_sandbox);
	}
}

enum fief_err sandbox_apply(struct sandbox *b, const char *name,
                            const char *text, size_t len)
{
	const struct node_xml_input in = { .text = text, .len = len };
	struct node_error err = { 0 };
	struct next n = { 0 };
	enum fief_err e;

	arena_init(&n.arena, &b->source.source);
	e = config_parse(&in, &n.arena, &err, &n.config);
	if (e) {
		report(name, &err);
	} else {
		e = children_prepare(b, &n);
		if (e)
			fief_error("%s: cannot make the children: %s", name,
			           fief_err_text(e));
	}
	if (e) {
		next_discard(b, &n);
		return e;
	}
	children_leave(b);
	config_replace(b, &n);
	quotas_assign(b);
	LIST_FOR_EACH(c, &b->children, struct child, in_sandbox)
		if (c->state == CHILD_NEW)
			child_start(c);
	sandbox_work_soon(b);
	return FIEF_OK;
}
