/* SPDX-License-Identifier: MIT */
/* Lines and columns of a document, and where its attributes stand. */
#include <lib/mem.h>

#include "xml_place.h"

struct node_place xml_place(struct xml_cursor *c, size_t offset)
{
	if (offset > c->len)
		offset = c->len;
	if (offset < c->at)
		c->at = c->line = c->column = 0;
	for (; c->at < offset; c->at++) {
		const unsigned char b = (unsigned char)c->text[c->at];

		if (b == '\n') {
			c->line++;
			c->column = 0;
		} else if ((b & 0xc0) != 0x80) {
			c->column++;
		}
	}
	return (struct node_place){ c->line + 1, c->column + 1 };
}

enum kind { OTHER, SPACE = 1, DOUBLE = 2, SINGLE = 4 };

static unsigned kind_of(char c)
{
	switch (c) {
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		return SPACE;
	case '"':
		return DOUBLE;
	case '\'':
		return SINGLE;
	default:
		return OTHER;
	}
}

/* The next character of these kinds, or the end of the text. */
static size_t skip_until(const struct xml_cursor *c, size_t at, unsigned stop)
{
	while (at < c->len && c->text[at] && !(kind_of(c->text[at]) & stop))
		at++;
	return at;
}

static size_t skip_space(const struct xml_cursor *c, size_t at)
{
	while (at < c->len && kind_of(c->text[at]) == SPACE)
		at++;
	return at;
}

size_t xml_attr_at(const struct xml_cursor *c, size_t from, size_t *next)
{
	const size_t name = skip_space(c, skip_until(c, from, SPACE));
	const size_t open = skip_until(c, name, DOUBLE | SINGLE);
	size_t close = open;

	if (open < c->len)
		close = skip_until(c, open + 1, kind_of(c->text[open]));
	*next = close < c->len ? close + 1 : c->len;
	return name;
}
