/* SPDX-License-Identifier: MIT */
/* Where and how urgently children run. */

#include "place.h"

enum { BITS = 64 };

static int32_t level_of(int32_t own, uint64_t levels, uint64_t below)
{
	if (!levels)
		return own;
	return own + (int32_t)(below * (uint64_t)(PLACE_LOWEST - own) / levels);
}

static unsigned count(uint64_t cpus)
{
	unsigned n = 0;

	for (; cpus; cpus &= cpus - 1)
		n++;
	return n;
}

/* Those from the `from`-th to before the `to`-th. */
static uint64_t some(uint64_t cpus, uint64_t from, uint64_t to)
{
	uint64_t mask = 0, nth = 0;

	for (unsigned i = 0; i < BITS; i++) {
		if (!(cpus >> i & 1))
			continue;
		if (nth >= from && nth < to)
			mask |= (uint64_t)1 << i;
		nth++;
	}
	return mask;
}

/* Cells are numbered row by row; each has at least one CPU. */
static uint64_t cell(uint64_t cpus, uint64_t cells, uint64_t number)
{
	const uint64_t n = count(cpus);
	const uint64_t from = number * n / cells;
	const uint64_t to = (number + 1) * n / cells;

	return some(cpus, from, to > from ? to : from + 1);
}

static uint64_t mask_of(uint64_t cpus, const struct config_space *space,
                        const struct config_schedule *c)
{
	uint64_t mask = 0;

	for (uint64_t y = c->ypos; y < c->ypos + c->height; y++)
		for (uint64_t x = c->xpos; x < c->xpos + c->width; x++)
			mask |= cell(cpus, space->width * space->height,
			             y * space->width + x);
	return mask;
}

struct place place_of(const struct place_own *own,
                      const struct config_space *space,
                      const struct config_schedule *child)
{
	return (struct place){
		.level = level_of(own->set.level, space->prio_levels,
		                  child->below),
		.mask = child->width ? mask_of(own->cpus, space, child) :
		                       own->set.mask,
	};
}
