/* SPDX-License-Identifier: MIT */
/*
 * The kernel interface as the runtime reaches it. Set once, by the start code
 * of the component (or by a unit test), before anything else of base runs;
 * read-only afterwards.
 */
#pragma once

#include <fief/kif.h>

extern const struct kif *fief_kif; /* borrowed: mapped as long as the PD */
