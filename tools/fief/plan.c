/* SPDX-License-Identifier: MIT */
/* `fief plan` and `fief apply`: another configuration for a running system. */

#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "command.h"
#include "submit.h"
#include "util.h"

enum { KEY_FORCE = 256 };

struct plan {
	struct submit_options submit;
	const char *file;
	bool force;
};

static error_t parse_argument(struct plan *p, char *arg,
                              struct argp_state *state)
{
	if (p->submit.system)
		argp_error(state, "unexpected argument \"%s\"", arg);
	if (p->file)
		p->submit.system = arg;
	else
		p->file = arg;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct plan *p = state->input;

	switch (key) {
	case KEY_FORCE:
		p->force = true;
		return 0;
	case ARGP_KEY_ARG:
		return parse_argument(p, arg, state);
	case ARGP_KEY_END:
		if (!p->file)
			argp_error(state, "no SYSTEM.xml given");
		return 0;
	default:
		return submit_parse(key, arg, state, &p->submit);
	}
}

static int run(const struct plan *p)
{
	struct submit_change c = { .file = config_text_shown(p->file),
		                   .check = !p->force };
	struct submit s;
	char *origin;
	int code = config_text_read(p->file, &c.text);

	if (code)
		return code;
	code = submit_open(&s, &p->submit, p->file);
	if (code) {
		free(c.text.bytes);
		return code;
	}
	origin = util_text("apply of %s", c.file);
	c.origin = origin;
	code = submit_change(&s, &c);
	free(origin);
	submit_close(&s);
	return code;
}

#define OPTION_FORCE                                                           \
	{                                                                      \
		"force", KEY_FORCE, NULL, 0,                                   \
			"even if `fief check` finds errors in it that init "   \
			"does not refuse",                                     \
			1                                                      \
	}

int command_plan(int argc, char **argv)
{
	static const struct argp_option options[] = {
		OPTION_FORCE,
		SUBMIT_OPTION_JSON,
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "SYSTEM.xml [NAME]",
		.doc = "Tell what `fief apply` would do to a running system: "
		       "what would start, stop and restart, and why, other "
		       "quotas and routes, and which sessions would end. Ends "
		       "with 0 if nothing would change, with 1 otherwise.",
	};
	struct plan p = { .submit.dry_run = true };

	command_parse(&argp, argc, argv, &p);
	return run(&p);
}

int command_apply(int argc, char **argv)
{
	static const struct argp_option options[] = {
		OPTION_FORCE,
		SUBMIT_OPTIONS,
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "SYSTEM.xml [NAME]",
		.doc = "Give a running system another configuration, as a "
		       "whole or not at all, and wait until it is in effect. "
		       "Ends with 0 then, with 1 if a component did not start "
		       "or end.",
	};
	struct plan p = { .submit.timeout_ms = SUBMIT_TIMEOUT_MS };

	command_parse(&argp, argc, argv, &p);
	return run(&p);
}
