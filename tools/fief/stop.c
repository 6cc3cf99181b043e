/* SPDX-License-Identifier: MIT */
/* `fief stop` and `fief reload`. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "client.h"
#include "command.h"

#include "listing.h"
#include "stop_component.h"
#include "target.h"
#include "util.h"

enum { KEY_ALL = 256, KEY_ROM, KEY_COMPONENT };

struct stop_options {
	const char *name;
	const char *rom;
	const char *component; /* NULL: the system */
	struct submit_options submit;
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
	if (key == KEY_COMPONENT) {
		o->component = arg;
		return 0;
	}
	if (key != ARGP_KEY_ARG)
		return submit_parse(key, arg, state, &o->submit);
	/* No system is called like that. */
	if (strstr(arg, "->") && !o->component) {
		o->component = arg;
		return 0;
	}
	return target_argument(&o->name, arg, state);
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
	if (!strcmp(answer, "told 0\n")) /* of `reload --rom` */
		util_error("no component of system \"%s\" watches that ROM "
		           "module; who opens it next gets the new content",
		           name);
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

/* It may have been meant as that of a component. */
static void hint_component(const char *name)
{
	struct runtime_dir d;
	struct listing l;
	size_t count;
	char **names, *text;

	if (!runtime_dir_open(&d))
		return;
	names = instance_names(&d, &count);
	for (size_t i = 0; i < count; i++) {
		const struct client_request r = { .name = names[i],
			                          .text = "ps",
			                          .quiet_if_missing = true };

		text = client_ask(&d, &r, NULL);
		if (!text || !listing_parse(&l, text))
			continue;
		if (listing_find(&l, name))
			util_error("there is a component \"%s\": `fief stop "
			           "--component %s %s`",
			           name, name, names[i]);
		listing_fini(&l);
	}
	instance_names_free(names, count);
	runtime_dir_close(&d);
}

static int stop(const struct stop_options *o)
{
	int code;

	if (o->component && o->all) {
		util_error("either a component or --all, not both");
		return FIEF_EXIT_USAGE;
	}
	if (o->component)
		return stop_component(&o->submit, o->component);
	if (o->submit.dry_run || o->submit.json) {
		util_error("--dry-run and --json are for components; a NAME "
		           "ends the whole system");
		return FIEF_EXIT_USAGE;
	}
	code = send_request(o, "stop");
	if (code == FIEF_EXIT_NOT_FOUND && o->name)
		hint_component(o->name);
	return code;
}

int command_stop(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "all", KEY_ALL, NULL, 0, "end all systems of yours", 1 },
		{ "component", KEY_COMPONENT, "LABEL", 0,
		  "end only that component of the system: its <start> goes "
		  "from the configuration, until `fief start`",
		  1 },
		SUBMIT_OPTIONS,
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[NAME]",
		.doc = "End a system in order and wait until it is gone. "
		       "Without NAME, the only one that is running. A word "
		       "with \"->\" in it is the label of a component, as "
		       "after --component, and ends only that.",
	};
	struct stop_options o = { .submit.timeout_ms = SUBMIT_TIMEOUT_MS };

	command_parse(&argp, argc, argv, &o);
	o.submit.system = o.name;
	return stop(&o);
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
