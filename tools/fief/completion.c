/* SPDX-License-Identifier: MIT */
/* `fief completion`: what shells and manuals need to know of the commands. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "client.h"
#include "completion.h"
#include "listing.h"
#include "suggest.h"
#include "util.h"

static const struct completion_maker *const makers[] = {
	&completion_bash,
	&completion_zsh,
	&completion_fish,
	&completion_man,
};

enum { MAKERS = sizeof(makers) / sizeof(makers[0]) };
enum { KEY_SYSTEMS = 256, KEY_COMPONENTS };

/* ---- for the makers ---- */

bool completion_wants(const struct command *c, const char *word)
{
	return strstr(c->arguments, word) != NULL;
}

char *completion_doc(const struct argp_option *o)
{
	char *text = util_text("%s", o->doc ? o->doc : "");

	for (char *t = text; *t; t++)
		if (*t == '\n' || *t == '\t')
			*t = ' ';
	return text;
}

/* ---- making ---- */

static const struct completion_maker *now_maker;
static const struct command *now_command;

static void show(const struct argp *argp)
{
	now_maker->command(now_command, argp);
}

/* Version and help have no options; what is said of them is said here. */
static int one(const struct completion_maker *m, const struct command *c)
{
	static const struct argp none;
	char *argv[] = { (char *)(uintptr_t)c->name, NULL };
	int status = 0;
	pid_t pid;

	if (!strcmp(c->name, "version") || !strcmp(c->name, "help")) {
		m->command(c, &none);
		return 0;
	}
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		now_maker = m;
		now_command = c;
		command_options = show;
		exit(c->run(1, argv));
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && !status ? 0 : FIEF_EXIT_FRAMEWORK;
}

static int make(const struct completion_maker *m)
{
	size_t count;
	const struct command *all = command_table(&count);
	int code = 0;

	m->begin(all, count);
	for (size_t i = 0; i < count && !code; i++)
		code = one(m, &all[i]);
	m->end();
	return code;
}

/* ---- what runs, for the shells ---- */

static void print_components(const struct runtime_dir *d, const char *name)
{
	const struct client_request r = { .name = name,
		                          .text = "ps",
		                          .quiet_if_missing = true,
		                          .quiet_if_ended = true };
	bool missing;
	char *text = client_ask(d, &r, &missing);
	struct listing l;

	if (!text || !listing_parse(&l, text))
		return;
	for (size_t i = 0; i < l.components; i++) {
		char *label = util_safe(l.component[i].label);

		puts(label);
		free(label);
	}
	listing_fini(&l);
}

static int print_running(bool components)
{
	struct runtime_dir d;
	size_t count;
	char **names;

	if (!runtime_dir_open(&d))
		return FIEF_EXIT_FRAMEWORK;
	names = instance_names(&d, &count);
	for (size_t i = 0; i < count; i++)
		if (components)
			print_components(&d, names[i]);
		else
			puts(names[i]);
	instance_names_free(names, count);
	runtime_dir_close(&d);
	return 0;
}

/* ---- the command ---- */

struct completion {
	const struct completion_maker *maker;
	int running; /* 0: none of the keys */
};

static void parse_maker(struct completion *c, const char *word,
                        struct argp_state *state)
{
	struct suggest s;

	suggest_init(&s, word);
	for (size_t i = 0; i < MAKERS; i++) {
		suggest_offer(&s, makers[i]->name);
		if (!strcmp(makers[i]->name, word))
			c->maker = makers[i];
	}
	if (!c->maker && suggest_result(&s))
		argp_error(state, "there is no \"%s\"; did you mean \"%s\"?",
		           word, suggest_result(&s));
	if (!c->maker)
		argp_error(state, "\"%s\" is none of bash, zsh, fish and man",
		           word);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct completion *c = state->input;

	if (key == KEY_SYSTEMS || key == KEY_COMPONENTS)
		c->running = key;
	else if (key == ARGP_KEY_ARG)
		parse_maker(c, arg, state);
	else if (key == ARGP_KEY_END && !c->maker && !c->running)
		argp_error(state, "for which shell? bash, zsh or fish");
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

int command_completion(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "systems", KEY_SYSTEMS, NULL, 0,
		  "the names of running systems instead", 0 },
		{ "components", KEY_COMPONENTS, NULL, 0,
		  "the labels of their components instead", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "bash|zsh|fish|man",
		.doc = "Print what completes command lines of fief in that "
		       "shell, such as `eval \"$(fief completion bash)\"`; or "
		       "the source of the manual page.",
	};
	struct completion c = { 0 };

	command_parse(&argp, argc, argv, &c);
	return c.running ? print_running(c.running == KEY_COMPONENTS) :
	                   make(c.maker);
}
