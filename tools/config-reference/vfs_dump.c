/* SPDX-License-Identifier: MIT */
/* The schemas of all file systems as JSON: what their reference pages and the XSD
 * of trees are made from. */
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>
#include <vfs/plugins.h>
#include <vfs/schema.h>

static const char *const value_name[] = {
	[VFS_VALUE_TEXT] = "text",
	[VFS_VALUE_NAME] = "name",
	[VFS_VALUE_BOOL] = "bool",
	[VFS_VALUE_NUMBER] = "number",
};

/* Exits if there is no memory. */
static json_t *checked(json_t *made)
{
	if (made)
		return made;
	fprintf(stderr, "vfs-dump: out of memory\n");
	exit(EXIT_FAILURE);
}

static void append(json_t *list, json_t *one)
{
	if (json_array_append_new(list, checked(one)))
		checked(NULL);
}

static json_t *attrs(const struct vfs_attr *a)
{
	json_t *list = checked(json_array());

	for (; a && a->name; a++)
		append(list, json_pack("{ss ss? ss ss sb}", "name", a->name,
		                       "usual", a->usual, "text", a->text,
		                       "type", value_name[a->value], "required",
		                       a->required));
	return list;
}

static json_t *words(const char *const *w)
{
	json_t *list = checked(json_array());

	for (; w && *w; w++)
		append(list, json_string(*w));
	return list;
}

/* Exits if it has no schema: there would be nothing to write about it. */
static json_t *type(const struct vfs_type *t)
{
	const struct vfs_schema *s = t->schema;

	if (!s) {
		fprintf(stderr, "vfs-dump: <%s> has no schema\n", t->name);
		exit(EXIT_FAILURE);
	}
	return json_pack("{ss ss so so sb sb}", "name", t->name, "text",
	                 s->text, "attrs", attrs(s->attrs), "children",
	                 words(s->children), "content", s->content, "any",
	                 s->any);
}

int main(void)
{
	json_t *list = checked(json_array());
	int failed;

	for (const struct vfs_type *const *t = vfs_plugins; *t; t++)
		append(list, type(*t));
	failed = json_dumpf(list, stdout, JSON_INDENT(1)) || fflush(stdout);
	json_decref(list);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
