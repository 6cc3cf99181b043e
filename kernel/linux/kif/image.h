/* SPDX-License-Identifier: MIT */
/* The function table of the kif image. */
#pragma once

#include <fief/kif.h>

extern const struct kif kif_image_table;
