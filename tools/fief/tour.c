/* SPDX-License-Identifier: MIT */
/* `fief tour`: small systems, one after the other, with what to look at. */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fief/exit_code.h>

#include "command.h"

#include "instance.h"
#include "rom_path.h"
#include "util.h"

enum { IMAGES_MAX = 4, TOUR_RAM = 64 << 20, TOUR_CAPS = 4000 };

struct step {
	const char *title;
	const char *notice;             /* before it runs: what to look at */
	const char *config;             /* file of the tour's folder; NULL */
	const char *init;               /* image of the first component */
	const char *images[IMAGES_MAX]; /* that the configuration starts */
	const char *until;              /* a line that shows it; NULL: runs
	                                 * until it exits */
	unsigned seconds;               /* at most */
};

static const struct step steps[] = {
	{
		.title = "One component",
		.notice =
			"Core, the root of every system, starts a single "
			"component. It is a process\nwithout libc, files or "
			"network: it can call core through a shared page, and\n"
			"that is all. It opens a LOG session, says hello and "
			"exits. The label in\nbrackets is not the component's "
			"claim, it is what its parent calls it.",
		.init = "hello",
		.seconds = 10,
	},
	{
		.title = "A system of two components",
		.notice =
			"init reads a configuration and starts a timer server "
			"and a client. The client's\nTimer session is routed "
			"to "
			"its sibling, its log to the parent. What is not\n"
			"routed does not exist for it. Each gets 1 MiB of RAM "
			"and no more.",
		.config = "seed-1.xml",
		.init = "init",
		.images = { "timer", "test-log" },
		.until = "^\\[init -> test-log\\] done",
		.seconds = 10,
	},
	{
		.title = "A route that is not there",
		.notice =
			"The same client, but the configuration routes no "
			"Timer "
			"session. Look for the\nline of init that denies the "
			"session: it names the component, the service and\nthe "
			"label. Nothing hangs, nothing is guessed.",
		.config = "denied-route.xml",
		.init = "init",
		.images = { "timer", "test-log" },
		.until = "^\\[init -> test-log\\] Error",
		.seconds = 10,
	},
	{
		.title = "A client",
		.notice = "A component of 70 lines that asks a timer to wake "
			  "it. When it exits, init\nexits with its code, and "
			  "the system ends. Source: examples/2-client.",
		.config = "client.xml",
		.init = "init",
		.images = { "timer", "example-client" },
		.seconds = 10,
	},
	{
		.title = "A server",
		.notice = "A component can serve what its client took from "
			  "core before: here LOG. The\nclient is the one of "
			  "the first step and cannot tell. Source: "
			  "examples/3-server.",
		.config = "server.xml",
		.init = "init",
		.images = { "hello", "example-server" },
		.seconds = 10,
	},
	{
		.title = "An interface of your own",
		.notice = "Twenty lines of schema become typed calls on both "
			  "sides. At the end the client\ncloses its session: "
			  "what it got from it is gone, at once. Source:\n"
			  "examples/4-custom-session.",
		.config = "custom-session.xml",
		.init = "init",
		.images = { "example-counter-server",
	                    "example-counter-client" },
		.seconds = 10,
	},
	{
		.title = "Many calls at a time",
		.notice = "Calls of a ring share their way to the server. Look "
			  "at the time of one of\n100,000 calls, in "
			  "nanoseconds. Source: examples/5-ring.",
		.config = "ring.xml",
		.init = "init",
		.images = { "example-ring-server", "example-ring-client" },
		.seconds = 20,
	},
	{
		.title = "A component that runs another one",
		.notice = "What init does is a library. Here a component of 80 "
			  "lines runs the first one of\nthis tour, serves its "
			  "LOG and nothing else. Source: examples/6-sandbox.",
		.config = "sandbox.xml",
		.init = "init",
		.images = { "hello", "example-launcher" },
		.seconds = 10,
	},
};

enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

/* ---- what is printed ---- */

static void heading(unsigned number, const struct step *s)
{
	bool colour = util_colour(STDOUT_FILENO);

	printf("\n%s%u. %s%s\n\n%s\n\n", colour ? "\033[1m" : "", number,
	       s->title, colour ? "\033[0m" : "", s->notice);
	fflush(stdout);
}

static void show_command(const struct step *s, const struct layout *l)
{
	if (s->config)
		printf("$ fief run %s/%s\n", l->tour, s->config);
	else
		printf("$ fief run --init %s\n", s->init);
	fflush(stdout);
}

/* Wait for Enter where a person sits. False: no more of it. */
static bool next(void)
{
	int c;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return true;
	fputs("-- Enter goes on, q ends --", stdout);
	fflush(stdout);
	c = getchar();
	while (c != EOF && c != '\n' && c != 'q')
		c = getchar();
	return c == '\n';
}

/* ---- running ---- */

/* The first image that this build does not have. */
static const char *missing(const struct step *s, const struct core_params *p)
{
	char path[PATH_MAX];

	if (!rom_path_find(p, s->init, path))
		return s->init;
	for (size_t i = 0; i < IMAGES_MAX && s->images[i]; i++)
		if (!rom_path_find(p, s->images[i], path))
			return s->images[i];
	return NULL;
}

static int run_step(const struct step *s, struct instance_options o)
{
	struct system_file config = { .memfd = -1 };
	char path[PATH_MAX + 64];
	regex_t until;
	int code = 0;

	o.source = s->config ? s->config : s->init;
	o.timeout_ms = (int64_t)s->seconds * 1000;
	if (s->config) {
		snprintf(path, sizeof(path), "%s/%s", o.core.layout->tour,
		         s->config);
		code = system_file_open(&config, path, &o.core);
	}
	if (code)
		return code;
	o.config = s->config ? &config : NULL;
	o.core.config = config.memfd;
	if (s->until && regcomp(&until, s->until, REG_EXTENDED | REG_NOSUB))
		abort(); /* a mistake in the table */
	o.until = s->until ? &until : NULL;
	code = instance_run(&o);
	if (s->until)
		regfree(&until);
	system_file_close(&config);
	return code;
}

static int do_step(unsigned number, const struct step *s,
                   const struct layout *l)
{
	struct instance_options o = {
		.core = {
			.layout = l,
			.init = s->init,
			.ram = TOUR_RAM,
			.caps = TOUR_CAPS,
			.config = -1,
		},
		.style.colour = util_colour(STDOUT_FILENO),
	};
	const char *gap = missing(s, &o.core);
	int code;

	heading(number, s);
	if (gap) {
		printf("(left out: this build has no component \"%s\")\n", gap);
		return 0;
	}
	show_command(s, l);
	code = run_step(s, o);
	if (code)
		util_error("this step should have ended with 0, not %d", code);
	return code;
}

static const char welcome[] =
	"This is a tour of Fief. Each step runs a small system and tells what "
	"to look at.\nLines of the log look like \"[label] text\".\n";

static const char farewell[] =
	"\nThat was the tour. To go on:\n"
	"  fief help              what else the command line does\n"
	"  fief filter            which host calls a component can make\n"
	"  examples/1-hello       the first component's source\n"
	"  docs/architecture.md   how it all fits together\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	argp_error(state, "unexpected argument \"%s\"", arg);
	return 0;
}

int command_tour(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.doc = "Run small systems one after the other and tell what to "
		       "look at. Waits for Enter between them if a person sits "
		       "at the terminal.",
	};
	struct layout layout;
	int code = 0;

	command_parse(&argp, argc, argv, NULL);
	if (!layout_find(&layout))
		return FIEF_EXIT_FRAMEWORK;
	fputs(welcome, stdout);
	for (unsigned i = 0; i < STEPS && !code; i++) {
		code = do_step(i + 1, &steps[i], &layout);
		if (!code && i + 1 < STEPS && !next())
			return 0;
	}
	if (!code)
		fputs(farewell, stdout);
	return code;
}
