/* SPDX-License-Identifier: MIT */
/* Comparison and copy of whole subtrees; recursion is bounded by their depth,
 * NODE_DEPTH_MAX. */
#include <lib/mem.h>
#include <lib/node.h>

static size_t attr_count(const struct node *n)
{
	size_t count = 0;

	NODE_FOR_EACH_ATTR(a, n)
		count++;
	return count;
}

/* Names are unique within a node, so that equal counts and one direction of
 * look-ups suffice. */
static bool attrs_equal(const struct node *a, const struct node *b)
{
	if (attr_count(a) != attr_count(b))
		return false;
	NODE_FOR_EACH_ATTR(attr, a) {
		const char *const value = node_attr(b, attr->name, NULL);

		if (!value || strcmp(value, attr->value) != 0)
			return false;
	}
	return true;
}

/* Equal but for attributes and children? */
static bool heads_equal(const struct node *a, const struct node *b)
{
	if (!a->name || !b->name)
		return !a->name && !b->name && a->text_len == b->text_len &&
		       !memcmp(a->text, b->text, a->text_len);
	return !strcmp(a->name, b->name);
}

bool node_equal(const struct node *a, const struct node *b)
{
	const struct node *c, *d;

	if (!a || !b)
		return a == b;
	if (!heads_equal(a, b) || !attrs_equal(a, b))
		return false;
	for (c = a->first, d = b->first; c && d; c = c->next, d = d->next)
		if (!node_equal(c, d))
			return false;
	return !c && !d;
}

static enum fief_err attr_copy(struct arena *a, const struct node_attr *from,
                               struct node_attr **out)
{
	struct node_attr *attr;
	enum fief_err e;
	void *mem;

	e = arena_alloc(a, sizeof(*attr), &mem);
	if (e)
		return e;
	attr = mem;
	attr->at = from->at;
	e = arena_text(a, from->name, strlen(from->name), &attr->name);
	if (e)
		return e;
	*out = attr;
	return arena_text(a, from->value, strlen(from->value), &attr->value);
}

/* Copy of a node without children. */
static enum fief_err head_copy(struct arena *a, const struct node *from,
                               struct node *n)
{
	struct node_attr **link = &n->attrs;
	enum fief_err e;

	n->at = from->at;
	n->text_len = from->text_len;
	if (!from->name)
		return arena_text(a, from->text, from->text_len, &n->text);
	e = arena_text(a, from->name, strlen(from->name), &n->name);
	NODE_FOR_EACH_ATTR(attr, from) {
		if (e)
			return e;
		e = attr_copy(a, attr, link);
		link = e ? link : &(*link)->next;
	}
	return e;
}

enum fief_err node_copy(struct arena *a, const struct node *n,
                        struct node **out)
{
	struct node *copy, **link;
	enum fief_err e;
	void *mem;

	e = arena_alloc(a, sizeof(*copy), &mem);
	if (e)
		return e;
	copy = mem;
	link = &copy->first;
	e = head_copy(a, n, copy);
	for (const struct node *c = n->first; c && !e; c = c->next) {
		e = node_copy(a, c, link);
		if (e)
			return e;
		copy->last = *link;
		copy->last->parent = copy;
		link = &copy->last->next;
	}
	if (!e)
		*out = copy;
	return e;
}
