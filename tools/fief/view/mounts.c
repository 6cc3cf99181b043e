/* SPDX-License-Identifier: MIT */
/* What the <vfs> of a component is made of. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fief/exit_code.h>

#include "mounts.h"
#include <tools/fief/config_edit.h>
#include <tools/fief/json_text.h>
#include <tools/fief/past.h>
#include <tools/fief/util.h>

/* ---- one of them ---- */

/* Those that are one file, with the name of their type if they have no other
 * one. All others are at the directory that they stand in, or may be anything. */
static bool is_file(const char *type)
{
	static const char *const types[] = { "null",    "zero",  "full",
		                             "inline",  "rom",   "log",
		                             "ram_log", "pipe",  "random",
		                             "symlink", "block", "terminal" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i], type))
			return true;
	return false;
}

static char *below(const char *dir, const char *name)
{
	return util_text("%s%s%s", dir, strcmp(dir, "/") ? "/" : "", name);
}

static char *path_of(const char *dir, const struct node *n)
{
	return is_file(n->name) ? below(dir, node_attr(n, "name", n->name)) :
	                          util_text("%s", dir);
}

static json_t *as_json(const char *path, const struct node *n)
{
	json_t *attrs = json_object();

	NODE_FOR_EACH_ATTR(a, n)
		json_object_set_new(attrs, a->name, json_text(a->value));
	return json_pack("{sososo}", "path", json_text(path), "type",
	                 json_text(n->name), "attributes", attrs);
}

static void print_text(const char *path, const struct node *n)
{
	char *safe = util_safe(path);

	printf("%-24s %s", safe, n->name);
	free(safe);
	NODE_FOR_EACH_ATTR(a, n) {
		safe = util_safe(a->value);
		printf(" %s=\"%s\"", a->name, safe);
		free(safe);
	}
	putchar('\n');
}

/* ---- all ---- */

/* `array` NULL: as text. What is within one of them is its own matter. */
static void print(const struct node *tree, const char *dir, json_t *array)
{
	NODE_FOR_EACH(n, tree, NULL) {
		const bool is_dir = node_has_type(n, "dir");
		char *path = is_dir ? below(dir, node_attr(n, "name", "?")) :
		                      path_of(dir, n);

		if (is_dir)
			print(n, path, array);
		else if (array)
			json_array_append_new(array, as_json(path, n));
		else
			print_text(path, n);
		free(path);
	}
}

static int print_tree(const struct config_place *p, bool json)
{
	const struct node *tree =
		node_first(node_first(p->node, "config"), "vfs");
	json_t *array = json ? json_array() : NULL;

	if (!tree) {
		util_error("\"%s\" has no <vfs> in its <config>",
		           p->start->name);
		json_decref(array);
		return FIEF_EXIT_NOT_FOUND;
	}
	print(tree, "/", array);
	if (json)
		json_show(array);
	return 0;
}

static int find(struct config_text text, const char *component, bool json)
{
	struct findings ignored = { 0 };
	char near[LABEL_MAX + 1] = "";
	struct config_place p;
	struct authority a;
	int code = FIEF_EXIT_NOT_FOUND;

	authority_open_text(&a, "config", text, &ignored);
	if (a.inits && config_place_find(&a, component, &p, near))
		code = print_tree(&p, json);
	else
		authority_not_found(component, near);
	authority_close(&a);
	findings_fini(&ignored);
	return code;
}

int mounts_print(const struct look_options *o, const char *component, bool json)
{
	struct config_text text;
	struct target t;
	uint64_t number;
	int code = target_open(&t, o->system, NULL);

	if (code)
		return code;
	code = past_text(&t, 0, &number, &text);
	target_close(&t);
	return code ? code : find(text, component, json);
}
