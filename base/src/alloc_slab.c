/* SPDX-License-Identifier: MIT */
/* Slab: groups of equal slots, each with the list of its free ones. */
#include <stdalign.h>
#include <stdbool.h>

#include <fief/slab.h>

#include "alloc_fault.h"

struct group {
	alignas(FIEF_ALLOC_ALIGN) struct list_elem elem;
	struct slot *free; /* owned: linked free slots */
	unsigned used;
};

struct slot {
	alignas(FIEF_ALLOC_ALIGN) struct group *group; /* borrowed: ours */
	struct slot *next_free; /* NULL at the end and while used */
};

static struct fief_slab *slab_of(struct fief_alloc *self)
{
	return FIEF_CONTAINER_OF(self, struct fief_slab, alloc);
}

static size_t slot_bytes(const struct fief_slab *s)
{
	return sizeof(struct slot) + s->size;
}

static size_t group_bytes(const struct fief_slab *s)
{
	return sizeof(struct group) + s->per_group * slot_bytes(s);
}

static enum fief_err grow(struct fief_slab *s)
{
	struct group *g;
	enum fief_err e;
	void *mem;

	e = fief_alloc(s->backing, group_bytes(s), &mem);
	if (e)
		return e;
	g = mem;
	*g = (struct group){ 0 };
	for (unsigned i = s->per_group; i-- > 0;) {
		struct slot *const slot =
			(void *)((char *)(g + 1) + i * slot_bytes(s));

		*slot = (struct slot){ .group = g, .next_free = g->free };
		g->free = slot;
	}
	list_add_first(&s->partial, &g->elem);
	s->empty++;
	return FIEF_OK;
}

static enum fief_err slab_alloc(struct fief_alloc *self, size_t size,
                                void **out)
{
	struct fief_slab *const s = slab_of(self);
	struct group *g;
	struct slot *slot;
	enum fief_err e;

	if (size > s->size)
		return FIEF_OUT_OF_RAM;
	if (list_empty(&s->partial)) {
		e = grow(s);
		if (e)
			return e;
	}
	g = LIST_FIRST(&s->partial, struct group, elem);
	slot = g->free;
	if (!slot)
		alloc_fault("slab: overwritten group");
	if (!g->used++)
		s->empty--;
	g->free = slot->next_free;
	slot->next_free = NULL;
	if (!g->free) {
		list_remove(&g->elem);
		list_add_last(&s->full, &g->elem);
	}
	*out = slot + 1;
	return FIEF_OK;
}

static void group_release(struct fief_slab *s, struct group *g)
{
	list_remove(&g->elem);
	fief_free(s->backing, g, group_bytes(s));
}

static void slab_free(struct fief_alloc *self, void *ptr, size_t size)
{
	struct fief_slab *const s = slab_of(self);
	struct slot *const slot = (struct slot *)ptr - 1;
	struct group *const g = slot->group;
	const bool was_full = g->elem.in == &s->full;

	if (size > s->size || slot->next_free || !g->used ||
	    (!was_full && g->elem.in != &s->partial))
		alloc_fault("slab: release of an object that is none");
	slot->next_free = g->free;
	g->free = slot;
	if (was_full) {
		list_remove(&g->elem);
		list_add_first(&s->partial, &g->elem);
	}
	if (!--g->used && s->empty++) {
		group_release(s, g);
		s->empty--;
	}
}

void fief_slab_init(struct fief_slab *s, struct fief_alloc *backing,
                    size_t size, unsigned per_group)
{
	const size_t mask = FIEF_ALLOC_ALIGN - 1;

	*s = (struct fief_slab){
		.alloc = { slab_alloc, slab_free },
		.backing = backing,
		.size = (size + mask) & ~mask,
		.per_group = per_group ? per_group : 1,
	};
}

void fief_slab_fini(struct fief_slab *s)
{
	LIST_FOR_EACH_SAFE(g, &s->partial, struct group, elem)
		group_release(s, g);
	LIST_FOR_EACH_SAFE(g, &s->full, struct group, elem)
		group_release(s, g);
	s->empty = 0;
}
