/* SPDX-License-Identifier: MIT */
/* Changes of one component of a running system. */

#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "component.h"
#include "util.h"

int component_argument(struct component_change *c, char *arg,
                       struct argp_state *state)
{
	if (c->submit.system)
		argp_error(state, "unexpected argument \"%s\"", arg);
	if (c->component)
		c->submit.system = arg;
	else
		c->component = arg;
	return 0;
}

void component_argument_end(const struct component_change *c,
                            struct argp_state *state)
{
	if (!c->component || !*c->component)
		argp_error(state, "no COMPONENT given; `fief ps` lists them");
}

int component_parse(int key, char *arg, struct argp_state *state)
{
	struct component_change *c = state->input;

	if (key == ARGP_KEY_ARG)
		return component_argument(c, arg, state);
	if (key == ARGP_KEY_END)
		component_argument_end(c, state);
	else
		return submit_parse(key, arg, state, &c->submit);
	return 0;
}

int component_place(const struct submit *s, const char *component,
                    struct config_place *out)
{
	char near[LABEL_MAX + 1] = "";

	if (config_place_find(&s->now, component, out, near))
		return 0;
	if (listing_find(&s->running, component)) /* but it runs */
		util_error("\"%s\" is not started by the configuration of "
		           "system \"%s\", but by one that is not part of it",
		           component, s->target.name);
	else
		authority_not_found(component, near);
	return FIEF_EXIT_NOT_FOUND;
}

int component_change(const struct component_change *c)
{
	struct submit_change change = { 0 };
	struct submit s;
	char *origin, *request = NULL;
	int code = submit_open(&s, &c->submit, NULL);

	if (code)
		return code;
	code = c->edit(&s, c, &change.text);
	if (!code) {
		origin = util_text("%s of %s", c->verb, c->component);
		request = c->request ? c->request(&s, c) : NULL;
		change.origin = origin;
		change.request = request;
		change.file = s.target.name;
		code = submit_change(&s, &change);
		free(origin);
		free(request);
	}
	submit_close(&s);
	return code;
}
