/* SPDX-License-Identifier: MIT */
/* An allocator that several threads may use at once. */
#pragma once

#include <fief/alloc.h>
#include <fief/mutex.h>

struct fief_locked_alloc {
	struct fief_alloc alloc;    /* the interface */
	struct fief_alloc *backing; /* borrowed: outlives us */
	struct fief_mutex mutex;    /* guards `backing`; held while it may
	                             * block on core */
};

void fief_locked_alloc_init(struct fief_locked_alloc *l,
                            struct fief_alloc *backing);
