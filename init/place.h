/* SPDX-License-Identifier: MIT */
/*
 * Where and how urgently children run. An init splits what it has itself: its
 * priorities go from its own level to the lowest, the cells of its affinity
 * space are equal parts of its own CPUs. Nothing here needs a component.
 */
#pragma once

#include "config.h"

enum { PLACE_LOWEST = 20 }; /* levels of a CPU session: 0 to 19 */

struct place {
	int32_t level;
	uint64_t mask; /* as of a CPU session: 0 is all */
};

/* What the own CPU session says. */
struct place_own {
	struct place set;
	uint64_t cpus; /* that come of it; never 0 */
};

/* Of a child with that <start>. */
struct place place_of(const struct place_own *own, const struct config_space *,
                      const struct config_schedule *child);
