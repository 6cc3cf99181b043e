/* SPDX-License-Identifier: MIT */
/*
 * Intrusive ordered tree, balanced (AVL): insertion, removal and search take
 * a number of steps that grows with the logarithm of the size, and none of
 * them allocates. `struct tree_elem` is valid and unlinked when all zero; a
 * `struct tree` needs its order and is otherwise zero. Not locked.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <fief/err.h>

struct tree_elem {
	struct tree_elem *parent; /* borrowed: as long as both are linked */
	struct tree_elem *child[2];
	int height; /* of the subtree, 1 for a leaf; 0 while not linked */
};

/* Order of two elements: negative, 0 (same key) or positive. */
typedef int (*tree_order)(const struct tree_elem *a, const struct tree_elem *b);

/* Order of a searched key and an element. */
typedef int (*tree_key_order)(const void *key, const struct tree_elem *e);

struct tree {
	struct tree_elem *root; /* borrowed: the objects belong to others */
	tree_order order;
	size_t count;
};

static inline void *tree_object(void *e, size_t offset)
{
	return e ? (char *)e - offset : NULL;
}

/* The object whose member `member` is the element `e`; NULL for NULL. */
#define TREE_OBJECT(e, type, member)                                           \
	((type *)tree_object(e, offsetof(type, member)))

/* Visit all elements in order. The visited one must stay linked. */
#define TREE_FOR_EACH(e, tree)                                                 \
	for (struct tree_elem *e = tree_first(tree); e; e = tree_next(e))

static inline bool tree_linked(const struct tree_elem *e)
{
	return e->height != 0;
}

/* Link `e`, which is in no tree. Error: CONFLICT (the key is in use). */
FIEF_MUST enum fief_err tree_insert(struct tree *t, struct tree_elem *e);

/* Unlink `e` from the tree that it is in. No effect if it is in none. */
void tree_remove(struct tree *t, struct tree_elem *e);

/* Element with that key; NULL if there is none. */
struct tree_elem *tree_find(const struct tree *t, const void *key,
                            tree_key_order order);

/* Greatest element not above the key, least one not below it; or NULL. */
struct tree_elem *tree_floor(const struct tree *t, const void *key,
                             tree_key_order order);
struct tree_elem *tree_ceiling(const struct tree *t, const void *key,
                               tree_key_order order);

/* Ends of the order, and neighbours in it; NULL if there is none. */
struct tree_elem *tree_first(const struct tree *t);
struct tree_elem *tree_last(const struct tree *t);
struct tree_elem *tree_next(const struct tree_elem *e);
struct tree_elem *tree_prev(const struct tree_elem *e);
