/* SPDX-License-Identifier: MIT */
/* Dictionary: a tree ordered by strcmp. */
#include <assert.h>

#include <lib/dict.h>
#include <lib/mem.h>

static_assert(offsetof(struct dict_elem, tree) == 0, "cast in name_of");

static const char *name_of(const struct tree_elem *e)
{
	return ((const struct dict_elem *)(const void *)e)->name;
}

static int elem_order(const struct tree_elem *a, const struct tree_elem *b)
{
	return strcmp(name_of(a), name_of(b));
}

static int name_order(const void *name, const struct tree_elem *e)
{
	return strcmp(name, name_of(e));
}

enum fief_err dict_insert(struct dict *d, struct dict_elem *e, const char *name)
{
	d->tree.order = elem_order;
	e->name = name;
	return tree_insert(&d->tree, &e->tree);
}

void dict_remove(struct dict *d, struct dict_elem *e)
{
	tree_remove(&d->tree, &e->tree);
}

struct dict_elem *dict_find(const struct dict *d, const char *name)
{
	return TREE_OBJECT(tree_find(&d->tree, name, name_order),
	                   struct dict_elem, tree);
}

struct dict_elem *dict_first(const struct dict *d)
{
	return TREE_OBJECT(tree_first(&d->tree), struct dict_elem, tree);
}

struct dict_elem *dict_next(const struct dict_elem *e)
{
	return TREE_OBJECT(tree_next(&e->tree), struct dict_elem, tree);
}
