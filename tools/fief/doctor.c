/* SPDX-License-Identifier: MIT */
/* `fief doctor`: what keeps systems from running on this host. */

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "doctor.h"
#include "json_text.h"
#include "util.h"

enum { KEY_JSON = 256, EXIT_FAILURES = 1 };

static const struct {
	const char *word, *colour;
} levels[] = {
	[DOCTOR_OK] = { "ok", "\033[32m" },
	[DOCTOR_WARNING] = { "warning", "\033[33m" },
	[DOCTOR_FAILURE] = { "failure", "\033[31m" },
};

void doctor_note(struct doctor *d, enum doctor_level level, const char *name,
                 const char *help, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = util_text("?");
	va_end(args);
	d->list = util_grow(d->list, (d->count + 1) * sizeof(*d->list));
	d->list[d->count++] = (struct doctor_finding){
		level, name, text, level && help ? util_text("%s", help) : NULL
	};
}

static size_t count_of(const struct doctor *d, enum doctor_level level)
{
	size_t n = 0;

	for (size_t i = 0; i < d->count; i++)
		n += d->list[i].level == level;
	return n;
}

static void print_text(const struct doctor *d)
{
	const bool colour = util_colour(STDOUT_FILENO);

	for (size_t i = 0; i < d->count; i++) {
		const struct doctor_finding *f = &d->list[i];
		char *text = util_safe(f->text);

		printf("%s%-8s%s%s: %s\n",
		       colour ? levels[f->level].colour : "",
		       levels[f->level].word, colour ? "\033[0m" : "", f->name,
		       text);
		if (f->help)
			printf("        do: %s\n", f->help);
		free(text);
	}
	printf("%zu failures, %zu warnings\n", count_of(d, DOCTOR_FAILURE),
	       count_of(d, DOCTOR_WARNING));
}

static void print_json(const struct doctor *d)
{
	json_t *list = json_array(), *j, *one;

	for (size_t i = 0; i < d->count; i++) {
		const struct doctor_finding *f = &d->list[i];
		char *text = util_utf8(f->text);

		one = json_pack("{ssssss}", "check", f->name, "level",
		                levels[f->level].word, "text", text);
		if (f->help)
			json_object_set_new(one, "help", json_string(f->help));
		json_array_append_new(list, one);
		free(text);
	}
	j = json_pack("{siso}", "version", 1, "checks", list);
	json_show(j);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	bool *json = state->input;

	if (key == KEY_JSON)
		*json = true;
	else if (key == ARGP_KEY_ARG)
		argp_error(state, "unexpected argument \"%s\"", arg);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

int command_doctor(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "json", KEY_JSON, NULL, 0, "as JSON, for programs", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Tell whether systems can run on this host, what is "
		       "wrong, and the command that helps. Ends with 0, or "
		       "with 1 if something keeps them from running.",
	};
	struct doctor d = { 0 };
	bool json = false;
	int code;

	command_parse(&argp, argc, argv, &json);
	doctor_host(&d);
	doctor_limits(&d);
	doctor_parts(&d);
	if (json)
		print_json(&d);
	else
		print_text(&d);
	code = count_of(&d, DOCTOR_FAILURE) ? EXIT_FAILURES : 0;
	for (size_t i = 0; i < d.count; i++) {
		free(d.list[i].text);
		free(d.list[i].help);
	}
	free(d.list);
	return code;
}
