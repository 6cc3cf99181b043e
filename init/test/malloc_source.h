/* SPDX-License-Identifier: MIT */
/* Memory for arenas from malloc, which knows the bounds of each chunk. */
#pragma once

#include <stdlib.h>

#include <lib/arena.h>

static inline enum fief_err malloc_source_get(struct arena_source *self,
                                              size_t size, void **out)
{
	(void)self;
	*out = malloc(size);
	return *out ? FIEF_OK : FIEF_OUT_OF_RAM;
}

static inline void malloc_source_put(struct arena_source *self, void *chunk,
                                     size_t size)
{
	(void)self;
	(void)size;
	free(chunk);
}

#define MALLOC_SOURCE                                                          \
	{                                                                      \
		malloc_source_get, malloc_source_put                           \
	}
