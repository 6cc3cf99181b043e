/* SPDX-License-Identifier: MIT */
/* `fief log`: the last lines of a running system, and those to come. */

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "follow.h"
#include "util.h"

enum { KEY_COMPONENT = 256, KEY_ALONE, KEY_JSON };

struct log {
	struct follow follow;
	bool json, colour;
};

static uint64_t lines(struct argp_state *state, const char *text)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || !n)
		argp_error(state,
		           "--lines is \"%s\"; expected is a number "
		           "above 0",
		           text);
	return n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct log *l = state->input;

	switch (key) {
	case 'f':
		l->follow.follow = true;
		return 0;
	case 'n':
		l->follow.last = lines(state, arg);
		return 0;
	case KEY_COMPONENT:
		l->follow.component = arg;
		return 0;
	case KEY_ALONE:
		l->follow.alone = true;
		return 0;
	case KEY_JSON:
		l->json = true;
		return 0;
	case ARGP_KEY_ARG:
		return target_argument(&l->follow.system, arg, state);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void print_line(const struct log *l, const struct record *r)
{
	char *label = util_safe(r->label), *text = util_safe(r->text);

	printf("%s[%s]%s %s\n", l->colour ? "\033[36m" : "", label,
	       l->colour ? "\033[0m" : "", text);
	free(label);
	free(text);
}

static void print_json(const struct record *r)
{
	char time[40], *label = util_utf8(r->label), *text = util_utf8(r->text);
	json_t *j;

	util_time(time, r->time_us);
	j = json_pack("{ssssss}", "time", time, "label", label, "text", text);
	json_dumpf(j, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(j);
	free(label);
	free(text);
}

static void take(void *arg, const struct record *r)
{
	const struct log *l = arg;

	if (l->json)
		print_json(r);
	else
		print_line(l, r);
}

int command_log(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "follow", 'f', NULL, 0, "go on with what is to come", 0 },
		{ "lines", 'n', "N", 0, "only the last N lines", 0 },
		{ "component", KEY_COMPONENT, "LABEL", 0,
		  "only that component and those below it", 0 },
		{ "alone", KEY_ALONE, NULL, 0, "without those below it", 0 },
		{ "json", KEY_JSON, NULL, 0, "one JSON object a line", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[NAME]",
		.doc = "Show the last lines of the log of a running system.",
	};
	struct log l = { .follow = { .journal = "log", .take = take },
		         .colour = util_colour(STDOUT_FILENO) };

	l.follow.arg = &l;
	command_parse(&argp, argc, argv, &l);
	return follow(&l.follow);
}
