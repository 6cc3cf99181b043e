/* SPDX-License-Identifier: MIT */
/* What the log of a system tells. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lib/label.h>

#include "observe.h"
#include "util.h"

/* What an init says of a child, whose name in quotes is in front. */
static const struct {
	const char *words, *event;
	bool number; /* only what follows the words counts */
} sayings[] = {
	{ " exited with code ", "exit", true },
	{ " has no route to service ", "deny" },
	{ " has a route, but no provider there", "deny" },
	{ " finds several children that provide", "deny" },
	{ " cannot pay ", "deny" },
	{ " stays incomplete: ", "incomplete" },
	{ " starts again in ", "restart" },
	{ " stays ended: ", "give-up" },
};

/* The name between the quotes of `Error: "NAME" ...`; the rest follows it. */
static char *child_of(const char *text, const char **rest)
{
	const char *from = strchr(text, '"'), *to;

	if (!from || from - text > (long)sizeof("Warning: "))
		return NULL;
	to = strchr(from + 1, '"');
	if (!to)
		return NULL;
	*rest = to + 1;
	return util_text("%.*s", (int)(to - from - 1), from + 1);
}

/* What it says of the child, in `*more`. */
static const char *event_of(const char *rest, const char **more)
{
	for (size_t i = 0; i < sizeof(sayings) / sizeof(sayings[0]); i++) {
		const size_t len = strlen(sayings[i].words);

		if (strncmp(rest, sayings[i].words, len) != 0)
			continue;
		*more = rest + (sayings[i].number ? len : 1);
		return sayings[i].event;
	}
	return NULL;
}

/* Of its own configuration. */
static void init_says_itself(struct requests *r, const char *init,
                             const char *text)
{
	static const char refused[] = "Error: config not applied";

	if (!strcmp(text, "config applied"))
		requests_event(r, init, "config", "applied");
	else if (!strncmp(text, refused, sizeof(refused) - 1))
		requests_event(r, init, "refuse", text + sizeof("Error:"));
}

static void init_says(struct requests *r, const char *init, const char *text)
{
	const char *rest = NULL, *event;
	char *child = child_of(text, &rest);
	char *label;

	event = child ? event_of(rest, &rest) : NULL;
	if (event) {
		label = util_text("%s" LABEL_SEPARATOR "%s", init, child);
		requests_event(r, label, event, rest);
		free(label);
	}
	free(child);
}

static void line(void *ctx, const char *label, size_t label_len,
                 const char *text, size_t text_len)
{
	struct requests *r = ctx;
	char *from = util_text("%.*s", (int)label_len, label);
	char *what = util_text("%.*s", (int)text_len, text);

	journal_add(&r->log, label, label_len, text, text_len);
	if (requests_is_init(r, from)) {
		init_says(r, from, what);
		init_says_itself(r, from, what);
	}
	live_line(&r->live, label, label_len, text, text_len);
	r->news = true;
	free(from);
	free(what);
}

static void event(void *ctx, const char *what, const char *label, int code)
{
	struct requests *r = ctx;
	char more[16];

	snprintf(more, sizeof(more), "%d", code);
	requests_event(r, label, what, more);
	r->news = true;
}

struct log_listener observe_listener(struct requests *r)
{
	return (struct log_listener){ line, event, r };
}
