/* SPDX-License-Identifier: MIT */
/* Mapping dataspaces into this PD. */
#pragma once

#include "state.h"

enum fief_err kif_map(fief_cap ds, size_t off, size_t len, void *at,
                      unsigned rights, void **out);
enum fief_err kif_unmap(void *at, size_t len);
/* The descriptor of a dataspace, which can be mapped with these rights; the
 * caller closes it. */
enum fief_err kif_memory_open(fief_cap ds, unsigned rights, uint64_t *size,
                              int *fd);
