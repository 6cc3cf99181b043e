/* SPDX-License-Identifier: MIT */
/* Command lines: what argp does not do for us. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "command.h"

#include "suggest.h"

static const struct argp_option standard[] = {
	{ "help", '?', NULL, 0, NULL, 0 },
	{ "usage", 'u', NULL, 0, NULL, 0 },
	{ 0 },
};

/* Offer all long options to `s`. Returns the one that the first `len` bytes
 * of the word mean: it or, if there is only one, a longer one. */
static const struct argp_option *match(const struct argp_option *table,
                                       size_t len, unsigned *found,
                                       struct suggest *s)
{
	const struct argp_option *best = NULL;

	for (const struct argp_option *o = table; o && (o->name || o->doc);
	     o++) {
		if (!o->name)
			continue;
		suggest_offer(s, o->name);
		if (strncmp(o->name, s->word, len) != 0)
			continue;
		best = o;
		if (strlen(o->name) == len) {
			*found = 1;
			return o;
		}
		++*found;
	}
	return best;
}

FIEF_NORETURN static void unknown(const char *program, const char *argument,
                                  const char *near)
{
	fprintf(stderr, "%s: unknown option \"%s\"", program, argument);
	if (near)
		fprintf(stderr, "; did you mean \"--%s\"?", near);
	fprintf(stderr, "\nTry `%s --help`.\n", program);
	exit(FIEF_EXIT_USAGE);
}

/* Check one "--word" or "--word=value". True if the next argument is its
 * value. */
static bool check(const struct argp *argp, const char *program,
                  const char *argument)
{
	const struct argp_option *o, *own;
	size_t len = strcspn(argument + 2, "=");
	char word[SUGGEST_WORD_MAX + 1];
	unsigned found = 0;
	struct suggest s;

	snprintf(word, sizeof(word), "%.*s", (int)len, argument + 2);
	suggest_init(&s, word);
	if (len > SUGGEST_WORD_MAX)
		unknown(program, argument, NULL);
	own = match(argp->options, len, &found, &s);
	o = own && found == 1 ? own : match(standard, len, &found, &s);
	if (!o && !own)
		unknown(program, argument, suggest_result(&s));
	/* argp tells about an ambiguous abbreviation. */
	return o && o->arg && !argument[2 + len];
}

void (*command_options)(const struct argp *argp);

void command_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	if (command_options) {
		command_options(argp);
		exit(ferror(stdout) || fflush(stdout));
	}
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (!strncmp(argv[i], "--", 2) && check(argp, argv[0], argv[i]))
			i++;
	argp_err_exit_status = FIEF_EXIT_USAGE;
	argp_parse(argp, argc, argv, 0, NULL, input);
}
