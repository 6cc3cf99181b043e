/* SPDX-License-Identifier: MIT */
/* Rules that were granted while a system runs. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "grant_table.h"
#include "util.h"

static void grant_fini(struct grant *g)
{
	free((void *)(uintptr_t)g->rule.component);
	free((void *)(uintptr_t)g->rule.service);
	free((void *)(uintptr_t)g->rule.label);
	free((void *)(uintptr_t)g->rule.server);
}

static void grant_forget(struct grant_table *t, size_t i)
{
	grant_fini(&t->list[i]);
	t->count--;
	memmove(&t->list[i], &t->list[i + 1],
	        (t->count - i) * sizeof(t->list[0]));
}

void grant_table_fini(struct grant_table *t)
{
	while (t->count)
		grant_forget(t, t->count - 1);
}

/* ---- adding ---- */

/* Cut off a field; NULL if there is none. */
static char *field(const char **line)
{
	const char *tab = strchr(*line, '\t');
	size_t len = tab ? (size_t)(tab - *line) : strlen(*line);
	char *text = util_text("%.*s", (int)len, *line);

	*line += len + (tab != NULL);
	return text;
}

static void grant_parse(const char *line, struct grant *g)
{
	char *end, *label;
	uint64_t ms = strtoull(line, &end, 10);

	line = end + (*end == ' ');
	g->due = ms ? util_now_ms() + (int64_t)ms : UTIL_NEVER;
	g->rule.component = field(&line);
	g->rule.service = field(&line);
	label = field(&line);
	g->rule.label = *label == '=' ? util_text("%s", label + 1) : NULL;
	free(label);
	g->rule.server = field(&line);
}

/* Ended ones make room; they were only kept in case that one comes back. */
static bool make_room(struct grant_table *t)
{
	for (size_t i = 0; i < t->count && t->count == GRANTS_MAX; i++)
		if (t->list[i].ended)
			grant_forget(t, i);
	return t->count < GRANTS_MAX;
}

char *grant_table_add(struct grant_table *t, const char *line,
                      const struct authority *now, struct config_text *text,
                      char **origin)
{
	struct grant *g;
	char *why;

	if (!make_room(t))
		return util_text("there are %d grants already", GRANTS_MAX);
	g = &t->list[t->count];
	*g = (struct grant){ .id = t->made + 1 };
	grant_parse(line, g);
	why = route_edit_add(now, &g->rule, text, &g->made);
	if (why) {
		grant_fini(g);
		return why;
	}
	t->made++;
	t->count++;
	t->adding = true;
	*origin = util_text("grant %" PRIu64 " of %s to %s", g->id,
	                    g->rule.service, g->rule.component);
	return NULL;
}

/* ---- ending ---- */

static struct grant *find(struct grant_table *t, uint64_t id)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->list[i].id == id && !t->list[i].ended)
			return &t->list[i];
	return NULL;
}

char *grant_table_end(struct grant_table *t, uint64_t id,
                      const struct authority *now, struct config_text *text,
                      char **origin)
{
	struct grant *g = find(t, id);

	if (!g)
		return util_text("there is no grant %" PRIu64
		                 "; `fief grants` lists them",
		                 id);
	if (!route_edit_remove(now, &g->rule, g->made, text)) {
		*text = (struct config_text){ 0 };
		g->ended = true;
		g->last = UINT64_MAX;
		return NULL;
	}
	t->ending = g;
	*origin = util_text("end of grant %" PRIu64 " of %s to %s", g->id,
	                    g->rule.service, g->rule.component);
	return NULL;
}

/* ---- what came of it ---- */

/* It has ended, but is back with a configuration of its time. */
static void revive(struct grant *g, const struct history_entry *now)
{
	if (!g->ended || now->same_as == now->number ||
	    now->same_as < g->first || now->same_as > g->last)
		return;
	g->ended = false;
	g->due = util_now_ms();
}

void grant_table_changed(struct grant_table *t, const struct history_entry *now)
{
	if (t->adding && now)
		t->list[t->count - 1].first = now->number;
	else if (t->adding)
		grant_forget(t, t->count - 1);
	if (t->ending && now) {
		t->ending->ended = true;
		t->ending->last = now->number - 1;
	} else if (t->ending) {
		/* Once more, a little later. */
		t->ending->due = util_now_ms() + 1000;
	}
	for (size_t i = 0; now && !t->adding && i < t->count; i++)
		revive(&t->list[i], now);
	t->adding = false;
	t->ending = NULL;
}

struct grant *grant_table_due(struct grant_table *t)
{
	const int64_t now = util_now_ms();

	for (size_t i = 0; i < t->count; i++)
		if (!t->list[i].ended && t->list[i].due != UTIL_NEVER &&
		    t->list[i].due <= now)
			return &t->list[i];
	return NULL;
}

int64_t grant_table_next(const struct grant_table *t)
{
	int64_t next = UTIL_NEVER;

	for (size_t i = 0; i < t->count; i++)
		if (!t->list[i].ended)
			next = util_earlier(next, t->list[i].due);
	return next;
}

/* ---- telling ---- */

static bool in_force(const struct grant *g, const struct authority *now)
{
	struct config_text text;
	bool there = route_edit_remove(now, &g->rule, g->made, &text);

	if (there)
		free(text.bytes);
	return there;
}

static void print_one(const struct grant *g, struct output *out)
{
	int64_t left = g->due == UTIL_NEVER ? -1 : g->due - util_now_ms();
	char *line;

	if (left < 0 && g->due != UTIL_NEVER)
		left = 0;
	line = util_text("%" PRIu64 "\t%" PRId64 "\t%s\t%s\t%s%s\t%s\n", g->id,
	                 left, g->rule.component, g->rule.service,
	                 g->rule.label ? "=" : "",
	                 g->rule.label ? g->rule.label : "", g->rule.server);
	output_add(out, line, strlen(line));
	free(line);
}

void grant_table_print(struct grant_table *t, const struct authority *now,
                       struct output *out)
{
	for (size_t i = 0; i < t->count; i++)
		if (!t->list[i].ended && in_force(&t->list[i], now))
			print_one(&t->list[i], out);
}
