/* SPDX-License-Identifier: MIT */
/* `fief stop` and `fief reload`. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "client.h"
#include "command.h"

#include "target.h"
#include "util.h"

enum { KEY_ALL = 256, KEY_ROM };

struct stop_options {
	const char *name;
	const char *rom;
	bool all;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct stop_options *o = state->input;

	if (key == KEY_ALL) {
		o->all = true;
		return 0;
	}
	if (key == KEY_ROM) {
		if (!*arg || strlen(arg) > 64 || strpbrk(arg, "\n"))
			argp_error(state,
			           "--rom is \"%s\"; expected is the "
			           "name of a ROM module",
			           arg);
		o->rom = arg;
		return 0;
	}
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (o->name)
		argp_error(state, "one NAME at a time, not \"%s\" and \"%s\"",
		           o->name, arg);
	o->name = arg;
	return 0;
}

static int send_to(const struct runtime_dir *d, const char *name,
                   const char *text)
{
	const struct client_request r = { .name = name,
		                          .text = text,
		                          .patient = true };
	bool missing = false;
	char *answer = client_ask(d, &r, &missing);

	if (!answer)
		return missing ? FIEF_EXIT_NOT_FOUND : FIEF_EXIT_FRAMEWORK;
	free(answer);
	return 0;
}

/* Without a name, the only system is meant. */
static int send_to_only(const struct runtime_dir *d, const char *text, bool all)
{
	size_t count;
	char **names;
	int code = target_names(d, all, &names, &count), one;

	for (size_t i = 0; !code && i < count; i++) {
		one = send_to(d, names[i], text);
		code = one ? one : code;
	}
	instance_names_free(names, count);
	return code;
}

static int send_request(const struct stop_options *o, const char *text)
{
	struct runtime_dir d;
	int code;

	if (o->name && o->all) {
		util_error("either a NAME or --all, not both");
		return FIEF_EXIT_USAGE;
	}
	if (!runtime_dir_open(&d))
		return FIEF_EXIT_FRAMEWORK;
	code = o->name ? send_to(&d, o->name, text) :
	                 send_to_only(&d, text, o->all);
	runtime_dir_close(&d);
	return code;
}

int command_stop(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "all", KEY_ALL, NULL, 0, "end all systems of yours", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[NAME]",
		.doc = "End a system in order and wait until it is gone. "
		       "Without NAME, the only one that is running.",
	};
	struct stop_options o = { 0 };

	command_parse(&argp, argc, argv, &o);
	return send_request(&o, "stop");
}

int command_reload(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "rom", KEY_ROM, "MODULE", 0,
		  "read the file of that ROM module instead", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[NAME]",
		.doc = "Make a running system read its configuration file "
		       "again. A file with an error changes nothing.",
	};
	struct stop_options o = { 0 };
	char text[80];

	command_parse(&argp, argc, argv, &o);
	snprintf(text, sizeof(text), o.rom ? "reload %s" : "reload",
	         o.rom ? o.rom : "");
	return send_request(&o, text);
}
