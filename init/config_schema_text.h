/* SPDX-License-Identifier: MIT */
/*
 * What the elements and attributes of a configuration mean, in Markdown, for
 * the reference. Init has nothing of it.
 */
#pragma once

#include "config_schema.h"

struct config_attr_text {
	const char *name;
	const char *text;
};

/* Of one element, named by where it may be first: "start/binary". */
struct config_text {
	const char *place;
	const char *text;
	const char *example; /* as it stands there */
	const char *system;  /* an example that is a whole config; or NULL */
	const struct config_attr_text *attrs; /* and one without a name */
};

/* And one without a place. */
extern const struct config_text config_texts[];

enum { CONFIG_ELEMENTS_MAX = 64, CONFIG_PLACE_MAX = 64 };

/* An element of the schema, and where it was found first. */
struct config_entry {
	const struct config_element *element;
	const struct config_entry *in; /* of the same list; NULL: the root */
	char place[CONFIG_PLACE_MAX];
	const struct config_text *text; /* NULL: there is none */
};

/* Each element once, what may be in it behind it; how many there are. */
size_t config_entries(struct config_entry list[CONFIG_ELEMENTS_MAX]);

/* NULL: there is none. */
const char *config_attr_text(const struct config_text *t, const char *attr);
