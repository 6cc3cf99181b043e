/* SPDX-License-Identifier: MIT */
/*
 * Budget: a bound on RAM bytes and capabilities that are spent on behalf of
 * somebody, usually the client of a session, out of what it donated. Guards
 * charge a budget for each use of a RAM source or allocator. What does not
 * fit is refused before the backing is asked; the client upgrades and retries.
 */
#pragma once

#include <fief/alloc.h>
#include <fief/ram.h>

struct fief_budget {
	size_t ram_limit, ram_used;   /* bytes */
	size_t caps_limit, caps_used; /* capabilities */
};

/* Charge both currencies, or none. Errors: OUT_OF_RAM, OUT_OF_CAPS. */
FIEF_MUST enum fief_err fief_budget_take(struct fief_budget *b, size_t ram,
                                         size_t caps);

/* Undo a charge; at most what is charged. */
void fief_budget_give(struct fief_budget *b, size_t ram, size_t caps);

/* Raise the limits. Error: LIMIT (a sum would overflow). */
FIEF_MUST enum fief_err fief_budget_upgrade(struct fief_budget *b, size_t ram,
                                            size_t caps);

/* Lower the limits. Errors: OUT_OF_RAM, OUT_OF_CAPS (more is in use). */
FIEF_MUST enum fief_err fief_budget_withdraw(struct fief_budget *b, size_t ram,
                                             size_t caps);

/* What is left; a limit may have been set below what is in use. */
static inline size_t fief_budget_ram_avail(const struct fief_budget *b)
{
	return b->ram_limit > b->ram_used ? b->ram_limit - b->ram_used : 0;
}

static inline size_t fief_budget_caps_avail(const struct fief_budget *b)
{
	return b->caps_limit > b->caps_used ? b->caps_limit - b->caps_used : 0;
}

/* A RAM source that charges bytes, rounded up to pages, and a capability for
 * each dataspace. */
struct fief_guarded_ram {
	struct fief_ram ram;        /* the interface */
	struct fief_ram *backing;   /* borrowed: outlives us */
	struct fief_budget *budget; /* borrowed: outlives us */
};

void fief_guarded_ram_init(struct fief_guarded_ram *g, struct fief_ram *backing,
                           struct fief_budget *budget);

/* An allocator that charges bytes; for meta-data in a shared heap. */
struct fief_guarded_alloc {
	struct fief_alloc alloc;    /* the interface */
	struct fief_alloc *backing; /* borrowed: outlives us */
	struct fief_budget *budget; /* borrowed: outlives us */
};

void fief_guarded_alloc_init(struct fief_guarded_alloc *g,
                             struct fief_alloc *backing,
                             struct fief_budget *budget);
