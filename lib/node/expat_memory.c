/* SPDX-License-Identifier: MIT */
/* Allocation functions for libexpat, one set for each parse at a time. */
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <lib/checked.h>
#include <lib/mem.h>
#include <lib/node_xml.h>

#include "expat_memory.h"

/* Ahead of each allocation. */
struct head {
	alignas(16) size_t size;
};

/* `arena` belongs to whoever set `busy`; release and acquire of `busy` order
 * one parse before the next. */
static struct slot {
	_Atomic bool busy;
	struct arena *arena; /* borrowed while busy */
} slots[NODE_XML_AT_ONCE];

static void *slot_malloc(unsigned slot, size_t size)
{
	struct head *h;
	size_t bytes;
	void *mem;

	if (!checked_add(size, sizeof(*h), &bytes) ||
	    arena_alloc(slots[slot].arena, bytes, &mem))
		return NULL;
	h = mem;
	h->size = size;
	return h + 1;
}

/* The old range stays in the arena until the parse ends; buffers of libexpat
 * grow by doubling, so that this at most doubles what is needed. */
static void *slot_realloc(unsigned slot, void *ptr, size_t size)
{
	struct head *const h = ptr ? (struct head *)ptr - 1 : NULL;
	void *mem;

	if (h && h->size >= size)
		return ptr;
	mem = slot_malloc(slot, size);
	if (h && mem)
		memcpy(mem, ptr, h->size);
	return mem;
}

static void ignore_free(void *ptr)
{
	(void)ptr;
}

#define SLOT_LIST(X) X(0) X(1) X(2) X(3)

#define X(n)                                                                   \
	static void *malloc_##n(size_t size)                                   \
	{                                                                      \
		return slot_malloc(n, size);                                   \
	}                                                                      \
	static void *realloc_##n(void *ptr, size_t size)                       \
	{                                                                      \
		return slot_realloc(n, ptr, size);                             \
	}
SLOT_LIST(X)
#undef X

static const XML_Memory_Handling_Suite suites[NODE_XML_AT_ONCE] = {
#define X(n) [n] = { malloc_##n, realloc_##n, ignore_free },
	SLOT_LIST(X)
#undef X
};

enum fief_err expat_memory_get(struct arena *a,
                               const XML_Memory_Handling_Suite **suite)
{
	for (unsigned i = 0; i < NODE_XML_AT_ONCE; i++) {
		if (atomic_exchange_explicit(&slots[i].busy, true,
		                             memory_order_acquire))
			continue;
		slots[i].arena = a;
		*suite = &suites[i];
		return FIEF_OK;
	}
	return FIEF_LIMIT;
}

void expat_memory_put(const XML_Memory_Handling_Suite *suite)
{
	struct slot *const s = &slots[suite - suites];

	s->arena = NULL;
	atomic_store_explicit(&s->busy, false, memory_order_release);
}
