/* SPDX-License-Identifier: MIT */
/* ROM modules that inputs look into, each opened once, while it is used. */
#pragma once

#include <fief/config.h>
#include <lib/list.h>

struct sources {
	struct fief_env *env;  /* borrowed; set by the caller */
	void (*changed)(void); /* set by the caller: the tree of one did */
	struct list list;      /* owned */
};

/* All of them become unused; those asked for by `use` are used again, and
 * `collect` closes the rest. */
void sources_unuse(struct sources *s);
void sources_use(struct sources *s, const char *rom);
void sources_collect(struct sources *s);

/* Tree of that module; NULL: it has no content. */
const struct node *sources_look(void *sources, const char *rom);
