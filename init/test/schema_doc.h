/* SPDX-License-Identifier: MIT */
/* Configs made from the rows of the schema. */
#pragma once

#include <init/config.h>
#include <init/config_schema_text.h>

enum { SCHEMA_DOC_MAX = 4096 };

extern struct config_entry schema_entry[CONFIG_ELEMENTS_MAX];
extern size_t schema_entries;

/* First of all. */
void schema_entries_init(void);

#define SCHEMA_FOR_EACH_ENTRY(e)                                               \
	for (const struct config_entry *e = schema_entry;                      \
	     e < schema_entry + schema_entries; (e)++)

#define SCHEMA_FOR_EACH_ROW(e, row)                                            \
	SCHEMA_FOR_EACH_ENTRY(e)                                               \
		CONFIG_FOR_EACH_ATTR(row, (e)->element)

/* A value that the row allows. */
const char *schema_sample(const struct config_attr *row);

/* `inner` where the element may be. */
void schema_document(char out[SCHEMA_DOC_MAX], const struct config_entry *e,
                     const char *inner);

/* The element so many times, at 2:3, 3:3 and so on, with all that is required
 * but one attribute. */
void schema_elements(char out[SCHEMA_DOC_MAX], const struct config_entry *e,
                     const char *without, unsigned count);

/* The element with one attribute, at 2:3, beside those that are required but
 * `row`. */
void schema_with_attr(char out[SCHEMA_DOC_MAX], const struct config_entry *e,
                      const struct config_attr *row, const char *name,
                      const char *value);

struct schema_parsed {
	struct arena arena;
	struct node_error err;
	const struct config *config;
};

/* The arena is the caller's to end. */
FIEF_MUST enum fief_err schema_parse(struct schema_parsed *p, const char *text);

/* The text is a config. */
void schema_accepted(const char *text);

/* It is as the schema has it, but may be a config that is not meant. */
void schema_allowed(const char *text);

/* It is no config, and this is said of it. */
void schema_refused(const char *text, const char *error);
