/* SPDX-License-Identifier: MIT */
/* What an instance answers about its configuration, its log and its events. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "requests.h"
#include "util.h"

enum {
	LOG_LINES = 10000,
	LOG_BYTES = 4 << 20,
	EVENTS = 10000,
	EVENT_BYTES = 2 << 20,
};

/* ---- events ---- */

void requests_event(struct requests *r, const char *label, const char *what,
                    const char *more)
{
	char *text = util_text("%s\t%s", what, more ? more : "");

	journal_add(&r->events, label, strlen(label), text, strlen(text));
	views_event(&r->views, label, what);
	free(text);
}

/* ---- the system ---- */

static void system_close(struct requests *r)
{
	if (r->system_number)
		authority_close(&r->system);
	r->system_number = 0;
}

const struct authority *requests_system(struct requests *r)
{
	const struct history_entry *now = history_last(&r->live.history);
	struct findings ignored = { 0 };
	struct config_text text;

	if (!now || r->system_number == now->number)
		return now ? &r->system : NULL;
	system_close(r);
	text.len = now->len;
	text.bytes = util_alloc(now->len + 1);
	memcpy(text.bytes, now->text, now->len);
	authority_open_text(&r->system, "config", text, &ignored);
	findings_fini(&ignored);
	r->system_number = now->number;
	return &r->system;
}

bool requests_is_init(struct requests *r, const char *label)
{
	const struct authority *a;

	if (!strcmp(label, "init"))
		return true;
	a = requests_system(r);
	for (const struct authority_init *in = a ? a->inits : NULL; in;
	     in = in->next)
		if (!strcmp(in->label, label))
			return true;
	return false;
}

/* ---- changes, one after the other ---- */

struct waiting_change {
	struct waiting_change *next;
	struct live_change change; /* its texts are owned */
};

static void waiting_free(struct waiting_change *w)
{
	free((void *)(uintptr_t)w->change.origin);
	free((void *)(uintptr_t)w->change.text);
	free(w);
}

static void waiting_add(struct requests *r, const struct live_change *c)
{
	struct waiting_change **end = &r->waiting;
	struct waiting_change *w = util_alloc(sizeof(*w));

	w->change = *c;
	if (c->text)
		w->change.text =
			memcpy(util_alloc(c->len + 1), c->text, c->len);
	w->change.origin = util_text("%s", c->origin);
	while (*end)
		end = &(*end)->next;
	*end = w;
}

void requests_begin(struct requests *r, const struct live_change *c)
{
	if (r->live.state != LIVE_IDLE) {
		waiting_add(r, c);
		return;
	}
	r->log_from = r->log.next;
	r->events_from = r->events.next;
	live_begin(&r->live, c);
}

void requests_next(struct requests *r)
{
	struct waiting_change *w = r->waiting;

	if (!w)
		return;
	r->waiting = w->next;
	requests_begin(r, &w->change);
	waiting_free(w);
}

static void done(void *ctx, uint64_t client, const char *error)
{
	struct requests *r = ctx;
	const struct history_entry *now = history_last(&r->live.history);
	const uint64_t number = now ? now->number : 0;
	char *text;

	if (error)
		text = util_text("error: %s\n", error);
	else
		text = util_text("applied\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64
		                 "\n",
		                 number, r->log_from, r->events_from);
	grant_table_changed(&r->grants, error ? NULL : now);
	requests_event(r, "", error ? "refuse" : "apply",
	               error ? error : now->origin);
	if (client)
		server_answer(r->server, client, text);
	else if (error)
		util_error("the change was refused: %s", error);
	free(text);
	r->news = true;
	requests_next(r);
}

void requests_apply(struct requests *r, const char *origin, const char *text,
                    size_t len)
{
	const struct live_change c = { .origin = origin,
		                       .text = text,
		                       .len = len };

	requests_begin(r, &c);
}

/* ---- requests ---- */

struct asked {
	struct requests *r;
	const struct server_request *q;
	char *rest; /* of the line, after the word; owned by the caller */
};

/* The next field of the rest, which spaces separate. */
static uint64_t take_number(struct asked *a)
{
	return strtoull(a->rest, &a->rest, 10);
}

static enum server_taken do_apply(struct asked *a)
{
	struct live_change c = { .text = a->q->body, .client = a->q->client };

	c.len = take_number(a);
	c.base = take_number(a);
	c.same_as = take_number(a);
	c.origin = a->rest + (*a->rest == ' ');
	requests_begin(a->r, &c);
	return SERVER_LATER;
}

static enum server_taken do_reload(struct asked *a)
{
	static const char none[] = "error: this system has no configuration "
				   "file\n",
			  refused[] = "error: the file was refused, the system "
				      "goes on as it is; the reason is where "
				      "fief run was started\n";
	struct system_file *f = a->r->live.config;
	struct config_text t;
	const bool none_there = !f || !strcmp(f->file, "-");
	struct live_change c = { .client = a->q->client, .again = true };
	char *origin;

	if (none_there || system_file_again(f, &t)) {
		const char *why = none_there ? none : refused;

		output_add(a->q->out, why, strlen(why));
		return SERVER_ANSWERED;
	}
	origin = util_text("reload of %s", f->file);
	c.origin = origin;
	c.text = t.bytes;
	c.len = t.len;
	requests_begin(a->r, &c);
	free(origin);
	free(t.bytes);
	return SERVER_LATER;
}

static enum server_taken do_config(struct asked *a)
{
	const struct history *h = &a->r->live.history;
	const uint64_t number = take_number(a);
	const struct history_entry *e =
		number ? history_find(h, number) : history_last(h);
	char *head =
		e ? util_text("config\t%" PRIu64 "\t%zu\n", e->number, e->len) :
		    util_text("error: there is no such configuration\n");

	output_add(a->q->out, head, strlen(head));
	free(head);
	if (e) {
		output_add(a->q->out, e->text, e->len);
		output_add(a->q->out, "\n", 1);
	}
	return SERVER_ANSWERED;
}

static enum server_taken do_history(struct asked *a)
{
	static const char head[] = "history\n";

	output_add(a->q->out, head, sizeof(head) - 1);
	history_print(&a->r->live.history, a->q->out);
	return SERVER_ANSWERED;
}

static enum server_taken journal_show(struct asked *a, struct journal *j)
{
	const uint64_t from = take_number(a);

	if (strstr(a->rest, "wait") && from >= j->next && !a->q->last)
		return SERVER_NEWS;
	journal_print(j, from, a->q->out);
	return SERVER_ANSWERED;
}

static enum server_taken do_log(struct asked *a)
{
	return journal_show(a, &a->r->log);
}

static enum server_taken do_grant(struct asked *a)
{
	return requests_grant(a->r, a->q, a->rest);
}

static enum server_taken do_revoke(struct asked *a)
{
	return requests_revoke(a->r, a->q, a->rest);
}

static enum server_taken do_view(struct asked *a)
{
	return views_take(&a->r->views, a->q, a->rest);
}

static enum server_taken do_grants(struct asked *a)
{
	return requests_grants(a->r, a->q);
}

static enum server_taken do_report(struct asked *a)
{
	static const char unwanted[] = "unwanted\n";
	const struct authority *s = requests_system(a->r);

	if (!s || !s->inits || s->inits->config->report.wanted)
		return SERVER_CORE;
	output_add(a->q->out, unwanted, sizeof(unwanted) - 1);
	return SERVER_ANSWERED;
}

static enum server_taken do_events(struct asked *a)
{
	return journal_show(a, &a->r->events);
}

static const struct {
	const char *word;
	enum server_taken (*run)(struct asked *);
} table[] = {
	{ "apply", do_apply },   { "reload", do_reload },
	{ "config", do_config }, { "history", do_history },
	{ "log", do_log },       { "events", do_events },
	{ "grant", do_grant },   { "revoke", do_revoke },
	{ "grants", do_grants }, { "report", do_report },
	{ "view", do_view },
};

enum server_taken requests_take(struct requests *r,
                                const struct server_request *q)
{
	const size_t len = strcspn(q->line, " ");
	char *copy = util_text("%s", q->line + len);
	struct asked a = { r, q, copy };
	enum server_taken taken = SERVER_UNKNOWN;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strlen(table[i].word) == len &&
		    !memcmp(table[i].word, q->line, len))
			taken = table[i].run(&a);
	free(copy);
	return taken;
}

/* ---- life ---- */

static void dress(void *ctx, const struct config_text *text, bool back,
                  struct config_text *out)
{
	struct requests *r = ctx;

	views_dress(&r->views, text, back, out);
}

void requests_init(struct requests *r, struct system_file *config,
                   struct control *control, struct server *server)
{
	*r = (struct requests){ .server = server };
	journal_init(&r->log, LOG_LINES, LOG_BYTES);
	journal_init(&r->events, EVENTS, EVENT_BYTES);
	live_init(&r->live, config, control);
	views_init(&r->views, r);
	r->live.done = done;
	r->live.dress = dress;
	r->live.ctx = r;
}

void requests_fini(struct requests *r)
{
	while (r->waiting) {
		struct waiting_change *w = r->waiting;

		r->waiting = w->next;
		waiting_free(w);
	}
	grant_table_fini(&r->grants);
	views_fini(&r->views);
	system_close(r);
	live_fini(&r->live);
	journal_fini(&r->log);
	journal_fini(&r->events);
}
