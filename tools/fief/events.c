/* SPDX-License-Identifier: MIT */
/* `fief events`: what happened to the components of a running system. */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "follow.h"
#include "suggest.h"
#include "util.h"

enum { KEY_COMPONENT = 256, KEY_JSON, KEY_TYPE };

struct events {
	struct follow follow;
	const char *type; /* NULL: all */
	bool json;
};

static const char *const types[] = {
	"start",   "stop",       "exit", "crash",  "kill",   "fail",  "restart",
	"give-up", "incomplete", "deny", "config", "refuse", "apply",
};

static void parse_type(struct events *e, const char *word,
                       struct argp_state *state)
{
	struct suggest s;

	e->type = word;
	suggest_init(&s, word);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		suggest_offer(&s, types[i]);
		if (!strcmp(types[i], word))
			return;
	}
	if (suggest_result(&s))
		argp_error(state,
		           "there is no event \"%s\"; did you mean \"%s\"?",
		           word, suggest_result(&s));
	argp_error(state, "there is no event \"%s\"; --help lists them", word);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct events *e = state->input;

	switch (key) {
	case 'f':
		e->follow.follow = true;
		return 0;
	case KEY_COMPONENT:
		e->follow.component = arg;
		return 0;
	case KEY_TYPE:
		parse_type(e, arg, state);
		return 0;
	case KEY_JSON:
		e->json = true;
		return 0;
	case ARGP_KEY_ARG:
		return target_argument(&e->follow.system, arg, state);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Of these, the text is a number. */
static bool has_code(const struct record *r)
{
	return !strcmp(r->what, "exit") || !strcmp(r->what, "kill") ||
	       !strcmp(r->what, "crash");
}

static bool has_text(const struct record *r)
{
	return strcmp(r->what, "start") != 0 && strcmp(r->what, "stop") != 0 &&
	       !has_code(r);
}

static void print_json(const struct record *r, const char *time)
{
	char *label = util_utf8(r->label), *text = util_utf8(r->text);
	json_t *j = json_pack("{sIssss}", "number", (json_int_t)r->number,
	                      "time", time, "event", r->what);

	if (*label)
		json_object_set_new(j, "component", json_string(label));
	if (has_code(r))
		json_object_set_new(j, "code", json_integer(atoi(r->text)));
	else if (has_text(r))
		json_object_set_new(j, "text", json_string(text));
	json_dumpf(j, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(j);
	free(label);
	free(text);
}

static void print_line(const struct record *r, const char *time)
{
	char *label = util_safe(r->label), *text = util_safe(r->text);
	bool more = has_text(r) || has_code(r);

	printf("%s %-10s %s%s%s\n", time, r->what, label,
	       more && *label ? ": " : "", more ? text : "");
	free(label);
	free(text);
}

static bool wants(void *arg, const struct record *r)
{
	const struct events *e = arg;

	return !e->type || !strcmp(e->type, r->what);
}

static void take(void *arg, const struct record *r)
{
	const struct events *e = arg;
	char time[40];

	util_time(time, r->time_us);
	if (e->json)
		print_json(r, time);
	else
		print_line(r, time);
}

int command_events(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "follow", 'f', NULL, 0, "go on with what is to come", 0 },
		{ "component", KEY_COMPONENT, "LABEL", 0,
		  "only that component and those below it", 0 },
		{ "type", KEY_TYPE, "EVENT", 0, "only events of that type", 0 },
		{ "json", KEY_JSON, NULL, 0, "one JSON object a line", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[NAME]",
		.doc = "Tell what happened in a running system: start, exit, "
		       "crash, kill, stop, fail, restart, give-up, incomplete "
		       "and deny of components, config and refuse of inits, "
		       "apply and refuse of changes of the system.",
	};
	struct events e = {
		.follow = { .journal = "events", .wants = wants, .take = take }
	};

	e.follow.arg = &e;
	command_parse(&argp, argc, argv, &e);
	return follow(&e.follow);
}
