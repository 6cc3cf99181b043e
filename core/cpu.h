/* SPDX-License-Identifier: MIT */
/* CPU sessions. */
#pragma once

#include <session/cpu.h>

#include "core.h"

struct core_pd;

/* The PD starts with that CPU session (a capability of core's). */
void core_cpu_assign(struct core_pd *, fief_cap cpu);
