/* SPDX-License-Identifier: MIT */
/* Objects by number. */
#include <fief/id_space.h>

static struct fief_id *id_of(const struct tree_elem *e)
{
	return (struct fief_id *)(uintptr_t)e;
}

static int order(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int elem_order(const struct tree_elem *a, const struct tree_elem *b)
{
	return order(id_of(a)->id, id_of(b)->id);
}

static int key_order(const void *key, const struct tree_elem *e)
{
	return order(*(const uint32_t *)key, id_of(e)->id);
}

void fief_id_space_init(struct fief_id_space *s, uint32_t max)
{
	*s = (struct fief_id_space){
		.tree = { .order = elem_order },
		.max = max,
	};
}

/* First free id at or after `from`; 0 if there is none. */
static uint32_t first_free(const struct fief_id_space *s, uint32_t from)
{
	const struct tree_elem *e = tree_ceiling(&s->tree, &from, key_order);

	for (; e && id_of(e)->id == from; e = tree_next(e))
		if (from++ == s->max)
			return 0;
	return from <= s->max ? from : 0;
}

enum fief_err fief_id_add(struct fief_id_space *s, struct fief_id *i)
{
	uint32_t id;

	if (s->tree.count >= s->max)
		return FIEF_LIMIT;
	id = s->last < s->max ? first_free(s, s->last + 1) : 0;
	if (!id)
		id = first_free(s, 1);
	s->last = id;
	return fief_id_add_as(s, i, id);
}

enum fief_err fief_id_add_as(struct fief_id_space *s, struct fief_id *i,
                             uint32_t id)
{
	if (!id || id > s->max)
		return FIEF_INVALID;
	if (fief_id_find(s, id))
		return FIEF_CONFLICT;
	i->id = id;
	return tree_insert(&s->tree, &i->tree);
}

void fief_id_remove(struct fief_id_space *s, struct fief_id *i)
{
	tree_remove(&s->tree, &i->tree);
}

struct fief_id *fief_id_find(const struct fief_id_space *s, uint32_t id)
{
	return id_of(tree_find(&s->tree, &id, key_order));
}

struct fief_id *fief_id_from(const struct fief_id_space *s, uint32_t id)
{
	return id_of(tree_ceiling(&s->tree, &id, key_order));
}

struct fief_id *fief_id_first(const struct fief_id_space *s)
{
	return id_of(tree_first(&s->tree));
}

struct fief_id *fief_id_next(const struct fief_id *i)
{
	return id_of(tree_next(&i->tree));
}
