/* SPDX-License-Identifier: MIT */
/* `fief rollback`: back to a configuration that a running system had. */

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <fief/exit_code.h>

#include "command.h"
#include "json_text.h"
#include "past.h"
#include "submit.h"
#include "util.h"

enum { KEY_TO = 256, KEY_LIST, KEY_SHOW };

struct rollback {
	struct submit_options submit;
	uint64_t to, show; /* 0: not given */
	bool list;
};

static uint64_t number(struct argp_state *state, const char *option,
                       const char *text)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || !n)
		argp_error(state,
		           "%s is \"%s\"; expected is a number that `fief "
		           "rollback --list` tells",
		           option, text);
	return n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct rollback *r = state->input;

	switch (key) {
	case KEY_TO:
		r->to = number(state, "--to", arg);
		return 0;
	case KEY_SHOW:
		r->show = number(state, "--show", arg);
		return 0;
	case KEY_LIST:
		r->list = true;
		return 0;
	case ARGP_KEY_ARG:
		return target_argument(&r->submit.system, arg, state);
	default:
		return submit_parse(key, arg, state, &r->submit);
	}
}

/* ---- the list ---- */

static void print_time(char out[32], int64_t us)
{
	const time_t t = us / 1000000;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void print_list(const struct past *p)
{
	printf("NUMBER  TIME                      BYTES  ORIGIN\n");
	for (size_t i = 0; i < p->count; i++) {
		const struct past_entry *e = &p->entry[i];
		char time[32], *origin = util_safe(e->origin);

		print_time(time, e->time_us);
		printf("%6" PRIu64 "%c %s  %9zu  %s\n", e->number,
		       i + 1 == p->count ? '*' : ' ', time, e->bytes, origin);
		free(origin);
	}
}

static void print_list_json(const struct past *p)
{
	json_t *list = json_array(), *j;

	for (size_t i = 0; i < p->count; i++) {
		const struct past_entry *e = &p->entry[i];
		char time[32], *origin = util_utf8(e->origin);

		print_time(time, e->time_us);
		json_array_append_new(
			list,
			json_pack("{sIsIsssIss}", "number",
		                  (json_int_t)e->number, "same_as",
		                  (json_int_t)e->same_as, "time", time, "bytes",
		                  (json_int_t)e->bytes, "origin", origin));
		free(origin);
	}
	j = json_pack("{siso}", "version", 1, "configurations", list);
	json_show(j);
}

static int list(const struct rollback *r)
{
	struct target t;
	struct past p;
	int code = target_open(&t, r->submit.system, NULL);

	if (code)
		return code;
	code = past_fetch(&t, &p);
	if (!code && r->submit.json)
		print_list_json(&p);
	else if (!code)
		print_list(&p);
	if (!code)
		past_fini(&p);
	target_close(&t);
	return code;
}

static int show(const struct rollback *r)
{
	struct config_text text;
	struct target t;
	uint64_t found;
	int code = target_open(&t, r->submit.system, NULL);

	if (code)
		return code;
	code = past_text(&t, r->show, &found, &text);
	if (!code) {
		fwrite(text.bytes, 1, text.len, stdout);
		free(text.bytes);
	}
	target_close(&t);
	return code;
}

/* ---- going back ---- */

static int back(struct submit *s, const struct past_entry *e)
{
	char *file = util_text("configuration %" PRIu64, e->number);
	char *origin = util_text("rollback to %" PRIu64, e->number);
	struct submit_change c = { .file = file,
		                   .origin = origin,
		                   .same_as = e->same_as };
	uint64_t found;
	int code = past_text(&s->target, e->number, &found, &c.text);

	if (!code)
		code = submit_change(s, &c);
	free(file);
	free(origin);
	return code;
}

static int find_and_back(const struct rollback *r, struct submit *s)
{
	const struct past_entry *e;
	struct past p;
	int code = past_fetch(&s->target, &p);

	if (code)
		return code;
	e = r->to ? past_find(&p, r->to) : past_before(&p);
	if (e)
		code = back(s, e);
	else if (r->to)
		util_error("there is no configuration %llu; `fief rollback "
		           "--list` lists them",
		           (unsigned long long)r->to);
	else
		util_error("there is no configuration before the one in force");
	past_fini(&p);
	return e ? code : FIEF_EXIT_NOT_FOUND;
}

static int run(const struct rollback *r)
{
	struct submit s;
	int code;

	if (r->list)
		return list(r);
	if (r->show)
		return show(r);
	code = submit_open(&s, &r->submit, NULL);
	if (code)
		return code;
	code = find_and_back(r, &s);
	submit_close(&s);
	return code;
}

int command_rollback(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "to", KEY_TO, "N", 0,
		  "to configuration N instead of the one before", 1 },
		{ "list", KEY_LIST, NULL, 0,
		  "list the configurations that the system had", 1 },
		{ "show", KEY_SHOW, "N", 0, "print configuration N", 1 },
		SUBMIT_OPTIONS,
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[NAME]",
		.doc = "Give a running system the configuration back that it "
		       "had before the last change, as `fief apply` would. "
		       "Once more goes one step further back.",
	};
	struct rollback r = { .submit.timeout_ms = SUBMIT_TIMEOUT_MS };

	command_parse(&argp, argc, argv, &r);
	return run(&r);
}
