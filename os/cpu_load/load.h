/* SPDX-License-Identifier: MIT */
/*
 * CPU time of components from one sample to the next. A sample is
 * load_begin, load_add for each in ascending order of numbers, load_end.
 */
#pragma once

#include <fief/alloc.h>
#include <lib/label.h>
#include <lib/list.h>

struct load_entry {
	struct list_elem elem;
	uint32_t number; /* of no other component, ever */
	uint64_t ns;     /* CPU time up to the last sample */
	uint64_t used;   /* of it, since the sample before */
	struct label label;
};

struct load {
	struct fief_alloc *alloc;  /* borrowed; set by the caller */
	unsigned max;              /* entries at once; set by the caller */
	struct list entries;       /* owned: by number */
	struct load_entry *cursor; /* what comes next in a sample */
};

void load_begin(struct load *l);

/* Errors: OUT_OF_RAM, LIMIT (more than `max`), TOO_LONG (the label): left
 * out. INVALID: not in ascending order. */
FIEF_MUST enum fief_err load_add(struct load *l, uint32_t number,
                                 const char *label, size_t label_len,
                                 uint64_t ns);

/* Those that were not added any more are gone. */
void load_end(struct load *l);
