/* SPDX-License-Identifier: MIT */
/* Helpers on top of any allocator. */
#include <fief/alloc.h>
#include <fief/kif_table.h>

#include <lib/checked.h>
#include <lib/mem.h>

#include "alloc_fault.h"

void alloc_fault(const char *what)
{
	fief_kif->log(what, strlen(what));
	fief_kif->exit(ALLOC_FAULT_CODE);
}

enum fief_err fief_alloc_zeroed(struct fief_alloc *a, size_t size, void **out)
{
	enum fief_err e;
	void *mem;

	e = fief_alloc(a, size, &mem);
	if (e)
		return e;
	memset(mem, 0, size);
	*out = mem;
	return FIEF_OK;
}

enum fief_err fief_alloc_array(struct fief_alloc *a, size_t count, size_t size,
                               void **out)
{
	size_t bytes;

	if (!checked_mul(count, size, &bytes))
		return FIEF_OUT_OF_RAM;
	return fief_alloc_zeroed(a, bytes, out);
}

enum fief_err fief_alloc_text(struct fief_alloc *a, const char *text,
                              char **out)
{
	const size_t size = strlen(text) + 1;
	enum fief_err e;
	void *copy;

	e = fief_alloc(a, size, &copy);
	if (e)
		return e;
	memcpy(copy, text, size);
	*out = copy;
	return FIEF_OK;
}

static struct fief_alloc *alloc_of(struct arena_source *self)
{
	return FIEF_CONTAINER_OF(self, struct fief_arena_source, source)->alloc;
}

static enum fief_err arena_get(struct arena_source *self, size_t size,
                               void **out)
{
	return fief_alloc(alloc_of(self), size, out);
}

static void arena_put(struct arena_source *self, void *chunk, size_t size)
{
	fief_free(alloc_of(self), chunk, size);
}

void fief_arena_source_init(struct fief_arena_source *s, struct fief_alloc *a)
{
	*s = (struct fief_arena_source){
		.source = { .get = arena_get, .put = arena_put },
		.alloc = a,
	};
}
