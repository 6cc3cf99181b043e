/* SPDX-License-Identifier: MIT */
/*
 * Objects by name: an ordered tree whose key is a string. The element is a
 * member of the object; the name is borrowed and must stay unchanged while
 * the object is in the dictionary. `struct dict` is valid when all zero.
 */
#pragma once

#include <lib/tree.h>

struct dict_elem {
	struct tree_elem tree;
	const char *name; /* borrowed: outlives the membership */
};

struct dict {
	struct tree tree;
};

/* The object whose member `member` is the element `e`; NULL for NULL. */
#define DICT_OBJECT(e, type, member) TREE_OBJECT(e, type, member)

/* Visit all elements in the order of their names (bytes). */
#define DICT_FOR_EACH(e, dict)                                                 \
	for (struct dict_elem *e = dict_first(dict); e; e = dict_next(e))

/* Add `e`, which is in no dictionary, as `name`. Error: CONFLICT. */
FIEF_MUST enum fief_err dict_insert(struct dict *d, struct dict_elem *e,
                                    const char *name);

/* Remove `e`. No effect if it is in no dictionary. */
void dict_remove(struct dict *d, struct dict_elem *e);

/* Element of that name; NULL if there is none. */
struct dict_elem *dict_find(const struct dict *d, const char *name);

/* First element, and the one after `e`; NULL if there is none. */
struct dict_elem *dict_first(const struct dict *d);
struct dict_elem *dict_next(const struct dict_elem *e);
