/* SPDX-License-Identifier: MIT */
/* The sandbox as a whole, and what waits for others. */

#include <init/sandbox.h>

#include "internal.h"

enum { UPWARD_MAX = (1u << 30) - 1 };

/* ---- what waits ---- */

static bool children_progress(struct sandbox *b)
{
	bool changed = false;

	LIST_FOR_EACH_SAFE(c, &b->starting, struct child, in_starting)
		changed |= child_progress(c);
	return changed;
}

bool sandbox_waiting_progress(struct sandbox *b)
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
		changed |= sandbox_waiting_progress(b);
		changed |= forward_progress(b);
	} while (changed);
	grants_progress(b);
	upward_news_go_on(b);
}

void sandbox_work_soon(struct sandbox *b)
{
	if (!b->work.pending)
		fief_signal_local_submit(&b->work);
}

/* ---- making and ending ---- */

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

static enum fief_err sandbox_init(struct sandbox *b, struct fief_env *env)
{
	enum fief_err e;

	b->env = env;
	b->parent_sigh.handle = upward_news;
	b->work.handle = on_work;
	fief_arena_source_init(&b->source, env->heap);
	config_live_init(&b->live, &b->source.source);
	fief_id_space_init(&b->upward, UPWARD_MAX);
	fief_id_space_init(&b->own_ids, UINT32_MAX);
	fief_services_init(&b->services, env);
	fief_id_space_init(&b->forwarded, UINT32_MAX);
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
	forward_fini(b);
	local_fini(b);
	loader_forget_sandbox(b);
	fief_signal_dissolve(b->env->ep, &b->parent_sigh);
	fief_signal_dissolve(b->env->ep, &b->work);
	fief_signal_dissolve(b->env->ep, &b->given);
	fief_entrypoint_alarm(b->env->ep, FIEF_NEVER, NULL, NULL);
	config_live_fini(&b->live);
	fief_free(b->env->heap, b, sizeof(*b));
}
