/* SPDX-License-Identifier: MIT */
/* `fief run`. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fief/exit_code.h>
#include <lib/label.h>
#include <lib/number.h>

#include "command.h"

#include "grant.h"
#include "instance.h"
#include "rom_path.h"
#include "runtime_dir.h"
#include "util.h"

enum { MIB = 1 << 20, RAM_DEFAULT = 256 * MIB, CAPS_DEFAULT = 20000 };

static const uint64_t ram_max = 1ull << 46, caps_max = 1u << 24;

enum option_key {
	KEY_NAME = 256,
	KEY_RAM,
	KEY_CAPS,
	KEY_ROM_PATH,
	KEY_ROM,
	KEY_INIT,
	KEY_JSON,
	KEY_QUIET,
	KEY_GRANT,
	KEY_UNTIL,
	KEY_TIMEOUT,
};

static const struct argp_option options[] = {
	{ "name", KEY_NAME, "NAME", 0,
	  "name of this system for ps, tree and stop (default: from the file "
	  "name, with the process id if that is taken)",
	  1 },
	{ "ram", KEY_RAM, "SIZE", 0,
	  "RAM of the whole system, such as 64M or 2G (256M)", 1 },
	{ "caps", KEY_CAPS, "COUNT", 0,
	  "capabilities of the whole system (20000)", 1 },
	{ "rom-path", KEY_ROM_PATH, "DIR", 0,
	  "look for ROM modules in DIR first; may be repeated", 2 },
	{ "rom", KEY_ROM, "NAME=FILE", 0,
	  "ROM module NAME is FILE; may be repeated", 2 },
	{ "init", KEY_INIT, "NAME", 0,
	  "ROM module of the first component (init)", 2 },
	{ "grant", KEY_GRANT, "KIND:NAME=RESOURCE", 0,
	  "give the system a host resource: a dir, file, tty, tap or socket; "
	  "no component of this version takes one",
	  2 },
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
	char *real[CORE_ROM_DIRS + CORE_ROMS]; /* owned: paths, "NAME=PATH" */
	size_t reals;
	regex_t until;
	int code; /* of the first failure that is not one of usage */
};

/* ---- arguments ---- */

static uint64_t parse_number(struct argp_state *state, const char *option,
                             const char *text, uint64_t max)
{
	enum fief_err e;
	uint64_t n = 0;

	e = number_parse(text, max, &n);
	if (e == FIEF_LIMIT)
		argp_error(state, "%s is \"%s\"; the limit is %llu", option,
		           text, (unsigned long long)max);
	else if (e || !n)
		argp_error(state,
		           "%s is \"%s\"; expected is a number above 0, "
		           "such as 64 or 256M",
		           option, text);
	return n;
}

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

static char *real(struct run *r, const char *option, const char *path)
{
	char *p = realpath(path, NULL);

	if (!p && !r->code) {
		util_error("%s: \"%s\": %s", option, path, strerror(errno));
		r->code = errno == EACCES ? FIEF_EXIT_NOT_RUNNABLE :
		                            FIEF_EXIT_NOT_FOUND;
	}
	return p;
}

static void parse_rom_path(struct argp_state *state, struct run *r,
                           const char *path)
{
	struct stat st;
	char *p;

	if (r->in.core.rom_dirs == CORE_ROM_DIRS)
		argp_error(state, "at most %d --rom-path", (int)CORE_ROM_DIRS);
	p = real(r, "--rom-path", path);
	if (!p)
		return;
	if (!r->code && !stat(p, &st) && !S_ISDIR(st.st_mode)) {
		util_error("--rom-path: \"%s\" is a file; name one with --rom "
		           "NAME=FILE",
		           path);
		r->code = FIEF_EXIT_NOT_FOUND;
	}
	r->real[r->reals++] = p;
	r->in.core.rom_dir[r->in.core.rom_dirs++] = p;
}

static void parse_rom(struct argp_state *state, struct run *r, const char *text)
{
	const char *eq = strchr(text, '=');
	size_t len = eq ? (size_t)(eq - text) : 0;
	char *p, *pair;

	if (!len || !eq[1])
		argp_error(state, "--rom is \"%s\"; expected is NAME=FILE",
		           text);
	if (len > LABEL_NAME_MAX)
		argp_error(state,
		           "--rom: the name has %zu bytes, the limit "
		           "is %d",
		           len, (int)LABEL_NAME_MAX);
	if (r->in.core.roms == CORE_ROMS)
		argp_error(state, "at most %d --rom", (int)CORE_ROMS);
	p = real(r, "--rom", eq + 1);
	if (!p)
		return;
	pair = util_text("%.*s=%s", (int)len, text, p);
	free(p);
	r->real[r->reals++] = pair;
	r->in.core.rom[r->in.core.roms++] = pair;
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

static void parse_grant(struct argp_state *state, const char *text)
{
	char why[200];

	grant_refuse(text, why, sizeof(why));
	argp_error(state, "--grant is \"%s\": %s", text, why);
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
	case KEY_QUIET:
		r->in.style.quiet = true;
		return 0;
	case KEY_GRANT:
		parse_grant(state, arg);
		return 0;
	case ARGP_KEY_ARG:
		parse_file(state, r, arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run *r = state->input;

	switch (key) {
	case KEY_NAME:
		parse_name(state, r, arg);
		return 0;
	case KEY_RAM:
		r->in.core.ram = parse_number(state, "--ram", arg, ram_max);
		return 0;
	case KEY_CAPS:
		r->in.core.caps = parse_number(state, "--caps", arg, caps_max);
		return 0;
	case KEY_ROM_PATH:
		parse_rom_path(state, r, arg);
		return 0;
	case KEY_ROM:
		parse_rom(state, r, arg);
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
	} else if (named && of_init) {
		/* Core reads it; here it is only looked at. */
		code = system_file_open(&r->config, named, &r->in.core);
		system_file_close(&r->config);
	}
	return code;
}

static int prepare(struct run *r)
{
	int code = r->code ? r->code : check_usage(r);

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
				.ram = RAM_DEFAULT,
				.caps = CAPS_DEFAULT,
				.config = -1,
			},
			.timeout_ms = UTIL_NEVER,
			.style.colour = util_colour(STDOUT_FILENO),
		},
		.config = { .memfd = -1 },
	};
	int code;

	command_parse(&argp, argc, argv, &r);
	code = prepare(&r);
	if (!code)
		code = instance_run(&r.in);
	system_file_close(&r.config);
	if (r.in.until)
		regfree(&r.until);
	for (size_t i = 0; i < r.reals; i++)
		free(r.real[i]);
	return code;
}
