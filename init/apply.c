/* SPDX-License-Identifier: MIT */
/* From one config to the next: who stays, who goes, who comes. */

#include <init/sandbox.h>

#include "internal.h"

#include <lib/mem.h>

/* A change on its way. */
struct change {
	struct config_change live;
	bool servers;      /* some service is another, comes or goes */
	struct list again; /* children that end and start anew */
};

static void report(const char *name, const struct node_error *err, bool fatal)
{
	char line[NODE_ERROR_MAX + LABEL_NAME_MAX + 32];
	struct fmt f;

	fmt_init(&f, line, sizeof(line));
	node_error_print(&f, name, err);
	if (fatal)
		fief_error("%s", line);
	else
		fief_warning("%s", line);
}

static void report_warnings(const char *name, const struct config *c)
{
	for (const struct config_warning *w = c->warnings; w; w = w->next)
		report(name, &w->what, false);
}

/* ---- the next config, until it is certain that it can be had ---- */

/* Apart from its sessions: does the child have to start anew? One that ended
 * does when its config is another, one that could not start in any case. */
static bool starts_anew(const struct child *c, const struct config_start *next)
{
	if (c->state == CHILD_INCOMPLETE)
		return true;
	if ((c->state == CHILD_ENDED || c->exited) &&
	    !config_start_same(c->start, next))
		return true;
	return strcmp(c->start->version, next->version) != 0;
}

static void child_compare(struct child *c, const struct config_start *next,
                          struct change *n)
{
	c->again = starts_anew(c, next);
	c->content = !config_content_same(c->start, next);
	n->servers |= c->again ? c->start->provides || next->provides :
	                         !config_provides_same(c->start, next);
}

/* All records first, so that routes find each server. */
static enum fief_err children_prepare(struct sandbox *b, struct change *n)
{
	enum fief_err e = FIEF_OK;

	for (struct config_start *s = n->live.next->starts; s && !e;
	     s = s->next) {
		const struct config_start *old =
			config_start_find(&b->live.config, s->name);
		struct child *c = old ? old->child : NULL;

		if (c)
			child_compare(c, s, n);
		else
			e = child_create(b, s, &c);
		n->servers |= !old && s->provides;
		if (!e) {
			c->next_start = s;
			s->child = c;
		}
	}
	return e;
}

/* Nothing has happened yet. */
static void next_discard(struct sandbox *b, struct change *n)
{
	for (const struct config_start *s = n->live.next->starts; s && s->child;
	     s = s->next) {
		struct child *c = s->child;

		c->next_start = NULL;
		c->again = c->content = false;
		if (c->start == s)
			child_destroy(c);
	}
	config_live_discard(&b->live, &n->live);
}

static enum fief_err next_read(struct sandbox *b, const char *name,
                               const char *text, size_t len, struct change *n)
{
	struct node_error err = { 0 };
	enum fief_err e;

	/* Those that could not start are tried again, wherever they are. */
	e = config_live_read(&b->live, text, len, b->incomplete, &err,
	                     &n->live);
	if (e) {
		report(name, &err, true);
		return e;
	}
	report_warnings(name, n->live.next);
	e = children_prepare(b, n);
	if (e) {
		fief_error("%s: cannot make the children: %s", name,
		           fief_err_text(e));
		next_discard(b, n);
	}
	return e;
}

/* ---- who goes ---- */

/* Children that the next config does not have. Their sessions refer to each
 * other: no record goes before all have ended, and all who wait for one of
 * them know. */
static void children_leave(struct sandbox *b, struct change *n)
{
	const struct config_part *part = b->live.now.part;

	b->leaving = true;
	for (size_t i = n->live.first; i < n->live.end; i++) {
		struct child *c = part[i].start->child;

		if (c->next_start)
			continue;
		n->servers |= c->start->provides != NULL;
		child_end(c, CHILD_ENDED);
	}
	while (sandbox_waiting_progress(b))
		;
	b->leaving = false;
	for (size_t i = n->live.first; i < n->live.end; i++)
		if (!part[i].start->child->next_start)
			child_destroy(part[i].start->child);
}

static void again_set(struct child *c, struct change *n)
{
	c->again = true;
	list_add_last(&n->again, &c->in_again);
}

/* Has it to go after all? Did others depend on it? */
static bool server_goes(struct child *c, struct change *n)
{
	if (c->again || c->state == CHILD_ENDED || c->state == CHILD_NEW)
		return false;
	if (!verdict_restarts(c) && !(c->content && quota_content(c)))
		return false;
	again_set(c, n);
	return c->start->provides != NULL;
}

/* Until no more has to go. */
static void spread(struct sandbox *b, struct change *n)
{
	bool more = n->servers;

	while (more) {
		more = false;
		LIST_FOR_EACH(c, &b->children, struct child, in_sandbox)
			more |= server_goes(c, n);
	}
}

/* Those that are in the config that was read, and as soon as a server is
 * another one, all. */
static void verdicts(struct sandbox *b, struct change *n)
{
	for (size_t i = 0; i < n->live.count; i++) {
		struct child *c =
			config_live_start(&b->live, &n->live, i)->child;

		if (c->again)
			list_add_last(&n->again, &c->in_again);
		else
			n->servers |= server_goes(c, n);
	}
	spread(b, n);
}

static void children_end(struct sandbox *b, struct change *n)
{
	LIST_FOR_EACH(c, &n->again, struct child, in_again)
		child_end(c, CHILD_ENDED);
	while (sandbox_waiting_progress(b))
		;
	while (!list_empty(&n->again)) {
		struct child *c = LIST_FIRST(&n->again, struct child, in_again);

		list_remove(&c->in_again);
		child_reset(c);
	}
}

/* ---- the change ---- */

/* Another version is another component: what the one before used and lost
 * does not keep it from starting. */
static void config_replace(struct sandbox *b, struct change *n)
{
	for (struct config_start *s = n->live.next->starts; s; s = s->next) {
		if (strcmp(s->child->start->version, s->version) != 0)
			s->child->missing_service[0] = '\0';
		s->child->start = s;
		s->child->next_start = NULL;
	}
	config_live_accept(&b->live, &n->live);
}

/* Downgrades before upgrades; those in the order of the config. */
static void quotas_adjust(struct sandbox *b, const struct change *n)
{
	uint64_t ram, caps;

	for (size_t i = 0; i < n->live.count; i++)
		quota_lower(config_live_start(&b->live, &n->live, i)->child);
	money_available(b, &ram, &caps);
	if (!b->unmet) {
		for (size_t i = 0; i < n->live.count; i++)
			quota_give(
				config_live_start(&b->live, &n->live, i)->child,
				&ram, &caps);
		return;
	}
	b->unmet = false;
	for (const struct config_start *s = b->live.config.starts; s;
	     s = s->next)
		quota_give(s->child, &ram, &caps);
}

static void contents_change(struct sandbox *b, const struct change *n)
{
	for (size_t i = 0; i < n->live.count; i++) {
		struct child *c =
			config_live_start(&b->live, &n->live, i)->child;
		enum fief_err e;

		if (!c->content || c->state == CHILD_NEW)
			continue;
		c->content = false;
		if (c->state == CHILD_ENDED)
			continue;
		e = config_rom_change(&c->config, b->env, c->start->config);
		if (e)
			fief_error("\"%s\" keeps its old config: %s",
			           child_name(c), fief_err_text(e));
	}
}

/* Those of the config that was read, that is all if its head is another. */
static void schedules_change(struct sandbox *b, const struct change *n)
{
	for (size_t i = 0; i < n->live.count; i++) {
		struct child *c =
			config_live_start(&b->live, &n->live, i)->child;

		if (c->state == CHILD_RUNNING)
			schedule_apply(c);
	}
}

/* New ones are in the config that was read, others may be anywhere. */
static void children_start(struct sandbox *b, const struct change *n)
{
	for (size_t i = 0; i < n->live.count; i++) {
		struct child *c =
			config_live_start(&b->live, &n->live, i)->child;

		if (c->state == CHILD_NEW)
			child_start(c);
	}
	for (const struct config_start *s = b->live.config.starts;
	     s && n->servers; s = s->next)
		if (s->child->state == CHILD_NEW)
			child_start(s->child);
}

static void heartbeats_begin(struct sandbox *b, const struct change *n)
{
	for (size_t i = 0; i < n->live.count; i++)
		if (config_live_start(&b->live, &n->live, i)->heartbeat.wanted)
			heartbeat_begin(b);
}

enum fief_err sandbox_apply(struct sandbox *b, const char *name,
                            const char *text, size_t len)
{
	struct change n = { 0 };
	enum fief_err e;

	e = next_read(b, name, text, len, &n);
	if (e)
		return e;
	children_leave(b, &n);
	config_replace(b, &n);
	verdicts(b, &n);
	children_end(b, &n);
	forward_apply(b, n.live.whole);
	quotas_adjust(b, &n);
	contents_change(b, &n);
	schedules_change(b, &n);
	children_start(b, &n);
	handover_begin(b);
	heartbeats_begin(b, &n);
	state_configured(b);
	sandbox_work_soon(b);
	return FIEF_OK;
}

void sandbox_restart(struct child *c)
{
	struct sandbox *b = c->sandbox;
	struct change n = { .servers = true };

	again_set(c, &n);
	spread(b, &n);
	children_end(b, &n);
	quotas_adjust(b, &n);
	children_start(b, &n);
	handover_begin(b);
	sandbox_work_soon(b);
}
