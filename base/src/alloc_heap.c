/* SPDX-License-Identifier: MIT */
/*
 * Heap. A chunk is a row of blocks that ends with a used block of size 0.
 * Neighbouring free blocks are always merged. Free blocks are kept in lists by
 * size, FIEF_HEAP_SIZES lists in each power of two; bit maps tell which lists
 * have entries, so that a fitting block is found without a search.
 */
#include <stdalign.h>
#include <stdbool.h>

#include <fief/heap.h>

#include <lib/bits.h>
#include <lib/checked.h>
#include <lib/mem.h>

#include "alloc_fault.h"

enum {
	FREE = 1,        /* in fief_heap_block.size */
	POWER_SHIFT = 8, /* sizes below 256 are in power 0, in steps of 16 */
	SIZE_SHIFT = 4,  /* log2 of FIEF_HEAP_SIZES */
};

struct fief_heap_block {
	struct fief_heap_block *below; /* neighbour, NULL for the first */
	size_t size;                   /* payload bytes, | FREE */
	/* From here on payload; while free: */
	struct fief_heap_block *next, *prev; /* list of its size */
};

enum {
	HEADER = offsetof(struct fief_heap_block, next),
	PAYLOAD_MIN = sizeof(struct fief_heap_block) - HEADER,
};

/* At the start of each dataspace. */
struct chunk {
	alignas(FIEF_ALLOC_ALIGN) struct list_elem elem;
	size_t bytes;
	fief_cap ds;
};

struct list_index {
	unsigned power, size;
};

static struct list_index index_of(size_t size)
{
	const unsigned log = bits_highest(size);

	if (log < POWER_SHIFT)
		return (struct list_index){ .size = size / 16 %
			                            FIEF_HEAP_SIZES };
	return (struct list_index){
		.power = log - POWER_SHIFT + 1,
		.size = size >> (log - SIZE_SHIFT) & (FIEF_HEAP_SIZES - 1),
	};
}

/* Round up so that each block in the list of the result is large enough. */
static size_t search_size(size_t size)
{
	const unsigned log = bits_highest(size);

	if (log < POWER_SHIFT)
		return size;
	return size + ((size_t)1 << (log - SIZE_SHIFT)) - 1;
}

static size_t block_size(const struct fief_heap_block *b)
{
	return b->size & ~(size_t)FREE;
}

static struct fief_heap_block *block_above(struct fief_heap_block *b)
{
	return (void *)((char *)b + HEADER + block_size(b));
}

static void *payload(struct fief_heap_block *b)
{
	return &b->next;
}

static struct fief_heap_block *block_of(void *ptr)
{
	return (void *)((char *)ptr - HEADER);
}

static void block_unlist(struct fief_heap *h, struct fief_heap_block *b)
{
	const struct list_index i = index_of(block_size(b));

	if (b->next)
		b->next->prev = b->prev;
	if (b->prev)
		b->prev->next = b->next;
	else
		h->free[i.power][i.size] = b->next;
	if (!h->free[i.power][i.size])
		h->sizes[i.power] &= ~(1u << i.size);
	if (!h->sizes[i.power])
		h->powers &= ~(1u << i.power);
}

static void block_list(struct fief_heap *h, struct fief_heap_block *b)
{
	const struct list_index i = index_of(block_size(b));
	struct fief_heap_block **const head = &h->free[i.power][i.size];

	b->size |= FREE;
	b->prev = NULL;
	b->next = *head;
	if (*head)
		(*head)->prev = b;
	*head = b;
	h->sizes[i.power] |= 1u << i.size;
	h->powers |= 1u << i.power;
}

/* A listed block of at least `size` bytes; NULL if there is none. */
static struct fief_heap_block *block_search(struct fief_heap *h, size_t size)
{
	const struct list_index i = index_of(search_size(size));
	uint32_t sizes = 0, powers;
	unsigned power = i.power;

	if (power < FIEF_HEAP_POWERS)
		sizes = h->sizes[power] & (UINT32_MAX << i.size);
	if (!sizes) {
		powers = h->powers & ~((2u << power) - 1);
		if (!powers)
			return NULL;
		power = bits_lowest(powers);
		sizes = h->sizes[power];
	}
	return h->free[power][bits_lowest(sizes)];
}

/* Cut off and list what a used block has beyond `size`. */
static void block_trim(struct fief_heap *h, struct fief_heap_block *b,
                       size_t size)
{
	struct fief_heap_block *rest;

	if (block_size(b) < size + HEADER + PAYLOAD_MIN)
		return;
	rest = (void *)((char *)b + HEADER + size);
	rest->below = b;
	rest->size = block_size(b) - size - HEADER;
	b->size = size;
	block_above(rest)->below = rest;
	block_list(h, rest);
}

/* Join a used block with its free neighbours; returns the joined one. */
static struct fief_heap_block *block_merge(struct fief_heap *h,
                                           struct fief_heap_block *b)
{
	struct fief_heap_block *const above = block_above(b);

	if (above->size & FREE) {
		block_unlist(h, above);
		b->size += HEADER + block_size(above);
	}
	if (b->below && b->below->size & FREE) {
		block_unlist(h, b->below);
		b->below->size = block_size(b->below) + HEADER + b->size;
		b = b->below;
	}
	block_above(b)->below = b;
	return b;
}

static size_t chunk_capacity(size_t bytes)
{
	return bytes - sizeof(struct chunk) - 2 * (size_t)HEADER;
}

/* Turn a fresh dataspace into a chunk with one free block. */
static void chunk_add(struct fief_heap *h, void *mem, size_t bytes, fief_cap ds)
{
	struct chunk *const c = mem;
	struct fief_heap_block *const b = (void *)(c + 1);

	c->bytes = bytes;
	c->ds = ds;
	list_add_first(&h->chunks, &c->elem);
	h->chunk_bytes += bytes;
	*b = (struct fief_heap_block){ .size = chunk_capacity(bytes) };
	block_above(b)->below = b;
	block_above(b)->size = 0;
	block_list(h, b);
	h->empty++;
}

static void chunk_release(struct fief_heap *h, struct chunk *c)
{
	list_remove(&c->elem);
	h->chunk_bytes -= c->bytes;
	fief_ram_free(h->ram, c, c->bytes, c->ds);
}

/* The chunk that one listed block fills; NULL if it has other blocks. */
static struct chunk *chunk_of_all(struct fief_heap_block *b)
{
	struct chunk *const c = (struct chunk *)(void *)b - 1;

	if (b->below || b->size != (chunk_capacity(c->bytes) | FREE))
		return NULL;
	return c;
}

/* Give back a chunk that its block `b` fills. */
static void chunk_drop(struct fief_heap *h, struct chunk *c,
                       struct fief_heap_block *b)
{
	block_unlist(h, b);
	h->empty--;
	chunk_release(h, c);
}

static size_t round_to_page(size_t bytes)
{
	return (bytes + KIF_PAGE - 1) & ~(size_t)(KIF_PAGE - 1);
}

/* Grow by as much again as there is; by less if that is not to be had. */
static enum fief_err grow(struct fief_heap *h, size_t size)
{
	const size_t least = round_to_page(
		search_size(size) + sizeof(struct chunk) + 2 * (size_t)HEADER);
	size_t bytes = round_to_page(h->chunk_bytes);
	enum fief_err e;
	fief_cap ds;
	void *mem;

	if (bytes < FIEF_HEAP_CHUNK_MIN)
		bytes = FIEF_HEAP_CHUNK_MIN;
	if (bytes > FIEF_HEAP_CHUNK_MAX)
		bytes = FIEF_HEAP_CHUNK_MAX;
	if (bytes < least)
		bytes = least;
	e = fief_ram_alloc(h->ram, bytes, &mem, &ds);
	if (e == FIEF_OUT_OF_RAM && bytes > least) {
		bytes = least;
		e = fief_ram_alloc(h->ram, bytes, &mem, &ds);
	}
	if (!e)
		chunk_add(h, mem, bytes, ds);
	return e;
}

static enum fief_err big_alloc(struct fief_heap *h, size_t size, void **out)
{
	struct chunk *c;
	enum fief_err e;
	size_t bytes;
	fief_cap ds;
	void *mem;

	if (!checked_add(size, sizeof(*c), &bytes) ||
	    !checked_align(bytes, KIF_PAGE, &bytes))
		return FIEF_OUT_OF_RAM;
	e = fief_ram_alloc(h->ram, bytes, &mem, &ds);
	if (e)
		return e;
	c = mem;
	*c = (struct chunk){ .bytes = bytes, .ds = ds };
	list_add_first(&h->big, &c->elem);
	h->used += bytes;
	*out = c + 1;
	return FIEF_OK;
}

static void big_free(struct fief_heap *h, void *ptr, size_t size)
{
	struct chunk *const c = (struct chunk *)ptr - 1;

	if (c->elem.in != &h->big || c->bytes < size)
		alloc_fault("heap: release of a big object that is none");
	list_remove(&c->elem);
	h->used -= c->bytes;
	fief_ram_free(h->ram, c, c->bytes, c->ds);
}

/* Payload that an object of `size` bytes gets. */
static size_t payload_size(size_t size)
{
	const size_t mask = FIEF_ALLOC_ALIGN - 1;

	return size < PAYLOAD_MIN ? PAYLOAD_MIN : (size + mask) & ~mask;
}

static enum fief_err heap_alloc(struct fief_alloc *self, size_t size,
                                void **out)
{
	struct fief_heap *const h =
		FIEF_CONTAINER_OF(self, struct fief_heap, alloc);
	struct fief_heap_block *b;
	enum fief_err e;

	if (size >= FIEF_HEAP_BIG)
		return big_alloc(h, size, out);
	size = payload_size(size);
	b = block_search(h, size);
	if (!b) {
		e = grow(h, size);
		if (e)
			return e;
		b = block_search(h, size);
	}
	if (chunk_of_all(b))
		h->empty--;
	block_unlist(h, b);
	b->size &= ~(size_t)FREE;
	block_trim(h, b, size);
	h->used += block_size(b);
	*out = payload(b);
	return FIEF_OK;
}

static void heap_free(struct fief_alloc *self, void *ptr, size_t size)
{
	struct fief_heap *const h =
		FIEF_CONTAINER_OF(self, struct fief_heap, alloc);
	struct fief_heap_block *b = block_of(ptr);
	struct chunk *c;

	if (size >= FIEF_HEAP_BIG) {
		big_free(h, ptr, size);
		return;
	}
	/* A block may exceed its object by less than a block's least. */
	size = payload_size(size);
	if (b->size < size || b->size >= size + HEADER + PAYLOAD_MIN ||
	    b->size & FREE || block_above(b)->below != b)
		alloc_fault("heap: bad release or overwritten block");
	h->used -= b->size;
	b = block_merge(h, b);
	block_list(h, b);
	c = chunk_of_all(b);
	if (c && h->empty++)
		chunk_drop(h, c, b);
}

void fief_heap_init(struct fief_heap *h, struct fief_ram *ram)
{
	memset(h, 0, sizeof(*h));
	h->alloc = (struct fief_alloc){ heap_alloc, heap_free };
	h->ram = ram;
}

void fief_heap_fini(struct fief_heap *h)
{
	LIST_FOR_EACH_SAFE(c, &h->chunks, struct chunk, elem)
		chunk_release(h, c);
	LIST_FOR_EACH_SAFE(c, &h->big, struct chunk, elem)
		big_free(h, c + 1, 0);
	if (h->ram)
		fief_heap_init(h, h->ram);
}

size_t fief_heap_trim(struct fief_heap *h)
{
	const size_t before = h->chunk_bytes;

	LIST_FOR_EACH_SAFE(c, &h->chunks, struct chunk, elem) {
		struct fief_heap_block *const b = (void *)(c + 1);

		if (chunk_of_all(b))
			chunk_drop(h, c, b);
	}
	return before - h->chunk_bytes;
}

size_t fief_heap_ram(const struct fief_heap *h)
{
	size_t bytes = h->chunk_bytes;

	LIST_FOR_EACH(c, &h->big, struct chunk, elem)
		bytes += c->bytes;
	return bytes;
}
