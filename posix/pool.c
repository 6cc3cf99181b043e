/* SPDX-License-Identifier: MIT */
/* Runs of pages: first fit, from where the last one ended. */

#include <fief/kif.h>
#include <lib/mem.h>

#include "pool.h"

static struct {
	char *own;
	uint8_t *taken; /* a byte each page: 0 free, 1 taken */
	uint8_t *used;  /* was it ever? then it has to be cleared */
	size_t pages, next;
} p;

enum fief_err pool_init(struct fief_alloc *alloc, void *own, size_t bytes)
{
	void *mem;
	enum fief_err e;

	p.own = own;
	p.pages = bytes / KIF_PAGE;
	e = fief_alloc_zeroed(alloc, 2 * p.pages, &mem);
	if (e)
		return e;
	p.taken = mem;
	p.used = p.taken + p.pages;
	return FIEF_OK;
}

static bool run_find(size_t from, size_t to, size_t pages, size_t *out)
{
	size_t run = 0;

	for (size_t i = from; i < to; i++) {
		run = p.taken[i] ? 0 : run + 1;
		if (run == pages) {
			*out = i + 1 - pages;
			return true;
		}
	}
	return false;
}

static void run_clear(size_t first, size_t pages)
{
	for (size_t i = first; i < first + pages; i++) {
		if (p.used[i])
			memset(p.own + i * KIF_PAGE, 0, KIF_PAGE);
		p.used[i] = 1;
		p.taken[i] = 1;
	}
}

bool pool_take(size_t bytes, uint64_t *at)
{
	const size_t pages = bytes / KIF_PAGE;
	size_t first;

	if (!run_find(p.next, p.pages, pages, &first) &&
	    !run_find(0, p.pages, pages, &first))
		return false;
	run_clear(first, pages);
	p.next = first + pages;
	*at = first * KIF_PAGE;
	return true;
}

void pool_give(uint64_t at, size_t bytes)
{
	memset(p.taken + at / KIF_PAGE, 0, bytes / KIF_PAGE);
}

void *pool_at(uint64_t at)
{
	return p.own + at;
}
