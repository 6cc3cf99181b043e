/* SPDX-License-Identifier: MIT */
/* `fief why`: who decides about a session, hop by hop; or, of a running system,
 * why a component does not get on. */

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "check.h"
#include "command.h"
#include "edit.h"
#include "json_text.h"
#include "util.h"
#include "why_component.h"

enum { KEY_JSON = 256, KEY_NAME };

struct why {
	/* NULL: not given. `file` alone is a component of `running`. */
	const char *file, *component, *service, *label;
	const char *running;
	bool json;
	struct authority system;
	struct findings findings;
	json_t *hops, *edits; /* with `json` */
};

/* ---- arguments ---- */

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct why *w = state->input;
	const char **const place[] = { &w->file, &w->component, &w->service,
		                       &w->label };

	if (key == KEY_JSON) {
		w->json = true;
	} else if (key == KEY_NAME) {
		w->running = arg;
	} else if (key == ARGP_KEY_ARG) {
		if (state->arg_num >= sizeof(place) / sizeof(place[0]))
			argp_error(state, "unexpected argument \"%s\"", arg);
		*place[state->arg_num] = arg;
	} else if (key == ARGP_KEY_END) {
		if (!w->file || (w->component && !w->service))
			argp_error(state,
			           "expected are SYSTEM.xml, COMPONENT and "
			           "SERVICE, or a COMPONENT of a running "
			           "system alone");
		if (w->component && w->running)
			argp_error(state, "--name is for a COMPONENT alone");
	} else {
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options =
		(const struct argp_option[]){
			{ "name", KEY_NAME, "NAME", 0,
	                  "the running system, if there are several", 0 },
			{ "json", KEY_JSON, NULL, 0, "as JSON, for programs",
	                  0 },
			{ 0 },
		},
	.parser = parse,
	.args_doc = "SYSTEM.xml COMPONENT SERVICE [LABEL]\nCOMPONENT",
	.doc = "Tell who would serve a session of a component, without running "
	       "the system: the rule that decides in each init on the way, the "
	       "label there and the server; or why it is denied, and what to "
	       "insert where to allow it. COMPONENT is called as in `fief ps`; "
	       "\"init -> \" may be left out. Ends with 0 if the session is "
	       "granted, with 119 if it is denied.\n"
	       "With COMPONENT alone: tell why that one of a running system "
	       "is incomplete, blocked, denied, restarting or crashed.",
};

/* ---- printing ---- */

/* Control characters of labels do not reach a terminal. */
FIEF_PRINTF(1, 2) static void say(const char *format, ...)
{
	char *text = NULL, *safe;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		abort(); /* out of memory */
	safe = util_alloc((size_t)n * UTIL_SAFE_GROWTH + 1);
	util_safe_text(safe, text, (size_t)n);
	puts(safe);
	free(safe);
	free(text);
}

static void print_rule(struct why *w, const struct authority_hop *h)
{
	struct node_place at = { 0 };
	char *text = authority_rule(h, &at);

	if (w->json)
		json_array_append_new(
			w->hops,
			json_pack("{ssss?sssissss*}", "init", h->init->label,
		                  "client", h->client ? h->client->name : NULL,
		                  "label", h->sent.text, "line", (int)at.line,
		                  "result",
		                  h->result == ROUTE_FOUND ? "found" : "denied",
		                  "rule", text));
	else if (text && h->client)
		say("  %s:%u:%u: %s decides in %s about \"%s\", label \"%s\"",
		    w->system.file, at.line, at.column, text, h->init->label,
		    h->client->name, h->sent.text);
	else if (text)
		say("  %s:%u:%u: %s decides in %s about what its parent asks "
		    "for, label \"%s\"",
		    w->system.file, at.line, at.column, text, h->init->label,
		    h->sent.text);
	free(text);
}

static void print_edits(struct why *w, const struct edits *e)
{
	for (size_t i = 0; i < e->count; i++) {
		const struct edit *x = &e->list[i];

		if (w->json)
			json_array_append_new(
				w->edits,
				json_pack("{sssisissss*}", "file",
			                  w->system.file, "line",
			                  (int)x->at.line, "column",
			                  (int)x->at.column, "insert", x->text,
			                  "instead_of", x->instead));
		else if (x->instead)
			say("  %s:%u:%u: replace %s by %s", w->system.file,
			    x->at.line, x->at.column, x->instead, x->text);
		else
			say("  %s:%u:%u: insert %s", w->system.file, x->at.line,
			    x->at.column, x->text);
	}
}

/* ---- what would allow it ---- */

/* One hop. True: the request goes on to the init above, with `label`. */
static bool allow_hop(struct why *w, const struct authority_hop *h,
                      enum authority_outcome outcome, struct label *label,
                      size_t *count)
{
	struct edits e = { 0 };

	if (outcome == AUTHORITY_CORE) {
		*label = h->label;
		return true;
	}
	if (outcome != AUTHORITY_DENIED)
		return false;
	edit_find(&w->system, h, w->service, w->label && *w->label, &e);
	if (!*count && e.count && !w->json)
		puts("to allow it:");
	print_edits(w, &e);
	*count += e.count;
	edits_fini(&e);
	return h->client && e.leads_on &&
	       !label_compose(label, h->client->name, h->sent.text);
}

/* The hop that denies, and those above that would deny what it then lets
 * through. Returns how many edits that takes. */
static size_t allow(struct why *w, const struct authority_way *way)
{
	struct authority_hop h = way->hop[way->hops - 1];
	enum authority_outcome outcome = way->outcome;
	struct label label;
	size_t count = 0;

	while (allow_hop(w, &h, outcome, &label, &count) && h.init->outer) {
		const struct authority_ask up = { .init = h.init->outer,
			                          .client = h.init->start,
			                          .service = w->service,
			                          .label = label.text };

		outcome = authority_step(&up, &h);
	}
	return count;
}

/* ---- the answer ---- */

static void say_denied(const struct authority_way *way)
{
	char *text = authority_denial(way);

	say("denied: %s", text);
	free(text);
}

static void say_granted(const struct authority_way *way, const char *server)
{
	const struct authority_hop *h = &way->hop[way->hops - 1];

	if (way->outcome == AUTHORITY_LOCAL)
		say("granted: %s serves it from the <config> of \"%s\"", server,
		    h->client->name);
	else
		say("granted: %s serves it, label \"%s\"", server,
		    way->outcome == AUTHORITY_CORE ? way->core.text :
		                                     h->label.text);
}

static void print_json(struct why *w, const struct authority_way *way,
                       const char *server)
{
	const struct authority_hop *h = &way->hop[way->hops - 1];
	bool granted = authority_granted(way);
	json_t *j = json_pack(
		"{sbss*ss*ss*soso}", "granted", granted, "server",
		granted ? server : NULL, "label",
		!granted                       ? NULL :
		way->outcome == AUTHORITY_CORE ? way->core.text :
						 h->label.text,
		"denied",
		way->outcome == AUTHORITY_DENIED ? check_why(h->result) : NULL,
		"hops", w->hops, "edits", w->edits);

	json_show(j);
}

/* A policy leads to a child that is not there, or does not provide it. */
static bool waits(const struct authority_way *way)
{
	const struct authority_hop *h = &way->hop[way->hops - 1];

	return !h->client && h->result == ROUTE_REFUSED;
}

static void say_nothing(const struct why *w)
{
	const char *near = authority_service_near(&w->system, w->service);

	if (near)
		say("nothing in this system could serve it; did you mean "
		    "\"%s\"?",
		    near);
	else
		puts("nothing in this system could serve it");
}

static void answer(struct why *w, const struct authority_way *way)
{
	const bool granted = authority_granted(way);
	struct label server = { 0 };

	w->hops = w->json ? json_array() : NULL;
	w->edits = w->json ? json_array() : NULL;
	for (unsigned i = 0; i < way->hops; i++)
		print_rule(w, &way->hop[i]);
	if (granted)
		authority_server(way, &server);
	if (!w->json && granted)
		say_granted(way, server.text);
	else if (!w->json)
		say_denied(way);
	if (way->outcome == AUTHORITY_DENIED && !allow(w, way) && !w->json &&
	    !waits(way))
		say_nothing(w);
	if (w->json)
		print_json(w, way, server.text);
}

static int decide(struct why *w)
{
	char near[LABEL_MAX + 1];
	struct authority_ask ask = { .service = w->service,
		                     .label = w->label ? w->label : "" };
	struct authority_way way;

	if (!w->system.inits || w->findings.errors)
		findings_print(&w->findings, w->system.file);
	if (!w->system.inits)
		return FIEF_EXIT_CONFIG;
	ask.client = authority_find(&w->system, w->component, &ask.init, near);
	if (!ask.client) {
		authority_not_found(w->component, near);
		return FIEF_EXIT_NOT_FOUND;
	}
	authority_walk(&ask, &way);
	answer(w, &way);
	return authority_granted(&way) ? 0 : FIEF_EXIT_DENIED;
}

int command_why(int argc, char **argv)
{
	struct why w = { 0 };
	int code;

	command_parse(&argp, argc, argv, &w);
	if (!w.component)
		return why_component(
			&(struct why_component){ w.running, w.file, w.json });
	code = authority_open(&w.system, w.file, &w.findings);
	if (code)
		return code;
	code = decide(&w);
	authority_close(&w.system);
	findings_fini(&w.findings);
	return code;
}
