/* SPDX-License-Identifier: MIT */
/*
 * Id space: objects by number, for ids that a peer names. Ids are 1..max; 0 is
 * never given out and can mean "none". A fresh id is not reused until all
 * others were, so that a stale one is noticed. The element is a member of the
 * object, so nothing is allocated. Not locked. (Objects that only need to be
 * visited are kept in a list: <lib/list.h>.)
 */
#pragma once

#include <stdint.h>

#include <lib/tree.h>

struct fief_id {
	struct tree_elem tree;
	uint32_t id; /* valid while in a space */
};

struct fief_id_space {
	struct tree tree;
	uint32_t max;  /* greatest id */
	uint32_t last; /* given out most recently */
};

/* The object whose member `member` is the id `i`; NULL for NULL. */
#define FIEF_ID_OBJECT(i, type, member) TREE_OBJECT(i, type, member)

void fief_id_space_init(struct fief_id_space *s, uint32_t max);

/* Give `i`, which is in no space, a fresh id. Error: LIMIT (all in use). */
FIEF_MUST enum fief_err fief_id_add(struct fief_id_space *s, struct fief_id *i);

/* Add `i` with that id. Errors: CONFLICT (in use), INVALID (0, above max). */
FIEF_MUST enum fief_err fief_id_add_as(struct fief_id_space *s,
                                       struct fief_id *i, uint32_t id);

/* Take `i` out. No effect if it is in no space. */
void fief_id_remove(struct fief_id_space *s, struct fief_id *i);

/* Object of that id; NULL if there is none. */
struct fief_id *fief_id_find(const struct fief_id_space *s, uint32_t id);

/* Object of that id, or of the next greater one; NULL if there is none. */
struct fief_id *fief_id_from(const struct fief_id_space *s, uint32_t id);

/* First object, and the one after `i`, by id; NULL if there is none. */
struct fief_id *fief_id_first(const struct fief_id_space *s);
struct fief_id *fief_id_next(const struct fief_id *i);
