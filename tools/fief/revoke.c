/* SPDX-License-Identifier: MIT */
/* `fief revoke`: end what was granted. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "command.h"
#include "component.h"
#include "granted.h"
#include "route_edit.h"
#include "util.h"

enum { KEY_ALL = 256 };

struct revoke {
	struct component_change change; /* `component` is the ID, too */
	bool all;
	struct granted_list list;
	const struct granted *grant; /* the one that ends */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct revoke *r = state->input;

	switch (key) {
	case KEY_ALL:
		r->all = true;
		return 0;
	case ARGP_KEY_ARG:
		return component_argument(&r->change, arg, state);
	case ARGP_KEY_END:
		if (!r->all && !r->change.component)
			argp_error(state, "expected is an ID or a COMPONENT "
			                  "that `fief grants` lists, or --all");
		if (r->all && r->change.submit.system)
			argp_error(state, "either an ID or --all");
		if (r->all) /* then the only argument is the system */
			r->change.submit.system = r->change.component;
		return 0;
	default:
		return submit_parse(key, arg, state, &r->change.submit);
	}
}

/* What the instance will do; it does not matter here whether it had to copy
 * the default routes: those that stay are the same. */
static int edit(struct submit *s, const struct component_change *c,
                struct config_text *out)
{
	const struct revoke *r = c->arg;
	const struct granted *g = r->grant;
	const struct route_grant rule = { g->component, g->service, g->label,
		                          g->server };

	if (route_edit_remove(&s->now, &rule, true, out))
		return 0;
	util_error("the rule of grant %llu is not in the configuration any "
	           "more",
	           (unsigned long long)g->id);
	return FIEF_EXIT_NOT_FOUND;
}

static char *request(const struct submit *s, const struct component_change *c)
{
	const struct revoke *r = c->arg;

	return util_text("revoke %" PRIu64 " %" PRIu64, s->number,
	                 r->grant->id);
}

static bool meant(const struct revoke *r, const struct granted *g)
{
	char *end;
	uint64_t id;

	if (r->all)
		return true;
	id = strtoull(r->change.component, &end, 10);
	if (end != r->change.component && !*end)
		return id == g->id;
	return !strcmp(g->component, r->change.component);
}

static int fetch(struct revoke *r)
{
	struct target t;
	int code = target_open(&t, r->change.submit.system, NULL);

	if (code)
		return code;
	code = granted_fetch(&t, &r->list);
	target_close(&t);
	return code;
}

static int run(struct revoke *r)
{
	const char *component = r->change.component;
	int code = fetch(r), one;
	bool any = false;

	if (code)
		return code;
	for (size_t i = 0; i < r->list.count; i++) {
		r->grant = &r->list.grant[i];
		if (!meant(r, r->grant))
			continue;
		any = true;
		one = component_change(&r->change);
		code = one ? one : code;
	}
	if (!any && !r->all) {
		util_error("there is no grant \"%s\"; `fief grants` lists them",
		           component);
		code = FIEF_EXIT_NOT_FOUND;
	}
	granted_fini(&r->list);
	return code;
}

int command_revoke(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "all", KEY_ALL, NULL, 0, "all grants of the system", 1 },
		SUBMIT_OPTIONS,
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "ID|COMPONENT [NAME]\n--all [NAME]",
		.doc = "End what `fief grant` gave: one grant by its number, "
		       "or "
		       "all of a component.",
	};
	struct revoke r = { .change = { .submit.timeout_ms = SUBMIT_TIMEOUT_MS,
		                        .verb = "revoke",
		                        .edit = edit,
		                        .request = request } };

	r.change.arg = &r;
	command_parse(&argp, argc, argv, &r);
	if (r.all)
		r.change.component = "all";
	return run(&r);
}
