/* SPDX-License-Identifier: MIT */
/* The manual page fief(1), as mdoc(7) source. */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "completion.h"
#include "util.h"

/* One character, which roff may give a meaning. */
static void char_put(char c)
{
	static const struct {
		char c;
		const char *as;
	} table[] = {
		{ '\\', "\\e" },
		{ '-', "\\-" },
		{ '`', "\\(oq" },
		{ '\'', "\\(aq" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].c == c) {
			fputs(table[i].as, stdout);
			return;
		}
	putchar(c);
}

/* As running text: lines that are not too long, a new one after each sentence,
 * and none that begins like a macro. */
static void text_put(const char *text)
{
	enum { WIDTH = 60 };
	size_t column = 0;

	while (*text) {
		const size_t len = strcspn(text, " ");
		const bool ends =
			len && strchr(".?!", text[len - 1]) &&
			isupper((unsigned char)text[len + !!text[len]]);

		if (!column && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		for (size_t i = 0; i < len; i++)
			char_put(text[i]);
		column += len + 1;
		text += len + strspn(text + len, " ");
		if (*text)
			putchar(ends || column > WIDTH ? '\n' : ' ');
		if (ends || column > WIDTH)
			column = 0;
	}
	putchar('\n');
}

/* What roff would take for macros or delimiters among the arguments. */
static void word_put(const char *word)
{
	printf("\"%s\"", word);
}

static void man_begin(const struct command *all, size_t count)
{
	(void)all, (void)count;
	puts(".\\\" Made by `fief completion man`; do not edit.\n"
	     ".Dd November 23, 2026\n"
	     ".Dt FIEF 1\n"
	     ".Os\n"
	     ".Sh NAME\n"
	     ".Nm fief\n"
	     ".Nd run and change systems of capability-based components\n"
	     ".Sh SYNOPSIS\n"
	     ".Nm\n"
	     ".Ar command\n"
	     ".Op Ar option ...\n"
	     ".Op Ar argument ...\n"
	     ".Sh DESCRIPTION\n"
	     ".Nm\n"
	     "starts systems that a configuration describes, shows what they\n"
	     "do, and changes them while they run.\n"
	     "The concepts are explained in\n"
	     ".Xr fief 7 ,\n"
	     "the configuration in\n"
	     ".Xr fief\\-config 5 .\n"
	     "Options may be abbreviated and may follow arguments.\n"
	     ".Ar NAME\n"
	     "is that of a running system; without it the only one is meant.\n"
	     ".Ar COMPONENT\n"
	     "is a label as\n"
	     ".Ic ps\n"
	     "shows it.\n"
	     ".Sh COMMANDS");
}

static void option_put(const struct argp_option *o)
{
	char *doc = completion_doc(o);

	if (o->key < 128 && isgraph(o->key))
		printf(".It Fl %c , Fl \\-%s", o->key, o->name);
	else
		printf(".It Fl \\-%s", o->name);
	if (o->arg) {
		fputs(" Ar ", stdout);
		word_put(o->arg);
	}
	putchar('\n');
	doc[0] = (char)toupper((unsigned char)doc[0]);
	text_put(*doc ? doc : "The same.");
	free(doc);
}

static bool any_option(const struct argp *argp)
{
	COMPLETION_FOR_EACH(o, argp)
	return true;
	return false;
}

static void man_command(const struct command *c, const struct argp *argp)
{
	printf(".Ss %s\n.Nm\n.Ic %s\n", c->name, c->name);
	if (*c->arguments) {
		fputs(".Ar ", stdout);
		word_put(c->arguments);
		putchar('\n');
	}
	puts(".Pp");
	if (argp->doc) {
		text_put(argp->doc);
	} else {
		fputs("Does this: ", stdout);
		text_put(c->summary);
	}
	if (!any_option(argp))
		return;
	puts(".Bl -tag -width Ds");
	COMPLETION_FOR_EACH(o, argp)
	option_put(o);
	puts(".El");
}

static void man_end(void)
{
	static const struct {
		const char *code, *text;
	} codes[] = {
		{ "0", "It worked, or nothing is wrong; the system exited with "
		       "0." },
		{ "1", "The answer is no: of plan there are changes, of a "
		       "change a component did not start or end, of run "
		       "--until there was no match, of doctor systems "
		       "cannot run." },
		{ "2", "Usage." },
		{ "118", "It could not start for lack of quota." },
		{ "119", "A session is denied." },
		{ "120", "The configuration is invalid or was refused." },
		{ "124", "The time of run --timeout is over." },
		{ "125", "The framework failed." },
		{ "126", "A file cannot be used." },
		{ "127", "There is no such file, system or component." },
		{ "128+n", "Ended by signal n." },
	};

	puts(".Sh ENVIRONMENT\n"
	     ".Bl -tag -width Ds\n"
	     ".It Ev XDG_RUNTIME_DIR\n"
	     "Control sockets are in its folder\n"
	     ".Pa fief .\n"
	     ".It Ev FIEF_LIBEXEC\n"
	     "The folder of core and of the component images.\n"
	     ".It Ev NO_COLOR , TERM\n"
	     "Whether there are colours on a terminal.\n"
	     ".El\n"
	     ".Sh EXIT STATUS\n"
	     ".Bl -tag -width 128+n");
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		printf(".It %s\n", codes[i].code);
		text_put(codes[i].text);
	}
	puts(".El\n"
	     ".Pp\n"
	     "Another one of\n"
	     ".Ic run\n"
	     "is the system\\(aqs own.\n"
	     ".Sh SEE ALSO\n"
	     ".Xr fief\\-config 5 ,\n"
	     ".Xr fief 7");
}

const struct completion_maker completion_man = { "man", man_begin, man_command,
	                                         man_end };
