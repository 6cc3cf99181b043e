/* SPDX-License-Identifier: MIT */
/* Names that are known, and how many there may be: each row of the schema. */
#include <init/config_schema_text.h>
#include <lib/guess.h>

#include "message.h"
#include "schema_doc.h"

#include <stdio.h>

enum { WORD_MAX = 64 };

/* The n-th word that one slip of the pen makes of another; false: no more. */
static bool misspell(char out[WORD_MAX], const char *name, size_t n)
{
	const size_t len = strlen(name), kind = n / (len + 1);
	const size_t at = n % (len + 1);

	strcpy(out, name);
	if (kind == 0) /* too much; no name has that letter */
		snprintf(out + at, WORD_MAX - at, "Q%s", name + at);
	else if (kind == 1 && at < len) /* another */
		out[at] = 'Q';
	else if (kind == 2 && at < len && len > 2) /* too little */
		strcpy(out + at, name + at + 1);
	else if (kind == 3 && at + 1 < len && len > 2) { /* exchanged */
		out[at] = name[at + 1];
		out[at + 1] = name[at];
	}
	return kind < 4;
}

/* What should be suggested: the first of those that are nearest. */
static void nearest(const char **best, const char *found, const char *valid)
{
	if (!*best ||
	    guess_distance(found, valid) < guess_distance(found, *best))
		*best = valid;
}

static const char *nearest_attr(const struct config_element *e,
                                const char *found)
{
	const char *best = NULL;

	CONFIG_FOR_EACH_ATTR(row, e)
		nearest(&best, found, row->name);
	return best;
}

static const char *nearest_child(const struct config_element *in,
                                 const char *found)
{
	const char *best = NULL;

	CONFIG_FOR_EACH_CHILD(e, in)
		nearest(&best, found, (*e)->name);
	return best;
}

static void attr_misspelled(const struct config_entry *e,
                            const struct config_attr *row, const char *word)
{
	const char *const meant = nearest_attr(e->element, word);
	char text[SCHEMA_DOC_MAX], error[SCHEMA_DOC_MAX];

	snprintf(error, sizeof(error),
	         "config:2:3: unknown attribute \"%s\" of <%s>, did you mean "
	         "\"%s\"?",
	         word, e->element->name, meant);
	assert_true(guess_distance(word, meant) <=
	            guess_distance(word, row->name));
	schema_with_attr(text, e, row, word, schema_sample(row));
	schema_refused(text, error);
}

static void attrs_misspelled(void **state)
{
	char word[WORD_MAX];
	size_t count = 0;

	(void)state;
	SCHEMA_FOR_EACH_ROW(e, row)
		for (size_t n = 0; misspell(word, row->name, n); n++) {
			const char *meant = nearest_attr(e->element, word);

			if (!strcmp(word, meant))
				continue; /* it makes another attribute */
			attr_misspelled(e, row, word);
			count++;
		}
	assert_true(count > 1000);
}

static void element_misspelled(const struct config_entry *e, const char *word)
{
	char text[SCHEMA_DOC_MAX], inner[SCHEMA_DOC_MAX], error[SCHEMA_DOC_MAX];

	snprintf(inner, sizeof(inner), "\n  <%s/>", word);
	if (e->in)
		snprintf(error, sizeof(error),
		         "config:2:3: unknown element <%s> in <%s>, did you "
		         "mean <%s>?",
		         word, e->in->element->name,
		         nearest_child(e->in->element, word));
	else
		snprintf(error, sizeof(error),
		         "config:2:3: found <%s>, expected <config>", word);
	schema_document(text, e, inner);
	schema_refused(text, error);
}

static void elements_misspelled(void **state)
{
	char word[WORD_MAX];
	size_t count = 0;

	(void)state;
	SCHEMA_FOR_EACH_ENTRY(e)
		for (size_t n = 0; misspell(word, e->element->name, n); n++) {
			if (!strcmp(word, e->element->name))
				continue; /* two like letters exchanged */
			element_misspelled(e, word);
			count++;
		}
	assert_true(count > 300);
}

/* ---- how many ---- */

static void required(void **state)
{
	char text[SCHEMA_DOC_MAX], error[SCHEMA_DOC_MAX];

	(void)state;
	SCHEMA_FOR_EACH_ROW(e, row) {
		if (!row->required)
			continue;
		schema_elements(text, e, row->name, 1);
		snprintf(error, sizeof(error),
		         "config:2:3: <%s> lacks the attribute '%s'",
		         e->element->name, row->name);
		schema_refused(text, error);
		schema_with_attr(text, e, row, row->name, "");
		schema_refused(text, "config:2:3: ");
	}
}

static void once(void **state)
{
	char text[SCHEMA_DOC_MAX], error[SCHEMA_DOC_MAX];

	(void)state;
	SCHEMA_FOR_EACH_ENTRY(e) {
		if (!e->element->once)
			continue;
		schema_elements(text, e, "", 2);
		snprintf(error, sizeof(error),
		         "config:3:3: second <%s> in <%s>, only one is "
		         "possible",
		         e->element->name, e->in->element->name);
		schema_refused(text, error);
	}
}

/* Two of the same name. */
static void unique(void **state)
{
	char text[SCHEMA_DOC_MAX];
	size_t count = 0;

	(void)state;
	SCHEMA_FOR_EACH_ROW(e, row) {
		if (!row->unique)
			continue;
		schema_elements(text, e, "", 2);
		schema_refused(text, "\"a\"");
		count++;
	}
	assert_true(count >= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attrs_misspelled),
		cmocka_unit_test(elements_misspelled),
		cmocka_unit_test(required),
		cmocka_unit_test(once),
		cmocka_unit_test(unique),
	};

	schema_entries_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
