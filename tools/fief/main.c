/* SPDX-License-Identifier: MIT */
/* `fief`: the command line of the framework. */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "command.h"

#include "suggest.h"
#include "util.h"

static int command_version(int argc, char **argv);
static int command_help(int argc, char **argv);

static const struct command commands[] = {
	{ "run", "[OPTION...] SYSTEM.xml", "run a system", command_run },
	{ "check", "[OPTION...] SYSTEM.xml",
	  "tell what is wrong with a system, and who reaches what",
	  command_check },
	{ "state", "[COMPONENT]", "print what init reports of its children",
	  command_state },
	{ "why", "[SYSTEM.xml] COMPONENT [SERVICE]",
	  "tell why a component does not get on, or who serves a session",
	  command_why },
	{ "graph", "[OPTION] SYSTEM.xml", "draw who reaches what",
	  command_graph },
	{ "plan", "SYSTEM.xml [NAME]",
	  "tell what apply would do to a running system", command_plan },
	{ "apply", "SYSTEM.xml [NAME]",
	  "give a running system another configuration", command_apply },
	{ "rollback", "[NAME]", "go back to a configuration of before",
	  command_rollback },
	{ "ps", "[--json]", "list the components of running systems",
	  command_ps },
	{ "tree", "[--json]", "the same as a tree", command_tree },
	{ "restart", "COMPONENT [NAME]", "start a component anew",
	  command_restart },
	{ "start", "COMPONENT [NAME]", "start a component that was stopped",
	  command_start },
	{ "set", "COMPONENT ram=SIZE caps=N", "give a component another quota",
	  command_set },
	{ "stop", "[NAME]", "end a system, or one of its components",
	  command_stop },
	{ "reload", "[NAME]", "make a system read its configuration again",
	  command_reload },
	{ "grant", "COMPONENT SERVICE --to SERVER",
	  "let a component have a service, for a while", command_grant },
	{ "grants", "[--json] [NAME]", "list what was granted",
	  command_grants },
	{ "revoke", "ID|COMPONENT [NAME]", "end what was granted",
	  command_revoke },
	{ "ls", "COMPONENT[:/path]...", "show files of a component",
	  command_ls },
	{ "cat", "COMPONENT:/path...", "show what is in them", command_cat },
	{ "cp", "SOURCE... TARGET", "copy files into a component, or out of it",
	  command_cp },
	{ "mount", "COMPONENT[:/path] [DIR]",
	  "show files of a component as a directory here", command_mount },
	{ "log", "[-f] [--component LABEL] [NAME]",
	  "show the last lines of a system's log", command_log },
	{ "events", "[-f] [--json] [NAME]",
	  "tell what happened to the components", command_events },
	{ "top", "[--batch] [NAME]", "show what the components use",
	  command_top },
	{ "doctor", "[--json]", "tell whether systems can run on this host",
	  command_doctor },
	{ "completion", "bash|zsh|fish|man",
	  "print what completes command lines in a shell", command_completion },
	{ "filter", "[--json]", "print which host calls a component may make",
	  command_filter },
	{ "tour", "", "a guided tour of small systems", command_tour },
	{ "version", "", "print the version", command_version },
	{ "help", "[COMMAND]", "this text, or that of a command",
	  command_help },
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

const struct command *command_table(size_t *count)
{
	*count = COMMANDS;
	return commands;
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static void usage(FILE *f)
{
	fputs("usage: fief COMMAND [ARGUMENT...]\n\n", f);
	for (size_t i = 0; i < COMMANDS; i++) {
		const struct command *c = &commands[i];
		int used = fprintf(f, "  %s %s", c->name, c->arguments);

		fprintf(f, "%*s%s\n", used < 32 ? 32 - used : 1, "",
		        c->summary);
	}
	fputs("\n`fief COMMAND --help` tells its options, tools/fief/README.md "
	      "the rest.\n",
	      f);
}

static int unknown(const char *name)
{
	struct suggest s;

	suggest_init(&s, name);
	for (size_t i = 0; i < COMMANDS; i++)
		suggest_offer(&s, commands[i].name);
	if (suggest_result(&s))
		util_error("unknown command \"%s\"; did you mean \"%s\"?", name,
		           suggest_result(&s));
	else
		util_error("unknown command \"%s\"; `fief help` lists them",
		           name);
	return FIEF_EXIT_USAGE;
}

static int run(const struct command *c, int argc, char **argv)
{
	char *title = util_text("fief %s", c->name);
	int code;

	argv[0] = title;
	program_invocation_name = title; /* for argp's messages */
	code = c->run(argc, argv);
	free(title);
	return code;
}

static int command_version(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		util_error("version takes no argument");
		return FIEF_EXIT_USAGE;
	}
	puts("fief " FIEF_VERSION);
	return 0;
}

static int command_help(int argc, char **argv)
{
	char help[] = "--help", *args[] = { NULL, help, NULL };
	const struct command *c;

	if (argc < 2) {
		usage(stdout);
		return 0;
	}
	c = find(argv[1]);
	if (!c)
		return unknown(argv[1]);
	if (c->run == command_help || c->run == command_version) {
		printf("usage: fief %s %s\n%s\n", c->name, c->arguments,
		       c->summary);
		return 0;
	}
	return run(c, 2, args);
}

/* Standard descriptors must be open, or a socket would take their place. */
static void open_standard(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd ? O_WRONLY : O_RDONLY) != fd)
			exit(FIEF_EXIT_FRAMEWORK);
}

/* What was printed must have reached its reader. */
static int finish(int code)
{
	if (!fflush(stdout) && !ferror(stdout))
		return code;
	if (errno == EPIPE)
		return FIEF_EXIT_SIGNAL + SIGPIPE;
	util_error("cannot write the output: %s", strerror(errno));
	return code ? code : FIEF_EXIT_FRAMEWORK;
}

int main(int argc, char **argv)
{
	const struct command *c;

	open_standard();
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	if (argc < 2) {
		usage(stderr);
		return FIEF_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return finish(command_help(1, argv));
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return finish(command_version(1, argv));
	c = find(argv[1]);
	if (!c)
		return unknown(argv[1]);
	return finish(run(c, argc - 1, argv + 1));
}
