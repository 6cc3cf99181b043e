/* SPDX-License-Identifier: MIT */
/* Mapping a managed dataspace: the parts that its region map has now. */
#pragma once

#include "state.h"

/* What of which dataspace. */
struct kparts {
	uint32_t index, gen; /* entry of the core channel */
	unsigned rights;     /* with KIF_HOLES, or not */
	uint64_t off, len;
};

/* Map the parts over `where`, which is mapped without access. After an error
 * some may be mapped. Errors: INVALID (a hole), DENIED (rights), LIMIT. */
FIEF_MUST enum fief_err kif_parts_map(struct kif_pd *, const struct kparts *,
                                      char *where);
