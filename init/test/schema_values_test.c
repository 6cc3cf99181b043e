/* SPDX-License-Identifier: MIT */
/* Values and defaults: what each row of the schema says is what the parser does. */
#include <init/config_schema_text.h>

#include "message.h"
#include "schema_doc.h"

#include <stdio.h>

enum { WORD_MAX = 64 };

/* ---- limits ---- */

static void number_limits(const struct config_entry *e,
                          const struct config_attr *row)
{
	char text[SCHEMA_DOC_MAX], value[WORD_MAX];

	if (row->least) {
		snprintf(value, sizeof(value), "%llu",
		         (unsigned long long)row->least - 1);
		schema_with_attr(text, e, row, row->name, value);
		schema_refused(text, "expected more");
	}
	if (row->most) {
		snprintf(value, sizeof(value), "%llu",
		         (unsigned long long)row->most + 1);
		schema_with_attr(text, e, row, row->name, value);
		schema_refused(text, "is too large");
		snprintf(value, sizeof(value), "%llu",
		         (unsigned long long)row->most);
		schema_with_attr(text, e, row, row->name, value);
		schema_allowed(text);
	}
	schema_with_attr(text, e, row, row->name, "1 K");
	schema_refused(text, "config:2:3: ");
}

/* Of each type: a value that no row of it may have, and what is said then. */
static const struct {
	const char *value, *error;
} wrong[CONFIG_TYPES] = {
	[CONFIG_NAME] = { "a -> b", "cannot be a name" },
	[CONFIG_WORD] = { "a", "expected \"" },
	[CONFIG_BOOL] = { "perhaps", "expected yes or no" },
	[CONFIG_NUMBER] = { "many", "expected a number" },
	[CONFIG_SIZE] = { "-1", "expected a number" },
	[CONFIG_MS] = { "1s", "expected a number" },
	[CONFIG_SECONDS] = { "1.5", "expected a number" },
	[CONFIG_SIGNED] = { "+1", "expected a number" },
};

static void values(void **state)
{
	char text[SCHEMA_DOC_MAX];

	(void)state;
	SCHEMA_FOR_EACH_ROW(e, row) {
		schema_with_attr(text, e, row, row->name, schema_sample(row));
		schema_allowed(text);
		if (row->usual) {
			schema_with_attr(text, e, row, row->name, row->usual);
			schema_allowed(text);
		}
		if (row->words)
			for (const char *const *w = row->words; *w; w++) {
				schema_with_attr(text, e, row, row->name, *w);
				schema_allowed(text);
			}
		if (wrong[row->type].value) {
			schema_with_attr(text, e, row, row->name,
			                 wrong[row->type].value);
			schema_refused(text, wrong[row->type].error);
		}
		if (row->type >= CONFIG_NUMBER && row->type < CONFIG_SIGNED)
			number_limits(e, row);
	}
}

/* ---- defaults ---- */

static size_t warnings(const struct config *c)
{
	size_t count = 0;

	for (const struct config_warning *w = c->warnings; w; w = w->next)
		count++;
	return count;
}

static bool same(const char *a, const char *b)
{
	struct schema_parsed p, q;
	bool equal;

	assert_int_equal(schema_parse(&p, a), FIEF_OK);
	assert_int_equal(schema_parse(&q, b), FIEF_OK);
	equal = config_head_same(p.config, q.config) &&
	        warnings(p.config) == warnings(q.config);
	if (equal && p.config->starts)
		equal = config_start_same(p.config->starts, q.config->starts);
	arena_fini(&p.arena);
	arena_fini(&q.arena);
	return equal;
}

/* A value that is not the usual one. */
static const char *other(const struct config_attr *row)
{
	if (row->type == CONFIG_BOOL)
		return strcmp(row->usual, "no") ? "no" : "yes";
	if (row->type == CONFIG_WORD)
		return strcmp(row->usual, row->words[0]) ? row->words[0] :
		                                           row->words[1];
	return row->type == CONFIG_SIGNED ? "-3" : "3";
}

/* To be left out is to have the default, and nothing else is. */
static void defaults(void **state)
{
	char without[SCHEMA_DOC_MAX], with[SCHEMA_DOC_MAX];
	char differing[SCHEMA_DOC_MAX];

	(void)state;
	SCHEMA_FOR_EACH_ROW(e, row) {
		if (!row->usual)
			continue;
		schema_elements(without, e, "", 1);
		schema_with_attr(with, e, row, row->name, row->usual);
		schema_with_attr(differing, e, row, row->name, other(row));
		if (!same(without, with))
			fail_msg("%s: \"%s\" is not the default of %s",
			         e->place, row->usual, row->name);
		if (same(without, differing))
			fail_msg("%s: %s=\"%s\" means nothing", e->place,
			         row->name, other(row));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(defaults),
	};

	schema_entries_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
