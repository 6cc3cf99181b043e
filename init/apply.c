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
static void quotas_assign(struct sandbox *b, const struct config_change *n)
{
	uint64_t ram, caps;

	money_available(b, &ram, &caps);
	for (size_t i = 0; i < n->count; i++) {
		struct child *c = config_live_start(&b->live, n, i)->child;

		if (c->state != CHILD_NEW)
			continue;
		c->ram = clamp(c->start->ram, &ram);
		c->caps = clamp(c->start->caps, &caps);
		quota_report(c);
	}
}

/* ---- the next config, until it is certain that it can be had ---- */

/* The child that goes on under `s`. One that could not start gets another try
 * instead. */
static struct child *child_kept(const struct sandbox *b,
                                const struct config_start *s)
{
	const struct config_start *old =
		config_start_find(&b->live.config, s->name);

	if (!old || old->child->state == CHILD_INCOMPLETE)
		return NULL;
	return config_start_same(old, s) ? old->child : NULL;
}

/* All records first, so that routes find each server. */
static enum fief_err children_prepare(struct sandbox *b,
                                      const struct config_change *n)
{
	enum fief_err e = FIEF_OK;

	for (struct config_start *s = n->next->starts; s && !e; s = s->next) {
		struct child *c = child_kept(b, s);

		if (!c)
			e = child_create(b, s, &c);
		if (!e) {
			c->next_start = s;
			s->child = c;
		}
	}
	return e;
}

/* Nothing has happened yet. */
static void next_discard(struct sandbox *b, struct config_change *n)
{
	for (const struct config_start *s = n->next->starts; s && s->child;
	     s = s->next)
		if (s->child->state == CHILD_NEW)
			child_destroy(s->child);
		else
			s->child->next_start = NULL;
	config_live_discard(&b->live, n);
}

static enum fief_err next_read(struct sandbox *b, const char *name,
                               const char *text, size_t len,
                               struct config_change *n)
{
	struct node_error err = { 0 };
	enum fief_err e;

	/* Those that could not start are tried again, wherever they are. */
	e = config_live_read(&b->live, text, len, b->incomplete, &err, n);
	if (e) {
		report(name, &err);
		return e;
	}
	e = children_prepare(b, n);
	if (e) {
		fief_error("%s: cannot make the children: %s", name,
		           fief_err_text(e));
		next_discard(b, n);
	}
	return e;
}

/* ---- the change ---- */

/* Their sessions refer to each other: no record goes before all have ended,
 * and all who wait for one of them know. */
static void children_leave(struct sandbox *b, const struct config_change *n)
{
	const struct config_part *part = b->live.now.part;

	for (size_t i = n->first; i < n->end; i++)
		if (!part[i].start->child->next_start)
			child_end(part[i].start->child, CHILD_ENDED);
	while (sandbox_waiting_progress(b))
		;
	for (size_t i = n->first; i < n->end; i++)
		if (!part[i].start->child->next_start)
			child_destroy(part[i].start->child);
}

static void config_replace(struct sandbox *b, struct config_change *n)
{
	for (struct config_start *s = n->next->starts; s; s = s->next) {
		s->child->start = s;
		s->child->next_start = NULL;
	}
	config_live_accept(&b->live, n);
}

static void children_start(struct sandbox *b, const struct config_change *n)
{
	for (size_t i = 0; i < n->count; i++) {
		struct child *c = config_live_start(&b->live, n, i)->child;

		if (c->state == CHILD_NEW)
			child_start(c);
	}
}

enum fief_err sandbox_apply(struct sandbox *b, const char *name,
                            const char *text, size_t len)
{
	struct config_change n;
	enum fief_err e = next_read(b, name, text, len, &n);

	if (e)
		return e;
	children_leave(b, &n);
	config_replace(b, &n);
	quotas_assign(b, &n);
	children_start(b, &n);
	sandbox_work_soon(b);
	return FIEF_OK;
}
