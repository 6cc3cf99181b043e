/* SPDX-License-Identifier: MIT */
/* The schema of configs, with its texts, as JSON: what the reference, the XSD
 * and the manual page are made from. */
#include <stdio.h>
#include <stdlib.h>

#include <init/config_schema_text.h>
#include <jansson.h>
#include <lib/label.h>

static const char *const type_name[CONFIG_TYPES] = {
	[CONFIG_TEXT] = "text",       [CONFIG_LABEL] = "label",
	[CONFIG_NAME] = "name",       [CONFIG_WORD] = "word",
	[CONFIG_BOOL] = "bool",       [CONFIG_NUMBER] = "number",
	[CONFIG_SIZE] = "size",       [CONFIG_MS] = "ms",
	[CONFIG_SECONDS] = "seconds", [CONFIG_SIGNED] = "signed",
};

/* Exits if there is no memory: what is made here lives as long as we do. */
static json_t *checked(json_t *made)
{
	if (made)
		return made;
	fprintf(stderr, "config-dump: out of memory\n");
	exit(EXIT_FAILURE);
}

static void append(json_t *list, json_t *one)
{
	if (json_array_append_new(list, checked(one)))
		checked(NULL);
}

static json_t *words(const char *const *w)
{
	json_t *list = checked(json_array());

	for (; w && *w; w++)
		append(list, json_string(*w));
	return list;
}

/* Exits if it is not. */
static const char *present(const char *text, const char *place,
                           const char *attr)
{
	if (text)
		return text;
	fprintf(stderr, "config-dump: init/config_schema_text.c lacks %s%s%s\n",
	        attr, *attr ? " of " : "", place);
	exit(EXIT_FAILURE);
}

static json_t *attr(const struct config_entry *entry,
                    const struct config_attr *row)
{
	const char *const text = config_attr_text(entry->text, row->name);

	return json_pack("{ss ss sI sI so ss? sb sb ss}", "name", row->name,
	                 "type", type_name[row->type], "least",
	                 (json_int_t)row->least, "most", (json_int_t)row->most,
	                 "words", words(row->words), "usual", row->usual,
	                 "required", row->required, "unique", row->unique,
	                 "text", present(text, entry->place, row->name));
}

static json_t *attrs(const struct config_entry *entry)
{
	json_t *list = checked(json_array());

	CONFIG_FOR_EACH_ATTR(row, entry->element)
		append(list, attr(entry, row));
	return list;
}

/* By their numbers in the list of all. */
static json_t *children(const struct config_entry *all, size_t n,
                        const struct config_element *in)
{
	json_t *list = checked(json_array());

	CONFIG_FOR_EACH_CHILD(child, in)
		for (size_t i = 0; i < n; i++)
			if (all[i].element == *child)
				append(list, json_integer((json_int_t)i));
	return list;
}

static json_t *element(const struct config_entry *all, size_t n,
                       const struct config_entry *entry)
{
	const struct config_element *const e = entry->element;
	const struct config_text *const t = entry->text;

	(void)present(t->example, entry->place, "an example");
	return json_pack("{ss ss sb sb so so ss ss ss?}", "name", e->name,
	                 "place", entry->place, "once", e->once, "any", e->any,
	                 "attrs", attrs(entry), "children", children(all, n, e),
	                 "text", t->text, "example", t->example, "system",
	                 t->system);
}

int main(void)
{
	static struct config_entry all[CONFIG_ELEMENTS_MAX];
	const size_t n = config_entries(all);
	json_t *list = checked(json_array());
	json_t *whole;
	int failed;

	for (size_t i = 0; i < n; i++) {
		(void)present(all[i].text ? "" : NULL, all[i].place, "");
		append(list, element(all, n, &all[i]));
	}
	whole = checked(json_pack("{si so}", "name_max", LABEL_NAME_MAX,
	                          "elements", list));
	failed = json_dumpf(whole, stdout, JSON_INDENT(1)) || fflush(stdout);
	json_decref(whole);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
