/* SPDX-License-Identifier: MIT */
/* Mapping dataspaces into this PD. */
#pragma once

#include "state.h"

enum fief_err kif_map(fief_cap ds, size_t off, size_t len, void *at,
                      unsigned rights, void **out);
enum fief_err kif_unmap(void *at, size_t len);
