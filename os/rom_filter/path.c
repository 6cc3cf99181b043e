/* SPDX-License-Identifier: MIT */
/* Paths into a tree of nodes. */

#include "path.h"

#include <lib/mem.h>

/* One step; the texts are parts of the path. */
struct step {
	const char *type, *attr, *value;
	size_t type_len, attr_len, value_len; /* attr_len 0: any */
};

/* Bytes up to the first of `ends`, or to the end. */
static size_t span(const char *text, const char *ends)
{
	size_t n = 0;

	while (text[n] && !strchr(ends, text[n]))
		n++;
	return n;
}

/* Read the "[name=value]" at `at`. Returns what follows; NULL: malformed. */
static const char *condition_read(const char *at, struct step *s)
{
	s->attr = at + 1;
	s->attr_len = span(s->attr, "=]");
	if (!s->attr_len || s->attr[s->attr_len] != '=')
		return NULL;
	s->value = s->attr + s->attr_len + 1;
	s->value_len = span(s->value, "]");
	return s->value[s->value_len] ? s->value + s->value_len + 1 : NULL;
}

/* Read the step at `at`. Returns what follows; NULL: malformed. */
static const char *step_read(const char *at, struct step *s)
{
	*s = (struct step){ .type = at, .type_len = span(at, "/[") };
	at += s->type_len;
	if (*at == '[')
		at = condition_read(at, s);
	if (!at || !s->type_len || s->type_len > PATH_NAME_MAX ||
	    s->attr_len > PATH_NAME_MAX || s->value_len > PATH_NAME_MAX)
		return NULL;
	if (*at == '/')
		return at[1] ? at + 1 : NULL;
	return *at ? NULL : at;
}

enum fief_err path_check(const char *path, const char **why)
{
	unsigned steps = 0;

	for (const char *at = path; *at; steps++) {
		struct step s;

		at = step_read(at, &s);
		if (!at) {
			*why = "expected TYPE or TYPE[ATTRIBUTE=VALUE], "
			       "separated by /";
			return FIEF_INVALID;
		}
	}
	if (steps <= PATH_STEPS_MAX)
		return FIEF_OK;
	*why = "too many steps";
	return FIEF_INVALID;
}

static bool same(const char *text, const char *part, size_t len)
{
	return !strncmp(text, part, len) && !text[len];
}

static bool step_fits(const struct step *s, const struct node *n)
{
	if (!n->name || !same(n->name, s->type, s->type_len))
		return false;
	if (!s->attr_len)
		return true;
	NODE_FOR_EACH_ATTR(a, n)
		if (same(a->name, s->attr, s->attr_len))
			return same(a->value, s->value, s->value_len);
	return false;
}

static const struct node *step_take(const struct step *s, const struct node *n)
{
	NODE_FOR_EACH(child, n, NULL)
		if (step_fits(s, child))
			return child;
	return NULL;
}

const struct node *path_find(const struct node *root, const char *path)
{
	const struct node *n = root;

	for (const char *at = path; n && at && *at;) {
		struct step s;
		const bool first = at == path;

		at = step_read(at, &s);
		if (!first)
			n = step_take(&s, n);
		else if (!at || !step_fits(&s, n))
			n = NULL;
	}
	return n;
}
