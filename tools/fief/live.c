/* SPDX-License-Identifier: MIT */
/* The configuration of a running system, and its changes. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <init/config.h>

#include "config_text.h"
#include "live.h"
#include "util.h"

enum { INIT_MS = 10000 }; /* init gets that long to say what came of it */

void live_init(struct live *l, struct system_file *config,
               struct control *control)
{
	struct config_text t;

	*l = (struct live){ .config = config, .control = control };
	if (!config || system_file_text(config, &t))
		return;
	history_add(&l->history, "fief run", t.bytes, t.len, 0);
	free(t.bytes);
}

void live_fini(struct live *l)
{
	history_fini(&l->history);
	free(l->error);
	free(l->origin);
	free(l->text);
	l->error = l->origin = l->text = NULL;
}

/* ---- checks ---- */

static bool is_init(const struct live *l)
{
	return !strcmp(l->config->core->init, "init");
}

/* Why a text cannot be a configuration; the caller frees it. NULL: it can. */
static char *mistake(const struct live *l, const char *text, size_t len)
{
	struct config_text t = { (char *)(uintptr_t)text, len };
	struct node_xml_input in = config_text_input(&t);
	struct arena_source source = config_text_memory;
	struct node_error err = { 0 };
	const struct config *config;
	struct arena arena;
	struct node *root;
	enum fief_err e;

	arena_init(&arena, &source);
	e = is_init(l) ? config_parse(&in, &arena, &err, &config) :
	                 node_xml_parse(&in, &arena, &err, &root);
	arena_fini(&arena);
	return e ? util_text("refused at %u:%u: %s", err.at.line, err.at.column,
	                     err.text) :
	           NULL;
}

/* ---- one change ---- */

static bool in_force(const struct live *l, const char *text, size_t len)
{
	const struct history_entry *now = history_last(&l->history);

	return now->len == len && !memcmp(now->text, text, len);
}

static void end(struct live *l, const char *error)
{
	char *origin = l->origin, *text = l->text, *why = l->error;
	const uint64_t client = l->client;

	l->state = LIVE_IDLE;
	l->origin = l->text = l->error = NULL;
	l->back = false;
	if (!error && !in_force(l, text, l->len))
		history_add(&l->history, origin, text, l->len, l->same_as);
	l->change_done(l->ctx, client, error);
	free(origin);
	free(text);
	free(why);
}

static void store(struct live *l, const char *text, size_t len)
{
	const struct config_text t = { (char *)(uintptr_t)text, len };
	struct config_text dressed = { 0 };
	int failed;

	l->state = LIVE_STORED;
	l->word = WORD_NONE;
	l->deadline = util_now_ms() + INIT_MS;
	if (l->dress)
		l->dress(l->ctx, &t, l->back, &dressed);
	failed = system_file_store(l->config, l->dress ? &dressed : &t);
	free(dressed.bytes);
	if (failed)
		end(l, "there is no memory for the configuration");
}

/* What was before stands again; init must not come across this text later. */
static void refuse(struct live *l, const char *error)
{
	const struct history_entry *before = history_last(&l->history);

	if (l->back || !before) {
		end(l, l->error ? l->error : error);
		return;
	}
	l->back = true;
	l->error = util_text("%s", error);
	store(l, before->text, before->len);
}

/* Why it need not, or must not, begin; the caller frees it. */
static char *obstacle(const struct live *l, const struct live_change *c)
{
	const struct history_entry *now = history_last(&l->history);

	if (!l->config || !now)
		return util_text("this system has no configuration that could "
		                 "change");
	if (c->base && c->base != now->number)
		return util_text("the configuration was changed meanwhile, by "
		                 "%s",
		                 now->origin);
	return mistake(l, c->text, c->len);
}

static void take(struct live *l, const struct live_change *c)
{
	l->origin = util_text("%.*s", HISTORY_ORIGIN_MAX, c->origin);
	l->text = util_alloc(c->len + 1);
	memcpy(l->text, c->text, c->len);
	l->len = c->len;
	l->same_as = c->same_as;
	l->client = c->client;
	l->change_done = c->done ? c->done : l->done;
}

bool live_begin(struct live *l, const struct live_change *change)
{
	const struct history_entry *now = history_last(&l->history);
	struct live_change c = *change;
	char *why;

	if (l->state != LIVE_IDLE)
		return false;
	if (!c.text && now) {
		c.text = now->text;
		c.len = now->len;
		c.again = true;
	}
	why = obstacle(l, &c);
	if (why || (!c.again && in_force(l, c.text, c.len))) {
		(c.done ? c.done : l->done)(l->ctx, c.client, why);
		free(why);
		return true;
	}
	take(l, &c);
	store(l, l->text, l->len);
	live_step(l);
	return true;
}

int64_t live_step(struct live *l)
{
	if (l->state == LIVE_IDLE)
		return UTIL_NEVER;
	if (l->state == LIVE_STORED &&
	    control_send(l->control, "reload config"))
		l->state = LIVE_TOLD;
	if (util_now_ms() < l->deadline)
		return l->deadline;
	refuse(l, "init did not say within 10 s that it has applied it");
	return live_step(l);
}

/* Both the answer of core and the word of init are there, in either order. */
static void settle(struct live *l)
{
	if (l->back)
		end(l, l->error);
	else if (l->word == WORD_REFUSED)
		refuse(l, "init refused it; its log tells why");
	else
		end(l, NULL);
}

bool live_core_answered(struct live *l)
{
	/* Whom core did not tell will read it at its start. */
	static const char none[] = "told 0\n";
	bool unread;

	if (l->state != LIVE_TOLD)
		return false;
	unread = !strcmp(l->control->answer, none);
	l->state = LIVE_READING;
	if (!is_init(l) || unread) /* others do with it what they like */
		end(l, l->back ? l->error : NULL);
	else if (l->word != WORD_NONE)
		settle(l);
	return true;
}

static enum live_word word_of(const char *text, size_t len)
{
	static const char applied[] = "config applied",
			  refused[] = "Error: config not applied";

	if (len == sizeof(applied) - 1 && !memcmp(text, applied, len))
		return WORD_APPLIED;
	if (len >= sizeof(refused) - 1 &&
	    !memcmp(text, refused, sizeof(refused) - 1))
		return WORD_REFUSED;
	return WORD_NONE;
}

void live_line(struct live *l, const char *label, size_t label_len,
               const char *text, size_t text_len)
{
	const enum live_word word = word_of(text, text_len);

	if ((l->state != LIVE_TOLD && l->state != LIVE_READING) ||
	    label_len != 4 || memcmp(label, "init", 4) != 0 ||
	    word == WORD_NONE)
		return;
	l->word = word;
	if (l->state == LIVE_READING)
		settle(l);
}
