/* SPDX-License-Identifier: MIT */
/* What an instance tells about itself and its components. */

#include <stdlib.h>
#include <string.h>

#include <lib/label.h>

#include "label_spelled.h"
#include "listing.h"
#include "util.h"

enum { FIELDS_MAX = 8, SEPARATOR_LEN = sizeof(LABEL_SEPARATOR) - 1 };

bool component_ended(const struct component *c)
{
	return !(!strcmp(c->state, "created") || !strcmp(c->state, "running"));
}

bool component_has_code(const struct component *c)
{
	return component_ended(c) && strcmp(c->state, "incomplete") != 0 &&
	       strcmp(c->state, "new") != 0;
}

static size_t split(char *line, char *field[FIELDS_MAX])
{
	size_t n = 0;

	while (line && n < FIELDS_MAX) {
		field[n++] = line;
		line = strchr(line, '\t');
		if (line)
			*line++ = '\0';
	}
	return n;
}

static uint64_t number(const char *text)
{
	return strtoull(text, NULL, 10);
}

static bool parse_instance(struct listing *l, char *line)
{
	char *f[FIELDS_MAX];

	if (split(line, f) != FIELDS_MAX || strcmp(f[0], "instance") != 0)
		return false;
	l->name = f[1];
	l->pid = strtol(f[2], NULL, 10);
	l->core_pid = strtol(f[3], NULL, 10);
	l->uptime_ms = number(f[4]);
	l->ram = number(f[5]);
	l->caps = number(f[6]);
	l->config = f[7];
	return true;
}

static bool parse_component(struct listing *l, char *line)
{
	char *f[FIELDS_MAX];

	if (split(line, f) != FIELDS_MAX)
		return false;
	l->component = util_grow(l->component,
	                         (l->components + 1) * sizeof(*l->component));
	l->component[l->components++] = (struct component){
		.label = f[0],
		.state = f[1],
		.code = strtol(f[2], NULL, 10),
		.pid = strtol(f[3], NULL, 10),
		.ram = number(f[4]),
		.ram_used = number(f[5]),
		.caps = number(f[6]),
		.caps_used = number(f[7]),
		.name = f[0],
	};
	return true;
}

bool listing_parse(struct listing *l, char *text)
{
	char *save = NULL, *line = strtok_r(text, "\n", &save);
	bool ok;

	*l = (struct listing){ .text = text };
	ok = line && parse_instance(l, line);
	while (ok && (line = strtok_r(NULL, "\n", &save)))
		ok = parse_component(l, line);
	if (!ok)
		listing_fini(l);
	return ok;
}

void listing_fini(struct listing *l)
{
	free(l->component);
	free(l->text);
	*l = (struct listing){ 0 };
}

static const struct component *find(const struct listing *l, const char *label)
{
	for (size_t i = 0; i < l->components; i++) {
		const char *full = l->component[i].label;
		const char *own = label_scoped(full, "init");

		if (!strcmp(full, label) || (own && !strcmp(own, label)))
			return &l->component[i];
	}
	return NULL;
}

const struct component *listing_find(const struct listing *l, const char *label)
{
	const struct component *c = NULL;

	for (size_t i = 0; i < LABEL_SPELLINGS && !c; i++) {
		char *spelled = label_spelled(label, i);

		c = find(l, spelled);
		free(spelled);
	}
	return c;
}

/* Order of a walk through the tree: the separator sorts before all else. */
static int by_label(const void *pa, const void *pb)
{
	const char *a = ((const struct component *)pa)->label;
	const char *b = ((const struct component *)pb)->label;

	while (*a && *a == *b)
		a++, b++;
	if (*a && *b) {
		bool sa = !strncmp(a, LABEL_SEPARATOR, SEPARATOR_LEN);
		bool sb = !strncmp(b, LABEL_SEPARATOR, SEPARATOR_LEN);

		if (sa != sb)
			return sa ? -1 : 1;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

/* Is `c` below `parent`? Then what follows is its name there. */
static const char *below(const struct component *c,
                         const struct component *parent)
{
	size_t len = strlen(parent->label);

	if (strncmp(c->label, parent->label, len) != 0 ||
	    strncmp(c->label + len, LABEL_SEPARATOR, SEPARATOR_LEN) != 0)
		return NULL;
	return c->label + len + SEPARATOR_LEN;
}

void listing_arrange(struct listing *l)
{
	if (l->components)
		qsort(l->component, l->components, sizeof(*l->component),
		      by_label);
	for (size_t i = 1; i < l->components; i++) {
		struct component *c = &l->component[i];

		/* The nearest one before it that it is below of. */
		for (size_t j = i; j-- > 0;) {
			const char *name = below(c, &l->component[j]);

			if (!name)
				continue;
			c->name = name;
			c->depth = l->component[j].depth + 1;
			break;
		}
	}
}
