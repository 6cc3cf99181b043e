/* SPDX-License-Identifier: MIT */
/* Allocator for several threads: one mutex around another allocator. */
#include <fief/locked_alloc.h>

#include "alloc_fault.h"

static void lock(struct fief_locked_alloc *l)
{
	if (fief_mutex_lock(&l->mutex))
		alloc_fault("locked allocator: used from within itself");
}

static enum fief_err locked_alloc(struct fief_alloc *self, size_t size,
                                  void **out)
{
	struct fief_locked_alloc *const l =
		FIEF_CONTAINER_OF(self, struct fief_locked_alloc, alloc);
	enum fief_err e;

	lock(l);
	e = fief_alloc(l->backing, size, out);
	fief_mutex_unlock(&l->mutex);
	return e;
}

static void locked_free(struct fief_alloc *self, void *ptr, size_t size)
{
	struct fief_locked_alloc *const l =
		FIEF_CONTAINER_OF(self, struct fief_locked_alloc, alloc);

	lock(l);
	fief_free(l->backing, ptr, size);
	fief_mutex_unlock(&l->mutex);
}

void fief_locked_alloc_init(struct fief_locked_alloc *l,
                            struct fief_alloc *backing)
{
	*l = (struct fief_locked_alloc){
		.alloc = { locked_alloc, locked_free },
		.backing = backing,
	};
}
