/* SPDX-License-Identifier: MIT */
/* Who looks into the components of an instance. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views.h"
#include <tools/fief/requests.h>
#include <tools/fief/util.h>

void views_init(struct views *vs, struct requests *r)
{
	*vs = (struct views){ .r = r };
}

static void entry_free(struct view_entry *e)
{
	free((void *)(uintptr_t)e->view.name);
	free((void *)(uintptr_t)e->view.component);
	free((void *)(uintptr_t)e->view.as);
	free(e->found.label);
	free(e->found.init);
	*e = (struct view_entry){ .state = VIEW_FREE };
}

void views_fini(struct views *vs)
{
	for (size_t i = 0; i < VIEWS_MAX; i++)
		entry_free(&vs->entry[i]);
	while (vs->inits)
		free(vs->init[--vs->inits]);
	free(vs->init);
	vs->init = NULL;
}

static struct view_entry *in_state(struct views *vs, enum view_state state)
{
	for (size_t i = 0; i < VIEWS_MAX; i++)
		if (vs->entry[i].state == state)
			return &vs->entry[i];
	return NULL;
}

static struct view_entry *numbered(struct views *vs, uint64_t number)
{
	for (size_t i = 0; i < VIEWS_MAX; i++)
		if (vs->entry[i].state != VIEW_FREE &&
		    vs->entry[i].number == number)
			return &vs->entry[i];
	return NULL;
}

/* ---- the request ---- */

static enum server_taken refuse(const struct server_request *q, char *why)
{
	char *line = util_text("error: %s\n", why);

	output_add(q->out, line, strlen(line));
	free(line);
	free(why);
	return SERVER_ANSWERED;
}

/* "r|w TAB COMPONENT TAB AS" */
static bool parse(struct view_entry *e, const char *rest)
{
	const char *component = strchr(rest, '\t');
	const char *as = component ? strchr(component + 1, '\t') : NULL;

	if (!as || component != rest + 1 || !strchr("rw", *rest))
		return false;
	e->view.writeable = *rest == 'w';
	e->view.component =
		util_text("%.*s", (int)(as - component - 1), component + 1);
	e->view.as = as[1] ? util_text("%s", as + 2) : NULL;
	return true;
}

/* Why it cannot begin; the caller frees it. */
static char *obstacle(struct views *vs, struct view_entry *e)
{
	const struct history_entry *now = history_last(&vs->r->live.history);
	const struct config_text text = { now ? now->text : NULL,
		                          now ? now->len : 0 };
	struct config_text composed;
	char *why;

	if (!now || !requests_system(vs->r))
		return util_text("this system has no configuration that could "
		                 "change");
	why = view_compose(&text, &e->view, &composed, &e->found);
	if (!why)
		free(composed.bytes);
	return why;
}

static void prepare(struct views *vs, const char *init)
{
	for (size_t i = 0; i < vs->inits; i++)
		if (!strcmp(vs->init[i], init))
			return;
	vs->init = util_grow(vs->init, (vs->inits + 1) * sizeof(*vs->init));
	vs->init[vs->inits++] = util_text("%s", init);
}

enum server_taken views_take(struct views *vs, const struct server_request *q,
                             const char *rest)
{
	struct view_entry *e = in_state(vs, VIEW_FREE);
	char *why;

	if (!e)
		return refuse(q, util_text("%d looks at a time are all that "
		                           "there can be; end another one",
		                           VIEWS_MAX));
	rest += *rest == ' ';
	if (!parse(e, rest))
		return SERVER_UNKNOWN;
	e->number = ++vs->made;
	e->client = q->client;
	e->view.name = util_text("fief-view-%" PRIu64, e->number);
	why = obstacle(vs, e);
	if (why) {
		entry_free(e);
		return refuse(q, why);
	}
	prepare(vs, e->found.init);
	e->state = VIEW_ASKED;
	return SERVER_LATER;
}

/* ---- init ---- */

static void started(void *ctx, uint64_t number, const char *error)
{
	struct requests *r = ctx;
	struct view_entry *e = numbered(&r->views, number);
	char *text;

	if (error) {
		text = util_text("error: %s\n", error);
		server_answer(r->server, e->client, text);
		e->state = VIEW_STOPPED;
	} else {
		text = util_text("view\t%s\t%s\n", e->found.label,
		                 view_of_names[e->found.of]);
		server_lend(r->server, e->client, text);
		e->state = VIEW_OPEN;
	}
	free(text);
	requests_next(r);
}

static void stopped(void *ctx, uint64_t number, const char *error)
{
	struct requests *r = ctx;
	struct view_entry *e = numbered(&r->views, number);

	if (error)
		util_error("%s does not end: %s", e->view.name, error);
	e->state = VIEW_STOPPED;
	requests_next(r);
}

static void tell_init(struct views *vs, struct view_entry *e,
                      enum view_state state, live_done *done)
{
	const struct live_change c = { .origin = "view",
		                       .client = e->number,
		                       .done = done };

	e->state = state;
	requests_begin(vs->r, &c);
}

static bool is_in(const struct view_entry *e, bool back)
{
	return e->state == VIEW_OPEN || (e->state == VIEW_STARTING && !back);
}

void views_dress(struct views *vs, const struct config_text *text, bool back,
                 struct config_text *out)
{
	struct config_text now = { util_alloc(text->len + 1), text->len }, next;

	memcpy(now.bytes, text->bytes, text->len);
	for (size_t i = 0; i < vs->inits; i++)
		view_prepare(&now, vs->init[i]);
	for (size_t i = 0; i < VIEWS_MAX; i++) {
		struct view_entry *e = &vs->entry[i];
		struct view_found found;
		char *why;

		if (!is_in(e, back))
			continue;
		why = view_compose(&now, &e->view, &next, &found);
		if (why) { /* what it looked at is gone */
			server_take_back(vs->r->server, e->client);
			free(why);
			continue;
		}
		free(now.bytes);
		free(found.label);
		free(found.init);
		now = next;
	}
	*out = now;
}

/* ---- core ---- */

static void tell_core(struct views *vs, struct view_entry *e)
{
	char *text = util_text("grant %s stream,rw", e->view.name);
	const int fd = server_fd(vs->r->server, e->client);

	if (fd < 0)
		entry_free(e);
	else if (control_send_fd(vs->r->live.control, text, fd))
		e->state = VIEW_GRANTING;
	free(text);
}

static void tell_core_end(struct views *vs, struct view_entry *e)
{
	char *text = util_text("ungrant %s", e->view.name);

	if (control_send(vs->r->live.control, text))
		e->state = VIEW_UNGRANTING;
	free(text);
}

bool views_core_answered(struct views *vs)
{
	static const char error[] = "error: ";
	struct view_entry *e = in_state(vs, VIEW_GRANTING);
	const char *answer = vs->r->live.control->answer;
	const bool failed = !strncmp(answer, error, sizeof(error) - 1);

	if (e && failed) {
		server_answer(vs->r->server, e->client, answer);
		entry_free(e);
	} else if (e) {
		e->state = VIEW_GRANTED;
	} else {
		e = in_state(vs, VIEW_UNGRANTING);
		if (e && failed)
			util_error("%s does not end: %s", e->view.name, answer);
		if (e)
			entry_free(e);
	}
	return e != NULL;
}

/* ---- what comes next ---- */

static void step(struct views *vs, struct view_entry *e)
{
	if (e->state == VIEW_OPEN && server_fd(vs->r->server, e->client) < 0)
		e->state = VIEW_ENDING;
	switch ((int)e->state) {
	case VIEW_ASKED:
		tell_core(vs, e);
		return;
	case VIEW_GRANTED:
		tell_init(vs, e, VIEW_STARTING, started);
		return;
	case VIEW_ENDING:
		tell_init(vs, e, VIEW_STOPPING, stopped);
		return;
	case VIEW_STOPPED:
		tell_core_end(vs, e);
		return;
	default:
		return;
	}
}

void views_step(struct views *vs)
{
	for (size_t i = 0; i < VIEWS_MAX; i++)
		step(vs, &vs->entry[i]);
}

/* Whoever looks finds that out when its connection ends. */
void views_event(struct views *vs, const char *label, const char *what)
{
	static const char *const ends[] = { "exit", "crash", "kill",
		                            "fail", "stop",  "incomplete" };

	for (size_t i = 0; i < VIEWS_MAX; i++) {
		const struct view_entry *e = &vs->entry[i];

		if (e->state != VIEW_OPEN || strcmp(e->found.label, label) != 0)
			continue;
		for (size_t k = 0; k < sizeof(ends) / sizeof(ends[0]); k++)
			if (!strcmp(ends[k], what))
				server_take_back(vs->r->server, e->client);
	}
}
