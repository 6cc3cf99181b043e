/* SPDX-License-Identifier: MIT */
/* Memory that is written once by us, and from then on by nobody. */
#pragma once

#include <fief/component.h>

struct sealed {
	void *addr; /* owned mapping; NULL: it is sealed, or there is none */
	size_t bytes;
	fief_cap ds; /* owned */
};

/* Errors: as fief_ram_alloc. */
FIEF_MUST enum fief_err sealed_init(struct sealed *, struct fief_env *,
                                    size_t bytes);

/* Errors: those of the transport. */
FIEF_MUST enum fief_err sealed_seal(struct sealed *, struct fief_env *);

/* Who has mapped it reads zeros then. No effect on {0}. */
void sealed_fini(struct sealed *, struct fief_env *);
