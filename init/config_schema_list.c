/* SPDX-License-Identifier: MIT */
/* The elements of the schema as a list, with their texts. */

#include "config_schema_text.h"

#include <assert.h>

#include <lib/fmt.h>
#include <lib/mem.h>

struct list {
	struct config_entry *entry;
	size_t used;
};

static const struct config_text *text_of(const char *place)
{
	for (const struct config_text *t = config_texts; t->place; t++)
		if (!strcmp(t->place, place))
			return t;
	return NULL;
}

const char *config_attr_text(const struct config_text *t, const char *attr)
{
	for (const struct config_attr_text *a = t->attrs; a && a->name; a++)
		if (!strcmp(a->name, attr))
			return a->text;
	return NULL;
}

static bool listed(const struct list *l, const struct config_element *e)
{
	for (size_t i = 0; i < l->used; i++)
		if (l->entry[i].element == e)
			return true;
	return false;
}

/* As deep as the tables. */
static void add(struct list *l, const struct config_element *e,
                const struct config_entry *in)
{
	struct config_entry *const entry = &l->entry[l->used];
	struct fmt f;

	if (listed(l, e))
		return;
	assert(l->used < CONFIG_ELEMENTS_MAX);
	l->used++;
	*entry = (struct config_entry){ .element = e, .in = in };
	fmt_init(&f, entry->place, sizeof(entry->place));
	if (in)
		fmt_add(&f, "%s/", in->element->name);
	fmt_add(&f, "%s", e->name);
	entry->text = text_of(entry->place);
	CONFIG_FOR_EACH_CHILD(child, e)
		add(l, *child, entry);
}

size_t config_entries(struct config_entry list[CONFIG_ELEMENTS_MAX])
{
	struct list l = { .entry = list };

	add(&l, &config_schema, NULL);
	return l.used;
}
