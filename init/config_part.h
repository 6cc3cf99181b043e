/* SPDX-License-Identifier: MIT */
#pragma once

#include "config_cut.h"

/* The change `c` was parsed without the starts that stay: is it certain that
 * the whole text would have been read the same, and without a warning? */
bool config_part_valid(const struct config_live *l,
                       const struct config_change *c,
                       const struct config_cut *cut);
