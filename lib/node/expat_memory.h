/* SPDX-License-Identifier: MIT */
/*
 * Memory for libexpat out of an arena. The library passes no context to its
 * allocation functions, so that each parse borrows one of NODE_XML_AT_ONCE
 * sets of functions, each with the arena it serves. This is the one mutable
 * state of lib.
 */
#pragma once

#include <expat.h>

#include <fief/err.h>
#include <lib/arena.h>

/* Borrow a set that allocates from `a`. Error: LIMIT (all are in use). */
FIEF_HIDDEN FIEF_MUST enum fief_err
expat_memory_get(struct arena *a, const XML_Memory_Handling_Suite **suite);

/* Return a set; what it allocated remains in the arena. */
FIEF_HIDDEN void expat_memory_put(const XML_Memory_Handling_Suite *suite);
