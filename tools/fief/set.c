/* SPDX-License-Identifier: MIT */
/* `fief set`: another quota for a component. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>
#include <lib/number.h>

#include "command.h"
#include "component.h"
#include "core_options.h"
#include "suggest.h"
#include "util.h"

static const struct setting {
	const char *attr;
	const char *resource[2]; /* what <resource> calls it */
	uint64_t max;
} settings[] = {
	{ "ram", { "RAM", "RAM" }, CORE_RAM_MAX },
	{ "caps", { "CAP", "CAPS" }, CORE_CAPS_MAX },
};

enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };

struct set {
	struct component_change change;
	const char *value[SETTINGS]; /* NULL: as it is */
};

/* ---- arguments ---- */

static void unknown(struct argp_state *state, const char *word)
{
	struct suggest s;

	suggest_init(&s, word);
	for (size_t i = 0; i < SETTINGS; i++)
		suggest_offer(&s, settings[i].attr);
	if (suggest_result(&s))
		argp_error(state,
		           "there is no setting \"%s\"; did you mean \"%s\"?",
		           word, suggest_result(&s));
	argp_error(state, "there is no setting \"%s\", only ram and caps",
	           word);
}

static void parse_setting(struct set *s, char *arg, struct argp_state *state)
{
	char *value = strchr(arg, '=');
	uint64_t n = 0;

	*value++ = '\0';
	for (size_t i = 0; i < SETTINGS; i++) {
		if (strcmp(settings[i].attr, arg) != 0)
			continue;
		if (number_parse(value, settings[i].max, &n) || !n)
			argp_error(state,
			           "%s is \"%s\"; expected is a number above "
			           "0, with K, M, G or T for powers of 1024",
			           arg, value);
		s->value[i] = value;
		return;
	}
	unknown(state, arg);
}

static void parse_end(const struct set *s, struct argp_state *state)
{
	bool any = false;

	component_argument_end(&s->change, state);
	for (size_t i = 0; i < SETTINGS; i++)
		any |= s->value[i] != NULL;
	if (!any)
		argp_error(state, "nothing to set; expected is ram=SIZE or "
		                  "caps=COUNT");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct set *s = state->input;

	if (key == ARGP_KEY_ARG && strchr(arg, '='))
		parse_setting(s, arg, state);
	else if (key == ARGP_KEY_ARG)
		return component_argument(&s->change, arg, state);
	else if (key == ARGP_KEY_END)
		parse_end(s, state);
	else
		return submit_parse(key, arg, state, &s->change.submit);
	return 0;
}

/* ---- the edit ---- */

/* A <resource> that says it instead of the attribute. */
static const struct node *resource(const struct config_place *p,
                                   const struct setting *s)
{
	for (size_t i = 0; i < 2; i++) {
		const struct node *n =
			node_find(p->node, "resource", "name", s->resource[i]);

		if (n)
			return n;
	}
	return NULL;
}

static struct config_text set_one(const struct config_place *p,
                                  const struct setting *s, const char *value)
{
	const struct node *r = resource(p, s);

	return config_edit_attr(&p->a->text, r ? r : p->node,
	                        r ? "quantum" : s->attr, value);
}

/* The second one is made in the text that the first one gave. */
static int edit_more(const struct set *s, size_t at, struct config_text *text)
{
	struct findings ignored = { 0 };
	struct authority next;
	struct config_place p;
	char near[LABEL_MAX + 1];

	if (!s->value[at])
		return 0;
	authority_open_text(&next, "", *text, &ignored);
	findings_fini(&ignored);
	if (next.inits &&
	    config_place_find(&next, s->change.component, &p, near))
		*text = set_one(&p, &settings[at], s->value[at]);
	else
		*text = config_edit_splice(&next.text, 0, 0, "");
	authority_close(&next);
	return 0;
}

static int edit(struct submit *submit, const struct component_change *c,
                struct config_text *out)
{
	const struct set *s = c->arg;
	struct config_place p;
	int code = component_place(submit, c->component, &p);

	if (code)
		return code;
	*out = config_edit_splice(&submit->now.text, 0, 0, "");
	for (size_t i = 0; i < SETTINGS && !code; i++)
		code = edit_more(s, i, out);
	return code;
}

int command_set(int argc, char **argv)
{
	static const struct argp_option options[] = { SUBMIT_OPTIONS, { 0 } };
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "COMPONENT [ram=SIZE] [caps=COUNT] [NAME]",
		.doc = "Give a component another quota. More is there at once, "
		       "as far as its init has it; what it uses is asked back "
		       "from it.",
	};
	struct set s = { .change = { .submit.timeout_ms = SUBMIT_TIMEOUT_MS,
		                     .verb = "set",
		                     .edit = edit } };

	s.change.arg = &s;
	command_parse(&argp, argc, argv, &s);
	return component_change(&s.change);
}
