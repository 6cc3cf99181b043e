/* SPDX-License-Identifier: MIT */
/*
 * Intrusive doubly linked list. An element is a member of the object that is
 * listed, so that no operation allocates or fails. Both `struct list` and
 * `struct list_elem` are valid and empty when all zero. A list must not move
 * in memory while it has elements. Not locked.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <fief/compiler.h>

struct list_elem {
	struct list_elem *next; /* borrowed: as long as both are listed */
	struct list_elem *prev; /* borrowed */
	struct list *in;        /* borrowed: NULL while not on a list */
};

struct list {
	struct list_elem *first; /* borrowed: the objects belong to others */
	struct list_elem *last;
	size_t count;
};

static inline void *list_object(struct list_elem *e, size_t offset)
{
	return e ? (char *)e - offset : NULL;
}

/* The object whose member `member` is the element `e`; NULL for NULL. */
#define LIST_OBJECT(e, type, member)                                           \
	((type *)list_object(e, offsetof(type, member)))

/* First object of a list, NULL if empty; object after `obj`. */
#define LIST_FIRST(list, type, member) LIST_OBJECT((list)->first, type, member)
#define LIST_NEXT(obj, type, member)                                           \
	LIST_OBJECT((obj)->member.next, type, member)

/* Visit each object in order. `obj` must stay listed during its visit. */
#define LIST_FOR_EACH(obj, list, type, member)                                 \
	for (type *obj = LIST_FIRST(list, type, member); obj;                  \
	     obj = LIST_NEXT(obj, type, member))

/* The same where the visit may remove or free `obj`, but no other. */
#define LIST_FOR_EACH_SAFE(obj, list, type, member)                            \
	for (type *obj = LIST_FIRST(list, type, member),                       \
	          *obj##_next = obj ? LIST_NEXT(obj, type, member) : NULL;     \
	     obj; obj = obj##_next,                                            \
	          obj##_next = obj ? LIST_NEXT(obj, type, member) : NULL)

static inline bool list_empty(const struct list *l)
{
	return !l->first;
}

static inline bool list_linked(const struct list_elem *e)
{
	return e->in != NULL;
}

/* Add `e`, which is on no list, before `at`, or at the end if that is NULL. */
static inline void list_insert(struct list *l, struct list_elem *e,
                               struct list_elem *at)
{
	e->in = l;
	e->next = at;
	e->prev = at ? at->prev : l->last;
	*(e->prev ? &e->prev->next : &l->first) = e;
	*(at ? &at->prev : &l->last) = e;
	l->count++;
}

static inline void list_add_first(struct list *l, struct list_elem *e)
{
	list_insert(l, e, l->first);
}

static inline void list_add_last(struct list *l, struct list_elem *e)
{
	list_insert(l, e, NULL);
}

/* Take `e` off its list. No effect if it is on none. */
static inline void list_remove(struct list_elem *e)
{
	struct list *const l = e->in;

	if (!l)
		return;
	*(e->prev ? &e->prev->next : &l->first) = e->next;
	*(e->next ? &e->next->prev : &l->last) = e->prev;
	l->count--;
	*e = (struct list_elem){ 0 };
}

/* Remove and return the first element; NULL if the list is empty. */
static inline struct list_elem *list_take_first(struct list *l)
{
	struct list_elem *const e = l->first;

	if (e)
		list_remove(e);
	return e;
}
