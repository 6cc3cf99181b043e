/* SPDX-License-Identifier: MIT */
/* RAM source over malloc for unit tests, with faults on demand. */
#pragma once

#include <fief/ram.h>

struct fake_ram {
	struct fief_ram ram;
	unsigned calls;        /* allocations asked for so far */
	unsigned fail_at;      /* number of the one that fails; 0: none */
	enum fief_err failure; /* with this */
	unsigned live;         /* dataspaces not freed */
	size_t bytes;          /* of them */
};

void fake_ram_init(struct fake_ram *f);

/* From now on let the n-th allocation fail; 0 for none. */
void fake_ram_fail(struct fake_ram *f, unsigned n, enum fief_err failure);
