/* SPDX-License-Identifier: MIT */
/* Look-up in node trees. */
#include <lib/mem.h>
#include <lib/node.h>

bool node_has_type(const struct node *n, const char *type)
{
	return n && n->name && !strcmp(n->name, type);
}

/* `n` or the first sibling after it that has the type. */
static const struct node *of_type(const struct node *n, const char *type)
{
	while (n && !(type ? node_has_type(n, type) : n->name != NULL))
		n = n->next;
	return n;
}

const struct node *node_first(const struct node *n, const char *type)
{
	return n ? of_type(n->first, type) : NULL;
}

const struct node *node_next(const struct node *n, const char *type)
{
	return n ? of_type(n->next, type) : NULL;
}

const struct node *node_find(const struct node *n, const char *type,
                             const char *attr, const char *value)
{
	NODE_FOR_EACH(child, n, type) {
		const struct node_attr *const a = node_attr_find(child, attr);

		if (a && !strcmp(a->value, value))
			return child;
	}
	return NULL;
}

size_t node_count(const struct node *n, const char *type)
{
	size_t count = 0;

	NODE_FOR_EACH(child, n, type)
		count++;
	return count;
}

const struct node_attr *node_attr_find(const struct node *n, const char *name)
{
	if (!n)
		return NULL;
	NODE_FOR_EACH_ATTR(a, n)
		if (!strcmp(a->name, name))
			return a;
	return NULL;
}

const char *node_attr(const struct node *n, const char *name,
                      const char *fallback)
{
	const struct node_attr *const a = node_attr_find(n, name);

	return a ? a->value : fallback;
}

const char *node_text(const struct node *n, size_t *len)
{
	const struct node *const t = n ? n->first : NULL;
	const bool only = t && !t->name && !t->next;

	if (len)
		*len = only ? t->text_len : 0;
	return only ? t->text : "";
}
