/* SPDX-License-Identifier: MIT */
/* `fief why COMPONENT`: why a component does not get on, by the state report of
 * init or, where that does not tell, by what happened to it. */

#include "why_component.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>
#include <lib/label.h>

#include "json_text.h"
#include "overview.h"
#include "records.h"
#include "util.h"

enum { LINES = 5 };

struct line {
	int64_t time_us;
	char *label, *text; /* owned */
};

struct why {
	const struct why_component *o;
	struct overview overview;
	char *label;              /* owned */
	const struct node *child; /* of the report; NULL: it does not tell */
	const struct component *process;
	const char *state;       /* by what happened last; NULL: nothing did */
	char *happened;          /* owned: as a text */
	char *said;              /* owned: the sentence */
	struct line line[LINES]; /* the last ones, as a ring */
	size_t lines;            /* ever */
};

/* ---- what happened ---- */

static const struct happening {
	const char *event, *text; /* NULL: that of the event says it */
	const char *state;        /* without a process */
	bool code;                /* which follows the text */
} happenings[] = {
	{ "start", NULL, "ended", false },
	{ "incomplete", NULL, "incomplete", false },
	{ "deny", NULL, "ended", false },
	{ "restart", NULL, "restarting", false },
	{ "give-up", NULL, "ended", false },
	{ "exit", "exited with code ", "ended", true },
	{ "kill", "was killed by signal ", "ended", true },
	{ "crash", "crashed with signal ", "ended", true },
	{ "fail", "could not be started", "ended", false },
	{ "stop", "was stopped", "ended", false },
};

/* That its init then clears up says less than its end. */
static bool says_more(const struct why *w, const char *event)
{
	return strcmp(event, "stop") != 0 || !w->happened;
}

static void happened(void *arg, const struct record *r)
{
	struct why *w = arg;

	if (strcmp(r->label, w->label) != 0 || !says_more(w, r->what))
		return;
	for (size_t i = 0; i < sizeof(happenings) / sizeof(*happenings); i++) {
		const struct happening *h = &happenings[i];

		if (strcmp(h->event, r->what) != 0)
			continue;
		free(w->happened);
		w->happened = util_text("%s%s", h->text ? h->text : r->text,
		                        h->code ? r->text : "");
		w->state = h->state;
	}
	if (!strcmp(r->what, "start")) {
		free(w->happened);
		w->happened = NULL;
	}
}

/* ---- its last lines ---- */

/* Its own, and those of its init and of core that begin with its name. */
static bool about(const struct why *w, const struct record *r)
{
	const char *const name = label_last(w->label);
	const char *quoted = strchr(r->text, '"');
	const bool core = !strcmp(r->label, "core");
	struct label init;
	size_t len;

	if (!strcmp(r->label, w->label))
		return true;
	if (!quoted || quoted - r->text > (long)sizeof("Warning: ") ||
	    label_identity(&init, w->label) ||
	    (!core && strcmp(r->label, init.text) != 0))
		return false;
	len = strlen(core ? w->label : name);
	return !strncmp(quoted + 1, core ? w->label : name, len) &&
	       quoted[1 + len] == '"';
}

static void line_free(struct line *l)
{
	free(l->label);
	free(l->text);
}

static void take_line(void *arg, const struct record *r)
{
	struct why *w = arg;
	struct line *l = &w->line[w->lines % LINES];

	if (!about(w, r))
		return;
	line_free(l);
	*l = (struct line){ .time_us = r->time_us,
		            .label = util_text("%s", r->label),
		            .text = util_text("%s", r->text) };
	w->lines++;
}

static const struct line *line_at(const struct why *w, size_t i)
{
	return &w->line[i % LINES];
}

static size_t line_first(const struct why *w)
{
	return w->lines > LINES ? w->lines - LINES : 0;
}

/* ---- the sentence ---- */

static const char *state_of(const struct why *w)
{
	if (w->process)
		return w->process->state;
	return node_attr(w->child, "state",
	                 w->state ? w->state : "not running");
}

/* Nothing was told of it: maybe its init does not run either. */
static char *without_process(const struct why *w)
{
	struct label init;

	if (!label_identity(&init, w->label) && *init.text &&
	    !overview_component(&w->overview, init.text))
		return util_text("%s does not run, because %s does not",
		                 w->label, init.text);
	return util_text("%s does not run, and nothing was told of it",
	                 w->label);
}

/* Without a reason of init's. */
static char *sentence(const struct why *w)
{
	if (w->happened)
		return util_text("%s %s", w->label, w->happened);
	if (w->process && !component_ended(w->process))
		return util_text("%s is running, and nothing is known that it "
		                 "waits for or was denied",
		                 w->label);
	if (w->process)
		return util_text("%s %s, code %ld", w->label, w->process->state,
		                 w->process->code);
	return without_process(w);
}

/* Its name in quotes, which inits begin with, becomes its label. */
static char *with_label(const struct why *w, const char *why)
{
	const char *const name = label_last(w->label);
	const size_t len = strlen(name);

	if (*why == '"' && !strncmp(why + 1, name, len) &&
	    !strncmp(why + 1 + len, "\" ", 2))
		return util_text("%s%s", w->label, why + len + 2);
	return util_text("%s: %s", w->label, why);
}

static void say(struct why *w)
{
	const char *why = node_attr(w->child, "why", NULL);

	w->said = why ? with_label(w, why) : sentence(w);
}

/* ---- printing ---- */

static void print_crashes(const struct why *w)
{
	NODE_FOR_EACH(crash, w->child, "crash")
		report_print(crash);
}

static void print_text(const struct why *w)
{
	char *said = util_safe(w->said);
	const char *reason = node_attr(w->child, "reason", NULL);

	printf("%s [%s%s%s]\n", said, state_of(w), reason ? ", " : "",
	       reason ? reason : "");
	free(said);
	print_crashes(w);
	if (w->lines)
		puts("the last lines about it:");
	for (size_t i = line_first(w); i < w->lines; i++) {
		char *label = util_safe(line_at(w, i)->label);
		char *text = util_safe(line_at(w, i)->text);

		printf("  [%s] %s\n", label, text);
		free(label);
		free(text);
	}
}

static json_t *lines_json(const struct why *w)
{
	json_t *list = json_array();
	char time[40];

	for (size_t i = line_first(w); i < w->lines; i++) {
		const struct line *l = line_at(w, i);

		util_time(time, l->time_us);
		json_array_append_new(list,
		                      json_pack("{sssoso}", "time", time,
		                                "label", json_text(l->label),
		                                "text", json_text(l->text)));
	}
	return list;
}

static void put(json_t *j, const char *key, const char *text)
{
	if (text)
		json_object_set_new(j, key, json_text(text));
}

static void print_json(const struct why *w)
{
	json_t *crashes = json_array();
	json_t *j = json_pack("{sisssosssoso}", "version", 1, "system",
	                      w->overview.target.name, "component",
	                      json_text(w->label), "state", state_of(w),
	                      "crashes", crashes, "log", lines_json(w));

	put(j, "said", w->said);
	put(j, "init_state", node_attr(w->child, "state", NULL));
	put(j, "reason", node_attr(w->child, "reason", NULL));
	put(j, "why", node_attr(w->child, "why", NULL));
	NODE_FOR_EACH(crash, w->child, "crash")
		json_array_append_new(crashes, report_json(crash));
	json_show(j);
}

/* ---- the command ---- */

static int look(struct why *w)
{
	uint64_t next = 0;
	int code;

	w->process = overview_component(&w->overview, w->label);
	w->child = report_child(&w->overview.report, w->label);
	code = records_fetch(&w->overview.target, "events", &next, happened, w);
	next = 0;
	return code ? code :
	              records_fetch(&w->overview.target, "log", &next,
	                            take_line, w);
}

static void fini(struct why *w)
{
	for (size_t i = 0; i < LINES; i++)
		line_free(&w->line[i]);
	free(w->label);
	free(w->said);
	free(w->happened);
	overview_close(&w->overview);
}

int why_component(const struct why_component *o)
{
	struct why w = { .o = o };
	int code = overview_open(&w.overview, o->system);

	if (code)
		return code;
	w.label = overview_label(&w.overview, o->component);
	code = w.label ? look(&w) : FIEF_EXIT_NOT_FOUND;
	if (!code) {
		say(&w);
		if (o->json)
			print_json(&w);
		else
			print_text(&w);
	}
	fini(&w);
	return code;
}
