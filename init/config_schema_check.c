/* SPDX-License-Identifier: MIT */
/* Is a config as the schema has it? */

#include "config_schema.h"

#include <lib/guess.h>
#include <lib/mem.h>

/* ---- attributes ---- */

static enum fief_err attr_unknown(const struct node *n,
                                  const struct node_attr *a,
                                  const struct config_element *e,
                                  struct node_error *err)
{
	struct guess g = { 0 };

	CONFIG_FOR_EACH_ATTR(row, e)
		guess_try(&g, a->name, row->name);
	if (!g.name)
		return node_error_set(err, FIEF_INVALID, a->at,
		                      "unknown attribute \"%s\" of <%s>",
		                      a->name, n->name);
	return node_error_set(err, FIEF_INVALID, a->at,
	                      "unknown attribute \"%s\" of <%s>, did you mean "
	                      "\"%s\"?",
	                      a->name, n->name, g.name);
}

static const struct config_attr *row_of(const struct config_element *e,
                                        const char *name)
{
	CONFIG_FOR_EACH_ATTR(row, e)
		if (!strcmp(row->name, name))
			return row;
	return NULL;
}

static enum fief_err attrs_check(const struct node *n,
                                 const struct config_element *e,
                                 struct node_error *err)
{
	const char *value;
	enum fief_err r = FIEF_OK;

	NODE_FOR_EACH_ATTR(a, n) {
		const struct config_attr *row = row_of(e, a->name);

		r = row ? config_value_check(n, a, row, err) :
		          attr_unknown(n, a, e, err);
		if (r)
			return r;
	}
	CONFIG_FOR_EACH_ATTR(row, e)
		if (row->required && !r)
			r = node_attr_required(n, row->name, err, &value);
	return r;
}

/* ---- elements ---- */

static enum fief_err child_unknown(const struct node *n,
                                   const struct config_element *in,
                                   struct node_error *err)
{
	struct guess g = { 0 };

	CONFIG_FOR_EACH_CHILD(e, in)
		guess_try(&g, n->name, (*e)->name);
	if (!g.name)
		return node_error_set(err, FIEF_INVALID, n->at,
		                      "unknown element <%s> in <%s>", n->name,
		                      in->name);
	return node_error_set(err, FIEF_INVALID, n->at,
	                      "unknown element <%s> in <%s>, did you mean "
	                      "<%s>?",
	                      n->name, in->name, g.name);
}

static bool blank(const struct node *text)
{
	for (size_t i = 0; i < text->text_len; i++)
		if (!strchr(" \t\r\n", text->text[i]))
			return false;
	return true;
}

static const struct config_element *element_of(const struct config_element *in,
                                               const char *name)
{
	CONFIG_FOR_EACH_CHILD(e, in)
		if (!strcmp((*e)->name, name))
			return *e;
	return NULL;
}

static enum fief_err element_check(const struct node *n,
                                   const struct config_element *e,
                                   struct node_error *err);

static enum fief_err child_check(const struct node *n,
                                 const struct config_element *in,
                                 struct node_error *err)
{
	const struct config_element *e;

	if (!n->name && blank(n))
		return FIEF_OK;
	if (!n->name)
		return node_error_set(err, FIEF_INVALID, n->at,
		                      "unexpected text in <%s>", in->name);
	e = element_of(in, n->name);
	if (!e)
		return child_unknown(n, in, err);
	if (e->once && node_first(n->parent, n->name) != n)
		return node_error_set(err, FIEF_INVALID, n->at,
		                      "second <%s> in <%s>, only one is "
		                      "possible",
		                      n->name, in->name);
	return element_check(n, e, err);
}

/* As deep as the tables. */
static enum fief_err element_check(const struct node *n,
                                   const struct config_element *e,
                                   struct node_error *err)
{
	enum fief_err r;

	if (e->any)
		return FIEF_OK;
	r = attrs_check(n, e, err);
	for (const struct node *c = n->first; c && !r; c = c->next)
		r = child_check(c, e, err);
	return r;
}

enum fief_err config_element_check(const struct node *root,
                                   const struct config_element *e,
                                   struct node_error *err)
{
	if (!node_has_type(root, e->name))
		return node_error_set(err, FIEF_INVALID, root->at,
		                      "found <%s>, expected <%s>", root->name,
		                      e->name);
	return element_check(root, e, err);
}

enum fief_err config_schema_check(const struct node *root,
                                  struct node_error *err)
{
	return config_element_check(root, &config_schema, err);
}
