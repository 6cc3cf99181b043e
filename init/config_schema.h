/* SPDX-License-Identifier: MIT */
/*
 * What may be in a configuration: its elements, their attributes, and which
 * values these may have. The parser checks by it, docs/reference is made from
 * it. What each of them means is in config_schema_text.c, which no component
 * is linked with.
 */
#pragma once

#include <lib/node_xml.h>

enum config_type {
	CONFIG_TEXT, /* any; where it is required, a text that is not empty */
	CONFIG_LABEL,
	CONFIG_NAME, /* of a child or a service, see <lib/label.h> */
	CONFIG_WORD, /* one of a few */
	CONFIG_BOOL,
	CONFIG_NUMBER,
	CONFIG_SIZE, /* bytes */
	CONFIG_MS,
	CONFIG_SECONDS,
	CONFIG_SIGNED,
	CONFIG_TYPES,
};

struct config_attr {
	const char *name;
	enum config_type type;
	uint64_t least, most;     /* of numbers; no `most`: any */
	const char *const *words; /* of CONFIG_WORD, and NULL */
	const char *alien;        /* a word for elsewhere, and why; or NULL */
	const char *alien_why;
	const char *usual; /* what it is by default; NULL: see its text */
	bool required;
	bool unique; /* beside each other, no two have the same */
};

struct config_element {
	const char *name;
	const struct config_attr *attrs; /* and one without a name; or NULL */
	const struct config_element *const *children; /* and NULL; or NULL */
	bool once; /* at most one beside each other */
	bool any;  /* content is not for us */
};

#define CONFIG_FOR_EACH_ATTR(a, e)                                             \
	for (const struct config_attr *a = (e)->attrs; a && (a)->name; (a)++)

#define CONFIG_FOR_EACH_CHILD(at, e)                                           \
	for (const struct config_element *const *at = (e)->children;           \
	     at && *(at); (at)++)

/* The whole: the element <config>. */
extern const struct config_element config_schema;

/* Is all in the tree as the schema has it? Errors: INVALID, NOT_FOUND (an
 * attribute), LIMIT. */
FIEF_MUST enum fief_err config_schema_check(const struct node *root,
                                            struct node_error *err);

/* The same for another schema: that of a component that is not init. */
FIEF_MUST enum fief_err config_element_check(const struct node *root,
                                             const struct config_element *e,
                                             struct node_error *err);

/* Has an attribute a value that its row allows? Errors: INVALID, LIMIT. */
FIEF_MUST enum fief_err config_value_check(const struct node *n,
                                           const struct node_attr *a,
                                           const struct config_attr *row,
                                           struct node_error *err);

/* What is said of a number that is. Returns LIMIT. */
FIEF_MUST enum fief_err config_too_large(const struct node *n, const char *attr,
                                         struct node_error *err);

enum { CONFIG_CAPS_MAX = UINT32_MAX / 2 };
