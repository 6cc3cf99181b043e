/* SPDX-License-Identifier: MIT */
/* `fief grant`: let a component of a running system have a service, for a
 * while. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "command.h"
#include "component.h"
#include "route_edit.h"
#include "util.h"

enum { KEY_TO = 256, KEY_FOR };

struct grant_options {
	struct component_change change;
	struct route_grant rule; /* the texts of service and label are owned */
	uint64_t ms;             /* 0: without end */
};

/* ---- arguments ---- */

/* 90, 90s, 10m, 2h, 1d. */
static uint64_t duration(struct argp_state *state, const char *text)
{
	static const struct {
		char unit;
		uint64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	enum { LONGEST_DAYS = 3650 };
	char *end;
	double n = strtod(text, &end);
	uint64_t unit = *end ? 0 : 1;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (end[0] == units[i].unit && !end[1])
			unit = units[i].seconds;
	if (end == text || !unit || !(n > 0) ||
	    n * (double)unit > LONGEST_DAYS * 86400.0)
		argp_error(state,
		           "--for is \"%s\"; expected is a time such as "
		           "90s, 10m, 2h or 1d",
		           text);
	return (uint64_t)(n * (double)unit * 1000) + 1;
}

/* "SERVICE:LABEL" at its first colon. */
static void parse_service(struct grant_options *g, const char *arg,
                          struct argp_state *state)
{
	const size_t len = strcspn(arg, ":");

	if (!len || strpbrk(arg, "\t\n"))
		argp_error(state,
		           "\"%s\" is no service; expected is SERVICE "
		           "or SERVICE:LABEL",
		           arg);
	g->rule.service = util_text("%.*s", (int)len, arg);
	if (arg[len])
		g->rule.label = util_text("%s", arg + len + 1);
}

static error_t parse_argument(struct grant_options *g, char *arg,
                              struct argp_state *state)
{
	if (g->change.component && !g->rule.service) {
		parse_service(g, arg, state);
		return 0;
	}
	return component_argument(&g->change, arg, state);
}

static void parse_end(struct grant_options *g, struct argp_state *state)
{
	component_argument_end(&g->change, state);
	if (!g->rule.service)
		argp_error(state, "no SERVICE given");
	if (!g->rule.server || !*g->rule.server)
		argp_error(state, "no --to SERVER given: a component beside "
		                  "it, or \"parent\"");
	if (strpbrk(g->change.component, "\t\n") ||
	    strpbrk(g->rule.server, "\t\n"))
		argp_error(state, "a label has no tabs and newlines");
	g->rule.component = g->change.component;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct grant_options *g = state->input;

	switch (key) {
	case KEY_TO:
		g->rule.server = arg;
		return 0;
	case KEY_FOR:
		g->ms = duration(state, arg);
		return 0;
	case ARGP_KEY_ARG:
		return parse_argument(g, arg, state);
	case ARGP_KEY_END:
		parse_end(g, state);
		return 0;
	default:
		return submit_parse(key, arg, state, &g->change.submit);
	}
}

/* ---- the change ---- */

static int edit(struct submit *s, const struct component_change *c,
                struct config_text *out)
{
	const struct grant_options *g = c->arg;
	bool made;
	char *why = route_edit_add(&s->now, &g->rule, out, &made);

	if (!why)
		return 0;
	util_error("%s", why);
	free(why);
	return FIEF_EXIT_NOT_FOUND;
}

/* The instance makes it again by itself, and so knows what it is. */
static char *request(const struct submit *s, const struct component_change *c)
{
	const struct grant_options *g = c->arg;

	return util_text("grant %" PRIu64 " %" PRIu64 " %s\t%s\t%s%s\t%s",
	                 s->number, g->ms, g->rule.component, g->rule.service,
	                 g->rule.label ? "=" : "",
	                 g->rule.label ? g->rule.label : "", g->rule.server);
}

int command_grant(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "to", KEY_TO, "SERVER", 0,
		  "who serves it: a component of the same init that provides "
		  "the service, or \"parent\"",
		  1 },
		{ "for", KEY_FOR, "TIME", 0,
		  "end it after that time: 90s, 10m, 2h, 1d; else `fief "
		  "revoke` does",
		  1 },
		SUBMIT_OPTIONS,
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "COMPONENT SERVICE[:LABEL] [NAME]",
		.doc = "Let a component of a running system have a service: a "
		       "rule in front of its routes, until it is revoked or "
		       "its time is over. `fief grants` lists them. (`fief run "
		       "--grant` is about the host.)",
	};
	struct grant_options g = { .change = { .submit.timeout_ms =
		                                       SUBMIT_TIMEOUT_MS,
		                               .verb = "grant",
		                               .edit = edit,
		                               .request = request } };
	int code;

	g.change.arg = &g;
	command_parse(&argp, argc, argv, &g);
	code = component_change(&g.change);
	free((void *)(uintptr_t)g.rule.service);
	free((void *)(uintptr_t)g.rule.label);
	return code;
}
