/* SPDX-License-Identifier: MIT */
/* Arena, text output, names and error reports of the generator. */
#include "util.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All mutable state of this file: what is freed and counted at the end. */
static struct {
	struct block *blocks;
	unsigned errors;
} state;

struct block {
	struct block *next;
	max_align_t mem[];
};

void *arena_alloc(size_t count, size_t size)
{
	struct block *b;

	if (size && count > (SIZE_MAX - sizeof(*b)) / size)
		fatal("out of memory");
	b = calloc(1, sizeof(*b) + count * size);
	if (!b)
		fatal("out of memory");
	b->next = state.blocks;
	state.blocks = b;
	return b->mem;
}

void arena_free(void)
{
	while (state.blocks) {
		struct block *b = state.blocks;

		state.blocks = b->next;
		free(b);
	}
}

char *fmt(const char *format, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, format);
	n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n < 0)
		fatal("cannot format text");
	s = arena_alloc((size_t)n + 1, 1);
	va_start(ap, format);
	vsnprintf(s, (size_t)n + 1, format, ap);
	va_end(ap);
	return s;
}

void error(const char *file, unsigned line, const char *format, ...)
{
	va_list ap;

	state.errors++;
	if (line)
		fprintf(stderr, "%s:%u: error: ", file, line);
	else
		fprintf(stderr, "%s: error: ", file);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

unsigned error_count(void)
{
	return state.errors;
}

void fatal(const char *format, ...)
{
	va_list ap;

	fputs("capnpc-fief: error: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	arena_free();
	exit(1);
}

void put(struct out *o, const char *format, ...)
{
	va_list ap;
	int n;

	for (;;) {
		va_start(ap, format);
		n = vsnprintf(o->s ? o->s + o->len : NULL, o->room - o->len,
		              format, ap);
		va_end(ap);
		if (n < 0)
			fatal("cannot format text");
		if (o->len + (size_t)n < o->room)
			break;
		o->room = 2 * o->room + (size_t)n + 4096;
		o->s = realloc(o->s, o->room);
		if (!o->s)
			fatal("out of memory");
	}
	o->len += (size_t)n;
}

/* The lines of a text, none of which can end the comment. */
static void put_lines(struct out *o, const char *indent, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		put(o, "%s *%s", indent, n ? " " : "");
		for (size_t i = 0; i < n; i++) {
			bool end =
				text[i] == '/' && i > 0 && text[i - 1] == '*';
			bool start =
				text[i] == '*' && i > 0 && text[i - 1] == '/';

			put(o, end || start ? " %c" : "%c", text[i]);
		}
		put(o, "\n");
		text += n + (text[n] == '\n');
	}
}

void put_comment(struct out *o, const char *indent, const char *text,
                 const char *tail)
{
	const char *only = text[0] ? text : tail;

	if (!only || !only[0])
		return;
	if (!(text[0] && tail) && !strstr(only, "*/") && !strstr(only, "/*") &&
	    strcspn(only, "\n") + 1 >= strlen(only) && strlen(only) < 66) {
		put(o, "%s/* %.*s */\n", indent, (int)strcspn(only, "\n"),
		    only);
		return;
	}
	put(o, "%s/*\n", indent);
	put_lines(o, indent, text);
	if (tail)
		put_lines(o, indent, tail);
	put(o, "%s */\n", indent);
}

void put_call(struct out *o, const char *indent, const char *head,
              const char *const *args, size_t n, const char *tail)
{
	size_t start = strlen(head) + 1;
	size_t tabs = 8 * strlen(indent);
	size_t column = tabs + start;
	bool wide = false;

	for (size_t i = 0; i < n; i++)
		wide |= column + strlen(args[i]) + 2 > 80;
	put(o, "%s%s(", indent, head);
	if (wide) { /* below the head, as far left as it goes */
		start = 8;
		column = tabs + start;
		put(o, "\n%s\t", indent);
	}
	for (size_t i = 0; i < n; i++) {
		const char *end = i + 1 < n ? "," : tail;
		size_t len = strlen(args[i]) + strcspn(end, "\n");

		if (i > 0 && column + 1 + len > 80) {
			put(o, wide ? "\n%s\t" : "\n%s%*s", indent, (int)start,
			    "");
			column = tabs + start;
		} else if (i > 0) {
			put(o, " ");
			column++;
		}
		put(o, "%s%s", args[i], end);
		column += len;
	}
	if (n == 0)
		put(o, "void%s", tail);
}

void put_function(struct out *o, const char *result, const char *name,
                  const char *const *args, size_t n, const char *tail)
{
	size_t len =
		strlen(result) + 1 + strlen(name) + 1 + strcspn(tail, "\n");

	for (size_t i = 0; i < n; i++)
		len += strlen(args[i]) + (i > 0 ? 2 : 0);
	if (len <= 80) {
		put_call(o, "", fmt("%s %s", result, name), args, n, tail);
		return;
	}
	put(o, "%s\n", result);
	put_call(o, "", name, args, n, tail);
}

static bool same_content(const char *path, const struct out *o)
{
	FILE *f = fopen(path, "rb");
	char *old;
	bool same;

	if (!f)
		return false;
	old = arena_alloc(o->len + 1, 1);
	same = fread(old, 1, o->len + 1, f) == o->len &&
	       memcmp(old, o->s, o->len) == 0;
	fclose(f);
	return same;
}

void out_save(struct out *o, const char *dir, const char *name)
{
	char *path = fmt("%s/%s", dir, name);
	FILE *f;
	bool bad;

	if (!same_content(path, o)) {
		f = fopen(path, "wb");
		if (!f)
			fatal("%s: cannot open for writing", path);
		bad = fwrite(o->s, 1, o->len, f) != o->len;
		bad |= fclose(f) != 0;
		if (bad)
			fatal("%s: cannot write", path);
	}
	free(o->s);
	*o = (struct out){ 0 };
}

static bool upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* A word begins at an upper letter behind a lower one ("isA") or before one
 * ("IOMem" has two words). */
static bool word_begins(const char *name, size_t i)
{
	if (i == 0 || !upper(name[i]) || name[i - 1] == '_')
		return false;
	return !upper(name[i - 1]) || lower(name[i + 1]);
}

char *lower_snake(const char *name)
{
	static const char small[] = "abcdefghijklmnopqrstuvwxyz";
	char *s = arena_alloc(2 * strlen(name) + 1, 1);
	size_t len = 0;

	for (size_t i = 0; name[i]; i++) {
		if (word_begins(name, i))
			s[len++] = '_';
		s[len] = name[i];
		if (upper(name[i]))
			s[len] = small[name[i] - 'A'];
		len++;
	}
	return s;
}

char *upper_snake(const char *name)
{
	static const char large[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char *s = lower_snake(name);

	for (size_t i = 0; s[i]; i++)
		if (lower(s[i]))
			s[i] = large[s[i] - 'a'];
	return s;
}

char *c_member(const char *name)
{
	static const char *const keywords[] = {
		"auto",     "bool",     "break",    "case",     "char",
		"const",    "continue", "default",  "do",       "double",
		"else",     "enum",     "extern",   "false",    "float",
		"for",      "goto",     "if",       "inline",   "int",
		"long",     "register", "restrict", "return",   "short",
		"signed",   "sizeof",   "static",   "struct",   "switch",
		"true",     "typedef",  "union",    "unsigned", "void",
		"volatile", "while",
	};
	char *s = lower_snake(name);

	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (strcmp(s, keywords[i]) == 0)
			return fmt("%s_", s);
	return s;
}
