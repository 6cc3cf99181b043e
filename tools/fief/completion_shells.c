/* SPDX-License-Identifier: MIT */
/* Completion of command lines in bash, zsh and fish. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "completion.h"
#include "util.h"

/* In single quotes of a shell: 'it'\''s'. `colon`: what is put in front of a
 * colon or a square bracket, which zsh gives a meaning. */
static void quoted(const char *text, const char *colon)
{
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", stdout);
		else if (strchr(":[]", *text))
			printf("%s%c", colon, *text);
		else
			putchar(*text);
}

/* ---- bash ---- */

static void bash_begin(const struct command *all, size_t count)
{
	puts("# bash completion of fief; made by `fief completion bash`\n"
	     "_fief_words() {\n"
	     "\tlocal IFS=$'\\n' word\n"
	     "\twhile read -r word; do\n"
	     "\t\t[[ $word == \"$2\"* ]] && COMPREPLY+=(\"$(printf %q \"$word\""
	     ")\")\n"
	     "\tdone < <(fief completion \"$1\" 2>/dev/null)\n"
	     "}\n"
	     "_fief() {\n"
	     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} options= wants=\n"
	     "\tCOMPREPLY=()");
	fputs("\tlocal commands='", stdout);
	for (size_t i = 0; i < count; i++)
		printf("%s%s", i ? " " : "", all[i].name);
	puts("'\n"
	     "\tif ((COMP_CWORD == 1)); then\n"
	     "\t\tCOMPREPLY=($(compgen -W \"$commands\" -- \"$cur\"))\n"
	     "\t\treturn\n"
	     "\tfi\n"
	     "\tcase ${COMP_WORDS[1]} in");
}

static void bash_command(const struct command *c, const struct argp *argp)
{
	printf("\t%s)\n\t\toptions='", c->name);
	COMPLETION_FOR_EACH(o, argp)
	printf("--%s ", o->name);
	puts("--help --usage'");
	printf("\t\twants='%s%s%s%s'\n\t\t;;\n",
	       completion_wants(c, "SYSTEM.xml") ? "file " : "",
	       completion_wants(c, "[NAME]") ? "system " : "",
	       completion_wants(c, "COMPONENT") ? "component " : "",
	       strcmp(c->name, "help") ? "" : "command ");
}

static void bash_end(void)
{
	puts("\tesac\n"
	     "\tif [[ $cur == -* ]]; then\n"
	     "\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
	     "\t\treturn\n"
	     "\tfi\n"
	     "\tif [[ ${COMP_WORDS[COMP_CWORD-1]} == --component ]]; then\n"
	     "\t\t_fief_words --components \"$cur\"\n"
	     "\t\treturn\n"
	     "\tfi\n"
	     "\t[[ $wants == *command* ]] &&\n"
	     "\t\tCOMPREPLY+=($(compgen -W \"$commands\" -- \"$cur\"))\n"
	     "\t[[ $wants == *component* ]] && _fief_words --components \"$cur"
	     "\"\n"
	     "\t[[ $wants == *system* ]] && _fief_words --systems \"$cur\"\n"
	     "\t[[ $wants == *file* ]] && COMPREPLY+=($(compgen -f -- \"$cur\""
	     "))\n"
	     "\treturn 0\n"
	     "}\n"
	     "complete -o filenames -F _fief fief");
}

const struct completion_maker completion_bash = { "bash", bash_begin,
	                                          bash_command, bash_end };

/* ---- zsh ---- */

static void zsh_begin(const struct command *all, size_t count)
{
	puts("#compdef fief\n"
	     "# zsh completion of fief; made by `fief completion zsh`\n"
	     "_fief_systems() {\n"
	     "\tlocal -a names\n"
	     "\tnames=(${(f)\"$(fief completion --systems 2>/dev/null)\"})\n"
	     "\t(( $#names )) && compadd -a names\n"
	     "}\n"
	     "_fief_components() {\n"
	     "\tlocal -a labels\n"
	     "\tlabels=(${(f)\"$(fief completion --components 2>/dev/null)\"})"
	     "\n"
	     "\t(( $#labels )) && compadd -a labels\n"
	     "}\n"
	     "_fief() {\n"
	     "\tlocal -a commands\n"
	     "\tcommands=(");
	for (size_t i = 0; i < count; i++) {
		printf("\t\t'%s:", all[i].name);
		quoted(all[i].summary, "\\");
		puts("'");
	}
	puts("\t)\n"
	     "\tif (( CURRENT == 2 )); then\n"
	     "\t\t_describe command commands\n"
	     "\t\treturn\n"
	     "\tfi\n"
	     "\tlocal command=$words[2]\n"
	     "\tshift words\n"
	     "\t(( CURRENT-- ))\n"
	     "\tcase $command in");
}

static void zsh_argument(const struct argp_option *o)
{
	printf(":%s:", o->arg);
	if (!strcmp(o->name, "component"))
		fputs("_fief_components", stdout);
	else if (!strcmp(o->name, "name"))
		fputs("_fief_systems", stdout);
	else if (!strcmp(o->name, "rom-path"))
		fputs("_files -/", stdout);
}

static void zsh_command(const struct command *c, const struct argp *argp)
{
	printf("\t%s)\n\t\t_arguments -s", c->name);
	COMPLETION_FOR_EACH(o, argp)
	{
		char *doc = completion_doc(o);

		printf(" \\\n\t\t\t'*--%s%s[", o->name, o->arg ? "=" : "");
		quoted(doc, "\\");
		putchar(']');
		if (o->arg)
			zsh_argument(o);
		putchar('\'');
		free(doc);
	}
	puts(" \\\n\t\t\t'(- *)--help[tell more]' \\");
	fputs("\t\t\t'*:argument:", stdout);
	if (completion_wants(c, "COMPONENT"))
		fputs("_fief_components", stdout);
	else if (completion_wants(c, "SYSTEM.xml"))
		fputs("_files", stdout);
	else if (completion_wants(c, "[NAME]"))
		fputs("_fief_systems", stdout);
	puts("'\n\t\t;;");
}

static void zsh_end(void)
{
	puts("\tesac\n"
	     "}\n"
	     "if [ \"$funcstack[1]\" = _fief ]; then\n"
	     "\t_fief \"$@\"\n"
	     "else\n"
	     "\tcompdef _fief fief\n"
	     "fi");
}

const struct completion_maker completion_zsh = { "zsh", zsh_begin, zsh_command,
	                                         zsh_end };

/* ---- fish ---- */

static void fish_begin(const struct command *all, size_t count)
{
	puts("# fish completion of fief; made by `fief completion fish`\n"
	     "complete -c fief -f");
	for (size_t i = 0; i < count; i++) {
		printf("complete -c fief -n __fish_use_subcommand -a %s -d '",
		       all[i].name);
		quoted(all[i].summary, "");
		puts("'");
	}
}

static void fish_wants(const char *command, const char *what)
{
	printf("complete -c fief -n '__fish_seen_subcommand_from %s' %s\n",
	       command, what);
}

static void fish_command(const struct command *c, const struct argp *argp)
{
	COMPLETION_FOR_EACH(o, argp)
	{
		char *doc = completion_doc(o);

		printf("complete -c fief -n '__fish_seen_subcommand_from %s' "
		       "-l %s%s -d '",
		       c->name, o->name, o->arg ? " -r" : "");
		quoted(doc, "");
		puts("'");
		free(doc);
	}
	if (completion_wants(c, "SYSTEM.xml"))
		fish_wants(c->name, "-F");
	if (completion_wants(c, "COMPONENT"))
		fish_wants(c->name, "-a '(fief completion --components)'");
	if (completion_wants(c, "[NAME]"))
		fish_wants(c->name, "-a '(fief completion --systems)'");
}

static void fish_end(void)
{
}

const struct completion_maker completion_fish = { "fish", fish_begin,
	                                          fish_command, fish_end };
