/* SPDX-License-Identifier: MIT */
/* Bump allocation in chunks. */
#include <stdalign.h>

#include <lib/arena.h>
#include <lib/checked.h>
#include <lib/mem.h>

enum {
	ALIGN = 16,
	CHUNK_MIN = 4096,
	CHUNK_MAX = 65536, /* of regular chunks; large objects get more */
};

struct arena_chunk {
	alignas(ALIGN) struct arena_chunk *older; /* owned by the arena */
	size_t size;
};

void arena_init_fixed(struct arena *a, void *buf, size_t size)
{
	*a = (struct arena){ .next = buf, .end = (char *)buf + size };
}

void arena_init(struct arena *a, struct arena_source *source)
{
	*a = (struct arena){ .source = source };
}

void arena_fini(struct arena *a)
{
	struct arena_chunk *c = a->chunks, *older;

	for (; c; c = older) {
		older = c->older;
		a->source->put(a->source, c, c->size);
	}
	*a = (struct arena){ .source = a->source };
}

/* Chunks double, so that their number stays small. */
static size_t chunk_size(const struct arena *a, size_t needed)
{
	size_t size = a->total;

	if (size < CHUNK_MIN)
		size = CHUNK_MIN;
	if (size > CHUNK_MAX)
		size = CHUNK_MAX;
	return size > needed ? size : needed;
}

/* Replace the current free rest by a new chunk of at least `size` bytes. */
static enum fief_err grow(struct arena *a, size_t size)
{
	struct arena_chunk *c;
	size_t needed;
	void *mem;
	enum fief_err e;

	if (!a->source || !checked_add(size, sizeof(*c), &needed))
		return FIEF_OUT_OF_RAM;
	needed = chunk_size(a, needed);
	e = a->source->get(a->source, needed, &mem);
	if (e)
		return e;
	c = mem;
	*c = (struct arena_chunk){ .older = a->chunks, .size = needed };
	a->chunks = c;
	a->next = (char *)(c + 1);
	a->end = (char *)c + needed;
	a->total += needed;
	return FIEF_OK;
}

static size_t padding(const struct arena *a)
{
	return -(uintptr_t)a->next & (ALIGN - 1);
}

enum fief_err arena_alloc(struct arena *a, size_t size, void **out)
{
	enum fief_err e;
	size_t needed;

	size += !size; /* so that each object has an address of its own */
	if (!checked_add(size, padding(a), &needed))
		return FIEF_OUT_OF_RAM;
	if (needed > (size_t)(a->end - a->next)) {
		e = grow(a, size);
		if (e)
			return e;
	}
	a->next += padding(a);
	*out = a->next;
	memset(a->next, 0, size);
	a->next += size;
	return FIEF_OK;
}

enum fief_err arena_text(struct arena *a, const char *text, size_t len,
                         const char **out)
{
	enum fief_err e;
	void *copy;

	if (len == SIZE_MAX)
		return FIEF_OUT_OF_RAM;
	e = arena_alloc(a, len + 1, &copy);
	if (e)
		return e;
	memcpy(copy, text, len);
	*out = copy;
	return FIEF_OK;
}
