/* SPDX-License-Identifier: MIT */
/* The memory of the program: runs of pages out of one dataspace. */
#pragma once

#include <fief/alloc.h>

/* Of `bytes` at `own`, zeros. */
FIEF_MUST enum fief_err pool_init(struct fief_alloc *, void *own, size_t bytes);

/* Zeros, whole pages -> where in the dataspace. False: there is no such run. */
bool pool_take(size_t bytes, uint64_t *at);
void pool_give(uint64_t at, size_t bytes);

/* To us. */
void *pool_at(uint64_t at);
