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

static size_t skip_until(const struct xml_cursor *c, size_t at,
                         const char *stop)
{
	while (at < c->len && c->text[at] && !strchr(stop, c->text[at]))
		at++;
	return at;
}

static size_t skip_space(const struct xml_cursor *c, size_t at)
{
	while (at < c->len && c->text[at] && strchr(" \t\r\n", c->text[at]))
		at++;
	return at;
}

size_t xml_attr_at(const struct xml_cursor *c, size_t from, size_t *next)
{
	const size_t name = skip_space(c, skip_until(c, from, " \t\r\n"));
	const size_t open = skip_until(c, name, "\"'");
	size_t close = open;

	if (open < c->len)
		close = skip_until(c, open + 1,
		                   c->text[open] == '"' ? "\"" : "'");
	*next = close < c->len ? close + 1 : c->len;
	return name;
}
