/* SPDX-License-Identifier: MIT */
/* Edits of the text of a configuration. */

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "config_edit.h"
#include "util.h"

/* ---- places ---- */

bool config_place_find(const struct authority *a, const char *label,
                       struct config_place *out, char *near)
{
	*out = (struct config_place){ .a = a };
	out->start = authority_find(a, label, &out->in, near);
	if (out->start)
		out->node = node_find(out->in->root, "start", "name",
		                      out->start->name);
	return out->node != NULL;
}

/* ---- texts ---- */

struct config_text config_edit_splice(const struct config_text *t, size_t from,
                                      size_t to, const char *with)
{
	const size_t more = strlen(with);
	struct config_text out = { util_alloc(t->len + more + 1),
		                   from + more + t->len - to };

	memcpy(out.bytes, t->bytes, from);
	memcpy(out.bytes + from, with, more);
	memcpy(out.bytes + from + more, t->bytes + to, t->len - to);
	return out;
}

char *config_edit_escaped(const char *text)
{
	static const struct {
		char c;
		const char *as;
	} table[] = {
		{ '&', "&amp;" },  { '<', "&lt;" },    { '>', "&gt;" },
		{ '"', "&quot;" }, { '\'', "&apos;" },
	};
	enum { LONGEST = 6 };
	char *out = util_alloc(strlen(text) * LONGEST + 1), *at = out;

	for (; *text; text++) {
		const char *as = NULL;

		for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
			if (table[i].c == *text)
				as = table[i].as;
		if (as)
			at = stpcpy(at, as);
		else
			*at++ = *text;
	}
	return out;
}

/* <name ...> ... </name>, or <name .../>, which then has an end. */
struct config_text config_edit_append(const struct config_text *t,
                                      const struct node *n, const char *more)
{
	const bool empty = t->bytes[n->to - 2] == '/';
	struct config_text out;
	size_t at = n->to - 1;
	char *text;

	while (!empty && t->bytes[at] != '<')
		at--;
	if (!empty)
		return config_edit_splice(t, at, at, more);
	text = util_text("> %s </%s>", more, n->name);
	out = config_edit_splice(t, n->to - 2, n->to, text);
	free(text);
	return out;
}

/* ---- attributes ---- */

struct span {
	size_t from, to;
};

/* Of the value, without its quotes. Else both are where the attributes end.
 * The text was parsed: it is well-formed. */
static bool attr_find(const struct config_text *t, const struct node *n,
                      const char *name, struct span *out)
{
	const char *at = t->bytes + n->from + 1 + strlen(n->name);

	for (;;) {
		const char *end = at, *quote;
		size_t len;

		at += strspn(at, " \t\r\n");
		if (*at == '>' || *at == '/') {
			out->from = out->to = (size_t)(end - t->bytes);
			return false;
		}
		len = strcspn(at, "= \t\r\n");
		quote = at + strcspn(at, "\"'");
		end = strchr(quote + 1, *quote);
		if (len == strlen(name) && !memcmp(at, name, len)) {
			out->from = (size_t)(quote + 1 - t->bytes);
			out->to = (size_t)(end - t->bytes);
			return true;
		}
		at = end + 1;
	}
}

struct config_text config_edit_attr(const struct config_text *t,
                                    const struct node *n, const char *name,
                                    const char *value)
{
	char *escaped = config_edit_escaped(value), *text;
	struct config_text out;
	struct span s;

	if (attr_find(t, n, name, &s))
		text = util_text("%s", escaped);
	else
		text = util_text(" %s=\"%s\"", name, escaped);
	out = config_edit_splice(t, s.from, s.to, text);
	free(escaped);
	free(text);
	return out;
}

struct config_text config_edit_remove(const struct config_text *t,
                                      const struct node *n)
{
	size_t from = n->from, to = n->to;

	while (from &&
	       (t->bytes[from - 1] == ' ' || t->bytes[from - 1] == '\t'))
		from--;
	while (to < t->len && (t->bytes[to] == ' ' || t->bytes[to] == '\t'))
		to++;
	if ((!from || t->bytes[from - 1] == '\n') && to < t->len &&
	    t->bytes[to] == '\n')
		to++;
	else
		from = n->from, to = n->to;
	return config_edit_splice(t, from, to, "");
}
