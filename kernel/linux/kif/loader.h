/* SPDX-License-Identifier: MIT */
/* Loading the component's ELF file into its own PD. */
#pragma once

#include "state.h"

typedef void (*kif_entry)(const struct kif_boot *);

/*
 * Map the static executable behind `binary` (`size` bytes). Small writable
 * segments live in the boot dataspace `boot`, others are charged to the PD.
 * The file is hostile, but can hurt only the PD that it is loaded into.
 * Errors: INVALID (not a component image), OUT_OF_RAM.
 */
FIEF_MUST enum fief_err kif_load(struct kif_pd *, int binary, uint64_t size,
                                 int boot, kif_entry *entry);
