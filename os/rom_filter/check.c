/* SPDX-License-Identifier: MIT */
/* Is a configuration all right? Asked before it is used. */

#include <lib/mem.h>

#include <lib/node_xml.h>

#include "filter.h"
#include "path.h"

enum { NAME_MAX = 128, NAME_MEMORY = 64 << 10 };

struct check {
	const struct node *config;
	struct node_error *err;
};

typedef enum fief_err element_check(const struct check *c,
                                    const struct node *n);

struct rule {
	const char *type;
	element_check *check;
};

static enum fief_err unknown(const struct check *c, const struct node *n)
{
	return node_error_set(c->err, FIEF_INVALID, n->at,
	                      "unknown element <%s> in <%s>", n->name,
	                      n->parent->name);
}

/* Check the children of `n` by a table that ends with an empty rule. */
static enum fief_err children(const struct check *c, const struct node *n,
                              const struct rule *rules)
{
	NODE_FOR_EACH(child, n, NULL) {
		const struct rule *r = rules;
		enum fief_err e;

		while (r->type && !node_has_type(child, r->type))
			r++;
		e = r->type ? r->check(c, child) : unknown(c, child);
		if (e)
			return e;
	}
	return FIEF_OK;
}

/* The attribute names an input that is declared. */
static enum fief_err declared(const struct check *c, const struct node *n,
                              const char *attr)
{
	const char *name;

	if (node_attr_required(n, attr, c->err, &name))
		return FIEF_INVALID;
	if (node_find(c->config, "input", "name", name))
		return FIEF_OK;
	return node_error_set(c->err, FIEF_INVALID, n->at,
	                      "there is no <input name=\"%s\">", name);
}

static element_check input_uses, text_uses, has_value, branch, condition,
	attribute, inner_node, as_is;

static const struct rule content_rules[] = {
	{ "attribute", attribute },
	{ "node", inner_node },
	{ "inline", as_is },
	{ "input", input_uses },
	{ "text", text_uses },
	{ "if", condition },
	{ 0 },
};
static const struct rule condition_rules[] = {
	{ "has_value", has_value },
	{ "then", branch },
	{ "else", branch },
	{ 0 },
};

static enum fief_err as_is(const struct check *c, const struct node *n)
{
	(void)c, (void)n;
	return FIEF_OK;
}

static enum fief_err input_uses(const struct check *c, const struct node *n)
{
	bool content;
	enum fief_err e = node_attr_bool(n, "content", false, c->err, &content);

	return e ? e : declared(c, n, "name");
}

static enum fief_err text_uses(const struct check *c, const struct node *n)
{
	return declared(c, n, "input");
}

static enum fief_err has_value(const struct check *c, const struct node *n)
{
	return declared(c, n, "input");
}

static enum fief_err branch(const struct check *c, const struct node *n)
{
	return children(c, n, content_rules);
}

static enum fief_err condition(const struct check *c, const struct node *n)
{
	if (!node_first(n, "has_value"))
		return node_error_set(c->err, FIEF_INVALID, n->at,
		                      "<if> without <has_value>");
	return children(c, n, condition_rules);
}

/* Could an XML document have a node, or an attribute, of the name that `attr`
 * gives? The parser knows. */
static enum fief_err named(const struct check *c, const struct node *n,
                           const char *attr)
{
	static char memory[NAME_MEMORY];
	char text[NAME_MAX + sizeof("</>")];
	struct node_xml_input in = { .text = text };
	struct node *root = NULL;
	const char *name;
	struct arena a;
	struct fmt f;

	if (node_attr_required(n, attr, c->err, &name))
		return FIEF_INVALID;
	fmt_init(&f, text, sizeof(text));
	fmt_add(&f, "<%s/>", name);
	in.len = f.len;
	arena_init_fixed(&a, memory, sizeof(memory));
	if (fmt_fits(&f) && !node_xml_parse(&in, &a, NULL, &root) &&
	    !strcmp(root->name, name))
		return FIEF_OK;
	return node_error_set(c->err, FIEF_INVALID, n->at,
	                      "attribute '%s' is \"%s\", expected a name, at "
	                      "most %d bytes",
	                      attr, name, NAME_MAX);
}

static enum fief_err attribute(const struct check *c, const struct node *n)
{
	if (named(c, n, "name"))
		return FIEF_INVALID;
	return node_attr_find(n, "input") ? declared(c, n, "input") : FIEF_OK;
}

static enum fief_err inner_node(const struct check *c, const struct node *n)
{
	if (named(c, n, "type"))
		return FIEF_INVALID;
	return children(c, n, content_rules);
}

/* ---- top level ---- */

static enum fief_err input(const struct check *c, const struct node *n)
{
	const char *name, *why;

	if (node_attr_required(n, "name", c->err, &name))
		return FIEF_INVALID;
	if (node_find(c->config, "input", "name", name) != n)
		return node_error_set(c->err, FIEF_INVALID, n->at,
		                      "second <input name=\"%s\">", name);
	if (path_check(node_attr(n, "path", ""), &why))
		return node_error_set(c->err, FIEF_INVALID, n->at, "path: %s",
		                      why);
	return FIEF_OK;
}

static enum fief_err output(const struct check *c, const struct node *n)
{
	if (named(c, n, "node"))
		return FIEF_INVALID;
	return children(c, n, content_rules);
}

enum fief_err filter_check(const struct node *config, struct node_error *err)
{
	static const struct rule rules[] = { { "input", input },
		                             { "output", output },
		                             { 0 } };
	const struct check c = { .config = config, .err = err };

	if (node_count(config, "output") != 1)
		return node_error_set(err, FIEF_INVALID,
		                      config ? config->at :
		                               (struct node_place){ 0 },
		                      "expected one <output>");
	return children(&c, config, rules);
}
