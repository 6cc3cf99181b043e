/* SPDX-License-Identifier: MIT */
/* Sliced heap: one dataspace for each object. */
#include <stdalign.h>

#include <fief/sliced_heap.h>

#include <lib/checked.h>

#include "alloc_fault.h"

/* At the start of each dataspace. */
struct slice {
	alignas(FIEF_ALLOC_ALIGN) struct list_elem elem;
	size_t bytes;
	fief_cap ds;
};

size_t fief_sliced_heap_cost(size_t size)
{
	size_t bytes;

	if (!checked_add(size, sizeof(struct slice), &bytes) ||
	    !checked_align(bytes, KIF_PAGE, &bytes))
		return SIZE_MAX;
	return bytes;
}

static struct fief_sliced_heap *heap_of(struct fief_alloc *self)
{
	return FIEF_CONTAINER_OF(self, struct fief_sliced_heap, alloc);
}

static enum fief_err slice_alloc(struct fief_alloc *self, size_t size,
                                 void **out)
{
	struct fief_sliced_heap *const h = heap_of(self);
	const size_t bytes = fief_sliced_heap_cost(size);
	struct slice *s;
	enum fief_err e;
	fief_cap ds;
	void *mem;

	if (bytes == SIZE_MAX)
		return FIEF_OUT_OF_RAM;
	e = fief_ram_alloc(h->ram, bytes, &mem, &ds);
	if (e)
		return e;
	s = mem;
	*s = (struct slice){ .bytes = bytes, .ds = ds };
	list_add_last(&h->slices, &s->elem);
	*out = s + 1;
	return FIEF_OK;
}

static void slice_release(struct fief_sliced_heap *h, struct slice *s)
{
	list_remove(&s->elem);
	fief_ram_free(h->ram, s, s->bytes, s->ds);
}

static void slice_free(struct fief_alloc *self, void *ptr, size_t size)
{
	struct fief_sliced_heap *const h = heap_of(self);
	struct slice *const s = (struct slice *)ptr - 1;

	if (s->elem.in != &h->slices || s->bytes != fief_sliced_heap_cost(size))
		alloc_fault("sliced heap: release of an object that is none");
	slice_release(h, s);
}

void fief_sliced_heap_init(struct fief_sliced_heap *h, struct fief_ram *ram)
{
	*h = (struct fief_sliced_heap){
		.alloc = { slice_alloc, slice_free },
		.ram = ram,
	};
}

void fief_sliced_heap_fini(struct fief_sliced_heap *h)
{
	LIST_FOR_EACH_SAFE(s, &h->slices, struct slice, elem)
		slice_release(h, s);
}
