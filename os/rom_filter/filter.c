/* SPDX-License-Identifier: MIT */
/* Generation of the output from the inputs. */

#include "filter.h"

#include <lib/mem.h>

#include "path.h"

/* A node of the output under construction. */
struct target {
	const struct filter *filter;
	struct node_gen *gen;
	const char *seen[FILTER_ATTRS_MAX]; /* attributes it has by now */
	unsigned attrs;
};

static const struct node *declaration(const struct node *config,
                                      const char *name)
{
	return node_find(config, "input", "name", name);
}

const char *filter_rom(const struct node *input)
{
	return node_attr(input, "rom", node_attr(input, "name", ""));
}

/* The node that an input leads to; NULL: none now. */
static const struct node *input_node(const struct filter *f,
                                     const struct node *input)
{
	return path_find(f->look(f->ctx, filter_rom(input)),
	                 node_attr(input, "path", ""));
}

/* What an input is worth now; NULL: it has no value. */
static const char *input_value(const struct filter *f, const char *name)
{
	const struct node *input = declaration(f->config, name);
	const struct node *n = input_node(f, input);
	const char *attr = node_attr(input, "attribute", NULL);
	const char *value = NULL;

	if (n && attr)
		value = node_attr(n, attr, NULL);
	else if (n)
		value = node_text(n, NULL);
	return value ? value : node_attr(input, "default", NULL);
}

/* ---- conditions ---- */

static bool has_value(const struct filter *f, const struct node *test)
{
	const char *value = input_value(f, node_attr(test, "input", ""));
	const char *wanted = node_attr(test, "value", NULL);

	return value && (!wanted || !strcmp(value, wanted));
}

/* The branch of an <if> that counts; NULL: none. All tests must hold. */
static const struct node *branch(const struct filter *f, const struct node *n)
{
	NODE_FOR_EACH(test, n, "has_value")
		if (!has_value(f, test))
			return node_first(n, "else");
	return node_first(n, "then");
}

/* ---- attributes: before any content of their node ---- */

/* The first one of a name counts. */
static void attr_put(struct target *t, const char *name, const char *value)
{
	for (unsigned i = 0; i < t->attrs; i++)
		if (!strcmp(t->seen[i], name))
			return;
	if (t->attrs == FILTER_ATTRS_MAX) {
		t->gen->error = FIEF_LIMIT;
		return;
	}
	t->seen[t->attrs++] = name;
	node_gen_attr(t->gen, name, value);
}

static void attrs_put(struct target *t, const struct node *content)
{
	NODE_FOR_EACH(n, content, NULL) {
		const char *input = node_attr(n, "input", NULL);
		const char *value;

		if (node_has_type(n, "if"))
			attrs_put(t, branch(t->filter, n));
		if (!node_has_type(n, "attribute"))
			continue;
		value = input ? input_value(t->filter, input) :
		                node_attr(n, "value", "");
		if (value)
			attr_put(t, node_attr(n, "name", ""), value);
	}
}

/* ---- content ---- */

static void content_put(struct target *t, const struct node *content);

static void node_put(const struct target *parent, const char *type,
                     const struct node *content)
{
	struct target t = { .filter = parent->filter, .gen = parent->gen };

	node_gen_open(t.gen, type);
	attrs_put(&t, content);
	content_put(&t, content);
	node_gen_close(t.gen);
}

static void put_nothing(struct target *t, const struct node *n)
{
	(void)t, (void)n;
}

static void put_node(struct target *t, const struct node *n)
{
	node_put(t, node_attr(n, "type", ""), n);
}

/* What is written there, as it is. */
static void put_inline(struct target *t, const struct node *n)
{
	for (const struct node *c = n->first; c; c = c->next) {
		if (c->name)
			node_gen_node(t->gen, c);
		else
			node_gen_text(t->gen, c->text, c->text_len);
	}
}

/* The node that the input leads to, or what is in it. */
static void put_input(struct target *t, const struct node *n)
{
	const struct node *found =
		input_node(t->filter, declaration(t->filter->config,
	                                          node_attr(n, "name", "")));
	bool content = false;

	if (!found)
		return;
	if (!node_attr_bool(n, "content", false, NULL, &content) && content)
		put_inline(t, found);
	else
		node_gen_node(t->gen, found);
}

/* The value of an input as text. */
static void put_text(struct target *t, const struct node *n)
{
	const char *value = input_value(t->filter, node_attr(n, "input", ""));

	if (value)
		node_gen_text(t->gen, value, strlen(value));
}

static void put_if(struct target *t, const struct node *n)
{
	content_put(t, branch(t->filter, n));
}

static const struct {
	const char *type;
	void (*put)(struct target *t, const struct node *n);
} elements[] = {
	{ "attribute", put_nothing }, { "node", put_node },
	{ "inline", put_inline },     { "input", put_input },
	{ "text", put_text },         { "if", put_if },
};

enum { ELEMENTS = sizeof(elements) / sizeof(elements[0]) };

static void content_put(struct target *t, const struct node *content)
{
	NODE_FOR_EACH(n, content, NULL)
		for (unsigned i = 0; i < ELEMENTS; i++)
			if (node_has_type(n, elements[i].type))
				elements[i].put(t, n);
}

void filter_generate(const struct filter *f, struct node_gen *g)
{
	const struct node *output = node_first(f->config, "output");
	const struct target none = { .filter = f, .gen = g };

	node_put(&none, node_attr(output, "node", ""), output);
}
