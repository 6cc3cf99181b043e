/* SPDX-License-Identifier: MIT */
/* Entry point of component images, named by the linker script. */
#pragma once

#include <fief/kif.h>

FIEF_NORETURN void fief_start(const struct kif_boot *boot);
