/* SPDX-License-Identifier: MIT */
/* The texts of the schema: none is missing, none is too much, examples are right. */
#include <init/config_schema_text.h>

#include "message.h"
#include "schema_doc.h"

static void texts_complete(void **state)
{
	(void)state;
	SCHEMA_FOR_EACH_ENTRY(e) {
		if (!e->text || !e->text->text || !e->text->example)
			fail_msg("config_schema_text.c lacks %s, or its "
			         "example",
			         e->place);
		CONFIG_FOR_EACH_ATTR(row, e->element)
			if (!config_attr_text(e->text, row->name))
				fail_msg("config_schema_text.c lacks %s of %s",
				         row->name, e->place);
	}
}

static const struct config_entry *entry_of(const struct config_text *t)
{
	SCHEMA_FOR_EACH_ENTRY(e)
		if (e->text == t)
			return e;
	return NULL;
}

static bool has_attr(const struct config_element *e, const char *name)
{
	CONFIG_FOR_EACH_ATTR(row, e)
		if (!strcmp(row->name, name))
			return true;
	return false;
}

static void texts_needed(void **state)
{
	(void)state;
	for (const struct config_text *t = config_texts; t->place; t++) {
		const struct config_entry *e = entry_of(t);
		const struct config_attr_text *a = t->attrs;

		if (!e) {
			fail_msg("there is no %s", t->place);
			return;
		}
		for (; a && a->name; a++)
			if (!has_attr(e->element, a->name))
				fail_msg("there is no %s of %s", a->name,
				         t->place);
	}
}

static void examples(void **state)
{
	char text[SCHEMA_DOC_MAX];

	(void)state;
	SCHEMA_FOR_EACH_ENTRY(e) {
		schema_document(text, e, e->text->example);
		schema_accepted(text);
		if (e->text->system)
			schema_accepted(e->text->system);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_complete),
		cmocka_unit_test(texts_needed),
		cmocka_unit_test(examples),
	};

	schema_entries_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
