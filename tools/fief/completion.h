/* SPDX-License-Identifier: MIT */
/*
 * Texts that are made from the table of commands and the options of each:
 * completion of command lines, and the manual page. A maker writes to standard
 * output; what it says of one command it says in a process of its own, for only
 * there the options show.
 */
#pragma once

#include "command.h"

struct completion_maker {
	const char *name;
	void (*begin)(const struct command *all, size_t count);
	void (*command)(const struct command *c, const struct argp *argp);
	void (*end)(void);
};

extern const struct completion_maker completion_bash, completion_zsh,
	completion_fish, completion_man;

/* What a command wants as its arguments, by what the table calls them. */
bool completion_wants(const struct command *c, const char *word);

/* The text of an option, in one line. */
char *completion_doc(const struct argp_option *o);

/* Options that are to be shown. */
#define COMPLETION_FOR_EACH(o, argp)                                           \
	for (const struct argp_option *o = (argp)->options;                    \
	     o && (o->name || o->doc); o++)                                    \
		if (o->name)
