/* SPDX-License-Identifier: MIT */
/*
 * A scanner that knows just enough of the schema language to tell on which
 * line each declaration begins. It runs on files that `capnp` accepted.
 */
#include "source.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util.h"

enum { DECLS_MAX = 4096, NEST_MAX = 64, WORD_MAX = 128 };

struct decl {
	const char *path;
	unsigned line;
};

struct source {
	struct decl decl[DECLS_MAX];
	size_t n;
};

struct scanner {
	struct source *out;
	FILE *f;
	unsigned line;
	unsigned parens;
	const char *scope[NEST_MAX]; /* path at each brace */
	unsigned depth;
	const char *name; /* path of the statement's declaration */
	bool keyword;     /* a keyword came, the name follows */
};

static bool is_keyword(const char *w)
{
	static const char *const words[] = {
		"struct", "interface", "enum", "const", "annotation", "using",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(w, words[i]) == 0)
			return true;
	return false;
}

static void take_word(struct scanner *s, const char *w)
{
	const char *scope = s->scope[s->depth];

	if (s->name)
		return;
	if (!s->keyword && is_keyword(w)) {
		s->keyword = true;
		return;
	}
	if (!s->keyword && strcmp(w, "union") == 0) {
		s->name = scope; /* without a name: same scope */
		return;
	}
	s->name = scope[0] ? fmt("%s.%s", scope, w) : fmt("%s", w);
	if (s->out->n < DECLS_MAX)
		s->out->decl[s->out->n++] =
			(struct decl){ .path = s->name, .line = s->line };
}

static void end_statement(struct scanner *s)
{
	s->name = NULL;
	s->keyword = false;
}

static void take_brace(struct scanner *s, int c)
{
	if (c == '{' && s->depth + 1 < NEST_MAX) {
		const char *scope = s->name ? s->name : s->scope[s->depth];

		s->scope[++s->depth] = scope;
	} else if (c == '}' && s->depth > 0) {
		s->depth--;
	}
	end_statement(s);
}

static void skip_until(struct scanner *s, int end)
{
	int c;

	while ((c = getc(s->f)) != EOF && c != end) {
		if (c == '\\')
			c = getc(s->f);
		if (c == '\n')
			s->line++;
	}
	if (c == '\n')
		s->line++;
}

static void scan_word(struct scanner *s, int c)
{
	char w[WORD_MAX] = { 0 };
	size_t n = 0;

	for (; c != EOF && (isalnum(c) || c == '_'); c = getc(s->f))
		if (n + 1 < sizeof(w))
			w[n++] = (char)c;
	ungetc(c, s->f);
	if (s->parens == 0)
		take_word(s, w);
}

static void scan_char(struct scanner *s, int c)
{
	if (c == '\n')
		s->line++;
	else if (c == '#')
		skip_until(s, '\n');
	else if (c == '"')
		skip_until(s, '"');
	else if (c == '(' || c == '[')
		s->parens++;
	else if ((c == ')' || c == ']') && s->parens > 0)
		s->parens--;
	else if (c == '{' || c == '}')
		take_brace(s, c);
	else if (c == ';')
		end_statement(s);
	else if (isalpha(c))
		scan_word(s, c);
	else if (c == '@' || c == '$' || c == ':' || c == '=')
		s->name = s->name ? s->name : s->scope[s->depth];
}

struct source *source_scan(const char *path)
{
	struct scanner s = { .line = 1, .scope = { "" } };
	int c;

	s.f = fopen(path, "r");
	if (!s.f)
		return NULL;
	s.out = arena_alloc(1, sizeof(*s.out));
	while ((c = getc(s.f)) != EOF)
		scan_char(&s, c);
	fclose(s.f);
	return s.out;
}

unsigned source_line(const struct source *s, const char *path)
{
	for (size_t i = 0; s && i < s->n; i++)
		if (strcmp(s->decl[i].path, path) == 0)
			return s->decl[i].line;
	return 0;
}
