/* SPDX-License-Identifier: MIT */
/* `fief top`: what the components of a running system use. */

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "top_screen.h"
#include "util.h"

enum { KEY_BATCH = 256, KEY_SORT, KEY_JSON };

struct top {
	const char *system; /* NULL: the only one */
	bool batch, json;
	unsigned long rounds; /* 0: without end */
	int64_t delay_ms;
	enum usage_order order;
};

static const char *const orders[] = {
	[USAGE_CPU] = "cpu",
	[USAGE_RAM] = "ram",
	[USAGE_CAPS] = "caps",
	[USAGE_NAME] = "name",
};

/* ---- arguments ---- */

static void parse_order(struct top *t, const char *word,
                        struct argp_state *state)
{
	for (unsigned i = 0; i < USAGE_ORDERS; i++) {
		if (!strcmp(orders[i], word)) {
			t->order = (enum usage_order)i;
			return;
		}
	}
	argp_error(state,
	           "--sort is \"%s\"; expected is cpu, ram, caps or "
	           "name",
	           word);
}

static void parse_delay(struct top *t, const char *text,
                        struct argp_state *state)
{
	char *end;
	double s = strtod(text, &end);

	if (end == text || *end || !(s >= 0.05 && s <= 86400))
		argp_error(state,
		           "--delay is \"%s\"; expected are seconds, "
		           "0.05 to 86400",
		           text);
	t->delay_ms = (int64_t)(s * 1000);
}

static void parse_rounds(struct top *t, const char *text,
                         struct argp_state *state)
{
	char *end;

	errno = 0;
	t->rounds = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || !t->rounds)
		argp_error(state,
		           "--rounds is \"%s\"; expected is a number above 0",
		           text);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct top *t = state->input;

	switch (key) {
	case 'd':
		parse_delay(t, arg, state);
		return 0;
	case 'n':
		parse_rounds(t, arg, state);
		return 0;
	case KEY_SORT:
		parse_order(t, arg, state);
		return 0;
	case KEY_BATCH:
		t->batch = true;
		return 0;
	case KEY_JSON:
		t->json = t->batch = true;
		return 0;
	case ARGP_KEY_ARG:
		return target_argument(&t->system, arg, state);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ---- for pipes ---- */

static void print_text(const struct usage *u)
{
	char line[400];

	puts(usage_head(SIZE_MAX));
	for (size_t i = 0; i < u->rows; i++) {
		usage_line(&u->row[i], SIZE_MAX, line, sizeof(line));
		puts(line);
	}
}

static json_t *row_json(const struct usage_row *r)
{
	char *label = util_utf8(r->c->label);
	json_t *j = json_pack("{sssssIsfsI}", "component", label, "state",
	                      r->c->state, "pid", (json_int_t)r->c->pid,
	                      "cpu_percent", r->cpu, "cpu_ms",
	                      (json_int_t)r->cpu_ms);

	json_object_set_new(j, "ram",
	                    json_pack("{sIsI}", "limit", (json_int_t)r->c->ram,
	                              "used", (json_int_t)r->c->ram_used));
	json_object_set_new(j, "caps",
	                    json_pack("{sIsI}", "limit", (json_int_t)r->c->caps,
	                              "used", (json_int_t)r->c->caps_used));
	free(label);
	return j;
}

static void print_json(const struct usage *u)
{
	json_t *list = json_array(), *j;

	for (size_t i = 0; i < u->rows; i++)
		json_array_append_new(list, row_json(&u->row[i]));
	j = json_pack("{sisssIso}", "version", 1, "name", u->listing.name,
	              "uptime_ms", (json_int_t)u->listing.uptime_ms,
	              "components", list);
	json_dumpf(j, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(j);
}

static int batch(const struct top *o, const struct target *t)
{
	const struct timespec delay = { .tv_sec = (time_t)(o->delay_ms / 1000),
		                        .tv_nsec = (long)(o->delay_ms % 1000) *
		                                   1000000 };
	struct usage now = { 0 }, next;
	int code = 0;

	for (unsigned long n = 0; !o->rounds || n < o->rounds; n++) {
		if (n)
			nanosleep(&delay, NULL);
		code = usage_look(t, &now, &next);
		if (code)
			break;
		usage_fini(&now);
		now = next;
		usage_sort(&now, o->order);
		if (n && !o->json)
			putchar('\n');
		if (o->json)
			print_json(&now);
		else
			print_text(&now);
		if (fflush(stdout) || ferror(stdout))
			break;
	}
	usage_fini(&now);
	return code;
}

static int run(struct top *o)
{
	struct target t;
	int code = target_open(&t, o->system, NULL);

	if (code)
		return code;
	if (!o->batch && isatty(STDOUT_FILENO)) {
		code = top_screen(&t, o->order, o->delay_ms);
	} else {
		o->rounds = o->batch || o->rounds ? o->rounds : 1;
		code = batch(o, &t);
	}
	target_close(&t);
	return code;
}

int command_top(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "batch", KEY_BATCH, NULL, 0,
		  "as text, round after round; without it, and without a "
		  "terminal, one round",
		  0 },
		{ "rounds", 'n', "N", 0, "end after N rounds", 0 },
		{ "delay", 'd', "SECONDS", 0, "between two rounds (1)", 0 },
		{ "sort", KEY_SORT, "WHAT", 0,
		  "by cpu (default), ram, caps or name", 0 },
		{ "json", KEY_JSON, NULL, 0,
		  "as --batch, one JSON object a round", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "[NAME]",
		.doc = "Show what the components of a running system use: CPU "
		       "time, RAM and capabilities, the largest first. Keys: "
		       "c, "
		       "m, p and n sort by CPU, RAM, capabilities and name, "
		       "the "
		       "arrows move, q ends.",
	};
	struct top t = { .delay_ms = 1000 };

	command_parse(&argp, argc, argv, &t);
	return run(&t);
}
