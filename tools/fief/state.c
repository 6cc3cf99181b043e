/* SPDX-License-Identifier: MIT */
/* `fief state`: the state report of init. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <fief/exit_code.h>
#include <lib/label.h>

#include "command.h"
#include "json_text.h"
#include "overview.h"
#include "util.h"

enum { KEY_JSON = 256, KEY_NAME };

enum {
	PATIENCE_MS = 2000, /* beyond the delay of the report itself */
	PAUSE_NS = 10000000
};

struct state {
	const char *system, *component; /* NULL: not given */
	bool json;
	struct overview overview;
};

/* ---- arguments ---- */

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct state *s = state->input;

	if (key == KEY_JSON)
		s->json = true;
	else if (key == KEY_NAME)
		s->system = arg;
	else if (key == ARGP_KEY_ARG && s->component)
		argp_error(state,
		           "unexpected argument \"%s\"; a system is chosen by "
		           "--name",
		           arg);
	else if (key == ARGP_KEY_ARG)
		s->component = strcmp(arg, "init") ? arg : NULL; /* all */
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

static const struct argp_option options[] = {
	{ "name", KEY_NAME, "NAME", 0, "the system, if several are running",
	  0 },
	{ "json", KEY_JSON, NULL, 0, "as JSON, for programs", 0 },
	{ 0 },
};

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[COMPONENT]",
	.doc = "Print the newest state report of the first init of a running "
	       "system, or what it says of one of its children: states, "
	       "reasons, quota and sessions, as far as the <report> of its "
	       "configuration asks for them.",
};

/* ---- without a report ---- */

static int tell_unwanted(const struct state *s)
{
	util_error("the configuration of system \"%s\" has no <report>: insert "
	           "<report requested=\"yes\" child_ram=\"yes\"/> into its "
	           "<config> and apply it; `fief ps` and `fief why COMPONENT` "
	           "work without",
	           s->overview.target.name);
	return FIEF_EXIT_NOT_FOUND;
}

static int tell_none(const struct state *s)
{
	util_error("no state report has come from system \"%s\" yet",
	           s->overview.target.name);
	return FIEF_EXIT_NOT_FOUND;
}

/* The first one comes a while after the start. */
static int64_t patience(const struct state *s)
{
	const struct authority_init *in = s->overview.config.inits;

	return in && in->config->report.delay_ms < PATIENCE_MS ? PATIENCE_MS :
	                                                         0;
}

static int wait_for_report(struct state *s)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	struct report *r = &s->overview.report;
	int64_t until = util_now_ms() + patience(s);
	int code = 0;

	while (!code && r->there == REPORT_NONE && util_now_ms() < until) {
		nanosleep(&pause, NULL);
		code = report_fetch(&s->overview.target, r);
	}
	if (code)
		return code;
	if (r->there == REPORT_NONE)
		return tell_none(s);
	return r->there == REPORT_UNWANTED ? tell_unwanted(s) : 0;
}

/* ---- with one ---- */

static int unreadable(const struct state *s)
{
	const struct report *r = &s->overview.report;

	util_error("the state report of system \"%s\" cannot be read: %u:%u: "
	           "%s",
	           s->overview.target.name, r->mistake.at.line,
	           r->mistake.at.column, r->mistake.text);
	return FIEF_EXIT_FRAMEWORK;
}

/* Of one child. */
static int no_such_child(const char *label)
{
	const char *name = label_scoped(label, "init");

	if (name && strstr(name, LABEL_SEPARATOR))
		util_error("the state report of the first init tells of its "
		           "own children only; `fief why \"%s\"` tells what is "
		           "known of that one",
		           name);
	else
		util_error("the state report does not tell of \"%s\"", label);
	return FIEF_EXIT_NOT_FOUND;
}

static void print_json(const struct state *s, const struct node *n)
{
	const struct overview *o = &s->overview;

	json_show(json_pack(
		"{sisssIsIso}", "version", 1, "system", o->target.name,
		"number", (json_int_t)o->report.number, "age_ms",
		(json_int_t)o->report.age_ms,
		s->component ? "component" : "state", report_json(n)));
}

static int show_child(const struct state *s)
{
	char *label = overview_label(&s->overview, s->component);
	const struct node *n =
		label ? report_child(&s->overview.report, label) : NULL;
	int code = 0;

	if (!label)
		code = FIEF_EXIT_NOT_FOUND;
	else if (!n)
		code = no_such_child(label);
	else if (s->json)
		print_json(s, n);
	else
		report_print(n);
	free(label);
	return code;
}

static int show(const struct state *s)
{
	const struct report *r = &s->overview.report;

	if (!s->component && !s->json) {
		report_print_all(r);
		return 0;
	}
	if (!r->root)
		return unreadable(s);
	if (s->component)
		return show_child(s);
	print_json(s, r->root);
	return 0;
}

int command_state(int argc, char **argv)
{
	struct state s = { 0 };
	int code;

	command_parse(&argp, argc, argv, &s);
	code = overview_open(&s.overview, s.system);
	if (code)
		return code;
	code = wait_for_report(&s);
	if (!code)
		code = show(&s);
	overview_close(&s.overview);
	return code;
}
