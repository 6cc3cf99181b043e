/* SPDX-License-Identifier: MIT */
/* The sandbox as a whole: applying a config, and what waits for others. */

#include <init/sandbox.h>

#include "internal.h"

enum { UPWARD_MAX = (1u << 30) - 1 };

/* ---- what waits ---- */

static bool children_progress(struct sandbox *b)
{
	bool changed = false;

	LIST_FOR_EACH(c, &b->children, struct child, in_sandbox)
		changed |= child_progress(c);
	return changed;
}

/* Sessions whose server has started, or will not, go on. */
static bool waiting_progress(struct sandbox *b)
{
	bool changed = false;

	LIST_FOR_EACH_SAFE(s, &b->waiting, struct session, link) {
		const enum child_state state = s->server->state;

		if (state == CHILD_NEW || state == CHILD_STARTING)
			continue;
		list_remove(&s->link);
		session_begin(s);
		changed = true;
	}
	return changed;
}

static void on_work(struct fief_signal_handler *self, unsigned count)
{
	struct sandbox *b = FIEF_CONTAINER_OF(self, struct sandbox, work);
	bool changed;

	(void)count;
	do {
		changed = children_progress(b);
		changed |= waiting_progress(b);
	} while (changed);
}

void sandbox_work_soon(struct sandbox *b)
{
	if (!b->work.pending)
		fief_signal_local_submit(&b->work);
}

struct child *child_of(struct sandbox *b, const struct config_start *start)
{
	LIST_FOR_EACH(c, &b->children, struct child, in_sandbox)
		if (c->start == start)
			return c;
	return NULL;
}

/* ---- applying a config ---- */

static void report(const char *name, const struct node_error *err)
{
	char line[NODE_ERROR_MAX + LABEL_NAME_MAX + 32];
	struct fmt f;

	fmt_init(&f, line, sizeof(line));
	node_error_print(&f, name, err);
	fief_error("%s", line);
}

static uint64_t clamp(uint64_t wanted, uint64_t *available)
{
	const uint64_t part = wanted < *available ? wanted : *available;

	*available -= part;
	return part;
}

/* In the order of the config, each gets what is there. */
static void quotas_assign(struct sandbox *b)
{
	char got[NUMBER_TEXT_MAX], wanted[NUMBER_TEXT_MAX];
	uint64_t ram, caps;

	money_available(b, &ram, &caps);
	LIST_FOR_EACH(c, &b->children, struct child, in_sandbox) {
		c->ram = clamp(c->start->ram, &ram);
		c->caps = clamp(c->start->caps, &caps);
		if (c->ram < c->start->ram)
			fief_warning("\"%s\" gets %s of %s RAM, no more is "
			             "available",
			             child_name(c), number_text(got, c->ram),
			             number_text(wanted, c->start->ram));
		if (c->caps < c->start->caps)
			fief_warning("\"%s\" gets %llu of %llu caps, no more "
			             "are available",
			             child_name(c), (unsigned long long)c->caps,
			             (unsigned long long)c->start->caps);
	}
}

/* Their sessions refer to each other: no record goes before all have ended. */
static void children_destroy(struct sandbox *b)
{
	LIST_FOR_EACH(c, &b->children, struct child, in_sandbox)
		child_end(c, CHILD_ENDED);
	while (!list_empty(&b->children))
		child_destroy(
			LIST_FIRST(&b->children, struct child, in_sandbox));
	while (!list_empty(&b->orphans))
		session_destroy(LIST_FIRST(&b->orphans, struct session, link));
}

/* All records first, so that routes find each server. */
static enum fief_err children_create(struct sandbox *b,
                                     const struct config *config)
{
	enum fief_err e = FIEF_OK;
	struct child *c;

	for (const struct config_start *s = config->starts; s && !e;
	     s = s->next)
		e = child_create(b, s, &c);
	if (e)
		children_destroy(b);
	return e;
}

enum fief_err sandbox_apply(struct sandbox *b, const char *name,
                            const char *text, size_t len)
{
	const struct node_xml_input in = { .text = text, .len = len };
	const struct config *config;
	struct node_error err = { 0 };
	enum fief_err e;

	if (b->config)
		return FIEF_UNSUPPORTED;
	e = config_parse(&in, &b->arena, &err, &config);
	if (e)
		report(name, &err);
	if (!e)
		e = children_create(b, config);
	if (e) {
		arena_fini(&b->arena);
		return e;
	}
	b->config = config;
	quotas_assign(b);
	LIST_FOR_EACH(c, &b->children, struct child, in_sandbox)
		child_start(c);
	sandbox_work_soon(b);
	return FIEF_OK;
}

/* ---- making and ending ---- */

static enum fief_err sandbox_init(struct sandbox *b, struct fief_env *env)
{
	enum fief_err e;

	b->env = env;
	b->parent_sigh.handle = upward_news;
	b->work.handle = on_work;
	fief_arena_source_init(&b->source, env->heap);
	arena_init(&b->arena, &b->source.source);
	fief_id_space_init(&b->upward, UPWARD_MAX);
	e = fief_signal_manage(env->ep, &b->parent_sigh);
	if (!e)
		e = fief_signal_manage(env->ep, &b->work);
	if (!e)
		e = parent_session_sigh(
			(struct parent_cap){ env->parent },
			(struct signal_cap){ b->parent_sigh.cap });
	return e;
}

enum fief_err sandbox_create(struct fief_env *env,
                             const struct sandbox_hooks *hooks,
                             struct sandbox **out)
{
	struct sandbox *b;
	enum fief_err e;
	void *mem;

	e = fief_alloc_zeroed(env->heap, sizeof(*b), &mem);
	if (e)
		return e;
	b = mem;
	if (hooks)
		b->hooks = *hooks;
	e = sandbox_init(b, env);
	if (e)
		sandbox_destroy(b);
	else
		*out = b;
	return e;
}

void sandbox_destroy(struct sandbox *b)
{
	children_destroy(b);
	loader_forget_sandbox(b);
	fief_signal_dissolve(b->env->ep, &b->parent_sigh);
	fief_signal_dissolve(b->env->ep, &b->work);
	arena_fini(&b->arena);
	fief_free(b->env->heap, b, sizeof(*b));
}
