/* SPDX-License-Identifier: MIT */
/* AVL tree with parent links, so that nothing recurses. */
#include <lib/tree.h>

enum { LEFT, RIGHT };

static int height(const struct tree_elem *e)
{
	return e ? e->height : 0;
}

static void height_update(struct tree_elem *e)
{
	const int l = height(e->child[LEFT]), r = height(e->child[RIGHT]);

	e->height = 1 + (l > r ? l : r);
}

/* The link that points to `e`. */
static struct tree_elem **link_of(struct tree *t, struct tree_elem *e)
{
	if (!e->parent)
		return &t->root;
	return &e->parent->child[e->parent->child[RIGHT] == e];
}

/* Put `by`, which may be NULL, where `e` is. */
static void replace(struct tree *t, struct tree_elem *e, struct tree_elem *by)
{
	*link_of(t, e) = by;
	if (by)
		by->parent = e->parent;
}

static void child_set(struct tree_elem *e, int side, struct tree_elem *child)
{
	e->child[side] = child;
	if (child)
		child->parent = e;
}

/* Let the child of `e` opposite to `side` take its place; returns it. */
static struct tree_elem *rotate(struct tree *t, struct tree_elem *e, int side)
{
	struct tree_elem *const up = e->child[!side];

	replace(t, e, up);
	child_set(e, !side, up->child[side]);
	child_set(up, side, e);
	height_update(e);
	height_update(up);
	return up;
}

/* Restore the balance of `e`; returns the root of its subtree. */
static struct tree_elem *balance(struct tree *t, struct tree_elem *e)
{
	const int lean = height(e->child[RIGHT]) - height(e->child[LEFT]);
	const int heavy = lean > 0;
	struct tree_elem *const c = e->child[heavy];

	height_update(e);
	if (lean >= -1 && lean <= 1)
		return e;
	if (height(c->child[!heavy]) > height(c->child[heavy]))
		rotate(t, c, heavy);
	return rotate(t, e, !heavy);
}

static void balance_upwards(struct tree *t, struct tree_elem *e)
{
	for (; e; e = e->parent)
		e = balance(t, e);
}

enum fief_err tree_insert(struct tree *t, struct tree_elem *e)
{
	struct tree_elem **link = &t->root, *parent = NULL;

	while (*link) {
		const int order = t->order(e, *link);

		if (order == 0)
			return FIEF_CONFLICT;
		parent = *link;
		link = &parent->child[order > 0];
	}
	*e = (struct tree_elem){ .parent = parent, .height = 1 };
	*link = e;
	t->count++;
	balance_upwards(t, parent);
	return FIEF_OK;
}

/* Let the successor of `e`, which has two children, take its place. */
static struct tree_elem *remove_inner(struct tree *t, struct tree_elem *e)
{
	struct tree_elem *s = e->child[RIGHT], *lowest;

	while (s->child[LEFT])
		s = s->child[LEFT];
	lowest = s;
	if (s->parent != e) {
		lowest = s->parent;
		replace(t, s, s->child[RIGHT]);
		child_set(s, RIGHT, e->child[RIGHT]);
	}
	child_set(s, LEFT, e->child[LEFT]);
	replace(t, e, s);
	return lowest;
}

void tree_remove(struct tree *t, struct tree_elem *e)
{
	struct tree_elem *lowest = e->parent; /* whose height may change */

	if (!tree_linked(e))
		return;
	if (e->child[LEFT] && e->child[RIGHT])
		lowest = remove_inner(t, e);
	else
		replace(t, e, e->child[e->child[LEFT] ? LEFT : RIGHT]);
	balance_upwards(t, lowest);
	t->count--;
	*e = (struct tree_elem){ 0 };
}

struct tree_elem *tree_find(const struct tree *t, const void *key,
                            tree_key_order order)
{
	struct tree_elem *const e = tree_floor(t, key, order);

	return e && order(key, e) == 0 ? e : NULL;
}

struct tree_elem *tree_floor(const struct tree *t, const void *key,
                             tree_key_order order)
{
	struct tree_elem *e = t->root, *found = NULL;

	while (e) {
		const bool above = order(key, e) >= 0;

		if (above)
			found = e;
		e = e->child[above];
	}
	return found;
}

struct tree_elem *tree_ceiling(const struct tree *t, const void *key,
                               tree_key_order order)
{
	struct tree_elem *e = t->root, *found = NULL;

	while (e) {
		const bool above = order(key, e) > 0;

		if (!above)
			found = e;
		e = e->child[above];
	}
	return found;
}

static struct tree_elem *outermost(struct tree_elem *e, int side)
{
	while (e && e->child[side])
		e = e->child[side];
	return e;
}

static struct tree_elem *step(const struct tree_elem *e, int side)
{
	if (e->child[side])
		return outermost(e->child[side], !side);
	while (e->parent && e->parent->child[side] == e)
		e = e->parent;
	return e->parent;
}

struct tree_elem *tree_first(const struct tree *t)
{
	return outermost(t->root, LEFT);
}

struct tree_elem *tree_last(const struct tree *t)
{
	return outermost(t->root, RIGHT);
}

struct tree_elem *tree_next(const struct tree_elem *e)
{
	return step(e, RIGHT);
}

struct tree_elem *tree_prev(const struct tree_elem *e)
{
	return step(e, LEFT);
}
