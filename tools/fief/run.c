/* SPDX-License-Identifier: MIT */
/* `fief run`. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "command.h"

#include "core_options.h"
#include "host_grant.h"
#include "instance.h"
#include "rom_path.h"
#include "runtime_dir.h"
#include "util.h"

enum option_key {
	KEY_NAME = 256,
	KEY_INIT,
	KEY_JSON,
	KEY_QUIET,
	KEY_UNTIL,
	KEY_TIMEOUT,
	KEY_NO_WATCH,
};

static const struct argp_option options[] = {
	{ "name", KEY_NAME, "NAME", 0,
	  "name of this system for ps, tree and stop (default: from the file "
	  "name, with the process id if that is taken)",
	  1 },
	CORE_OPTIONS,
	{ "init", KEY_INIT, "NAME", 0,
	  "ROM module of the first component (init)", 2 },
	{ "no-watch", KEY_NO_WATCH, NULL, 0,
	  "do not apply SYSTEM.xml again when it is saved", 2 },
	{ "json", KEY_JSON, NULL, 0, "log as JSON, one object a line", 3 },
	{ "quiet", KEY_QUIET, NULL, 0, "do not print the log", 3 },
	{ "until", KEY_UNTIL, "REGEX", 0,
	  "end with 0 as soon as a line \"[label] text\" matches", 4 },
	{ "timeout", KEY_TIMEOUT, "SECONDS", 0, "end with 124 after that time",
	  4 },
	{ 0 },
};

struct run {
	struct instance_options in;
	struct layout layout;
	struct system_file config;
	const char *file;
	struct core_options core;
	regex_t until;
};

/* ---- arguments ---- */

static void parse_timeout(struct argp_state *state, struct run *r,
                          const char *text)
{
	enum { LONGEST = 1000000 };
	char *end;
	double s;

	errno = 0;
	s = strtod(text, &end);
	if (errno || end == text || *end || !(s > 0 && s <= LONGEST))
		argp_error(state,
		           "--timeout is \"%s\"; expected are seconds "
		           "above 0, at most %d",
		           text, LONGEST);
	r->in.timeout_ms = (int64_t)(s * 1000) + 1;
}

static void parse_until(struct argp_state *state, struct run *r,
                        const char *text)
{
	char why[200];
	int e;

	if (r->in.until)
		argp_error(state, "--until can be given once; join the "
		                  "patterns as \"(A|B)\"");
	e = regcomp(&r->until, text, REG_EXTENDED | REG_NOSUB);
	if (e) {
		regerror(e, &r->until, why, sizeof(why));
		argp_error(state,
		           "--until is \"%s\", not an extended regular "
		           "expression: %s",
		           text, why);
	}
	r->in.until = &r->until;
}

static void parse_name(struct argp_state *state, struct run *r,
                       const char *text)
{
	if (!instance_name_valid(text))
		argp_error(state,
		           "--name is \"%s\"; expected are up to %d "
		           "letters, digits, '.', '_' and '-', not starting "
		           "with one of the last three",
		           text, (int)INSTANCE_NAME_MAX);
	r->in.name = text;
}

static void parse_file(struct argp_state *state, struct run *r,
                       const char *text)
{
	if (r->file)
		argp_error(state,
		           "one configuration at a time, not \"%s\" "
		           "and \"%s\"",
		           r->file, text);
	r->file = text;
}

static error_t parse_more(int key, char *arg, struct argp_state *state,
                          struct run *r)
{
	switch (key) {
	case KEY_INIT:
		r->in.core.init = arg;
		return 0;
	case KEY_JSON:
		r->in.style.json = true;
		return 0;
	case KEY_NO_WATCH:
		r->in.no_watch = true;
		return 0;
	case KEY_QUIET:
		r->in.style.quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		parse_file(state, r, arg);
		return 0;
	default:
		return core_options_parse(key, arg, state, &r->core);
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run *r = state->input;

	switch (key) {
	case KEY_NAME:
		parse_name(state, r, arg);
		return 0;
	case KEY_UNTIL:
		parse_until(state, r, arg);
		return 0;
	case KEY_TIMEOUT:
		parse_timeout(state, r, arg);
		return 0;
	default:
		return parse_more(key, arg, state, r);
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "SYSTEM.xml",
	.doc = "Run the system that SYSTEM.xml describes, until it exits or "
	       "is stopped. With \"-\", the description is read from standard "
	       "input. Another --init than init needs none.",
};

/* ---- running ---- */

static int check_usage(struct run *r)
{
	bool has_config = rom_path_named(&r->in.core, "config");

	if (r->file && has_config) {
		util_error("both \"%s\" and --rom config=... give the "
		           "configuration; leave one out",
		           r->file);
		return FIEF_EXIT_USAGE;
	}
	if (!r->file && !has_config && !strcmp(r->in.core.init, "init")) {
		util_error("run: no SYSTEM.xml given; for a tour of "
		           "examples: fief tour");
		return FIEF_EXIT_USAGE;
	}
	return 0;
}

/* A configuration is checked before anything starts. */
static int open_config(struct run *r)
{
	const char *named = rom_path_named(&r->in.core, "config");
	bool of_init = !strcmp(r->in.core.init, "init");
	int code = 0;

	if (r->file) {
		code = system_file_open(&r->config, r->file, &r->in.core);
		r->in.config = code ? NULL : &r->config;
		r->in.core.config = r->config.memfd;
		if (!code && of_init)
			code = host_grants_of_file(&r->core, &r->config);
	} else if (named && of_init) {
		/* Core reads it; here it is only looked at. */
		code = system_file_open(&r->config, named, &r->in.core);
		system_file_close(&r->config);
	}
	return code;
}

static int prepare(struct run *r)
{
	int code = r->core.code ? r->core.code : check_usage(r);

	if (code)
		return code;
	if (!layout_find(&r->layout))
		return FIEF_EXIT_FRAMEWORK;
	r->in.core.layout = &r->layout;
	code = open_config(r);
	if (code)
		return code;
	r->in.source = r->file ? r->file : r->in.core.init;
	if (r->file && !strcmp(r->file, "-"))
		r->in.source = "stdin";
	return rom_path_check_image(&r->in.core, r->in.core.init);
}

int command_run(int argc, char **argv)
{
	struct run r = {
		.in = {
			.core = {
				.init = "init",
				.ram = CORE_RAM_DEFAULT,
				.caps = CORE_CAPS_DEFAULT,
				.config = -1,
			},
			.timeout_ms = UTIL_NEVER,
			.style.colour = util_colour(STDOUT_FILENO),
		},
		.config = { .memfd = -1 },
	};
	int code;

	r.core.params = &r.in.core;
	command_parse(&argp, argc, argv, &r);
	code = prepare(&r);
	if (!code)
		code = instance_run(&r.in);
	system_file_close(&r.config);
	if (r.in.until)
		regfree(&r.until);
	core_options_fini(&r.core);
	return code;
}
