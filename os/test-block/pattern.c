/* SPDX-License-Identifier: MIT */
/* Sequential, random, ping-pong, replay; and content made of numbers. */

#include "pattern.h"

#include <lib/mem.h>

typedef void pattern_step(struct pattern *p, uint64_t n, uint64_t *first,
                          uint64_t *count);

/* Requests of `per` blocks that fit on the device. */
static uint64_t places(const struct pattern *p)
{
	return p->blocks / p->per;
}

static void sequential(struct pattern *p, uint64_t n, uint64_t *first,
                       uint64_t *count)
{
	*first = n % places(p) * p->per;
	*count = p->per;
}

static void random(struct pattern *p, uint64_t n, uint64_t *first,
                   uint64_t *count)
{
	(void)n;
	p->random = p->random * 6364136223846793005u + 1442695040888963407u;
	*first = (p->random >> 16) % (p->blocks - p->per + 1);
	*count = p->per;
}

/* From both ends in turn. */
static void ping_pong(struct pattern *p, uint64_t n, uint64_t *first,
                      uint64_t *count)
{
	const uint64_t at = n / 2 % places(p) * p->per;

	*first = n % 2 ? p->blocks - p->per - at : at;
	*count = p->per;
}

/* What is not on the device is left for it to refuse. */
static void replay(struct pattern *p, uint64_t n, uint64_t *first,
                   uint64_t *count)
{
	(void)n;
	*first = 0;
	*count = 1;
	if (!p->step || node_attr_u64(p->step, "first", 0, NULL, first) ||
	    node_attr_u64(p->step, "count", 1, NULL, count))
		*first = UINT64_MAX;
	p->step = node_next(p->step, "request");
}

static const struct {
	const char *name;
	pattern_step *step;
} patterns[] = {
	{ "sequential", sequential },
	{ "random", random },
	{ "ping_pong", ping_pong },
	{ "replay", replay },
};

enum { PATTERNS = sizeof(patterns) / sizeof(patterns[0]) };

static unsigned find(const char *name)
{
	unsigned i = 0;

	while (i < PATTERNS && strcmp(patterns[i].name, name))
		i++;
	return i;
}

bool pattern_known(const char *name)
{
	return find(name) < PATTERNS;
}

void pattern_start(struct pattern *p, const struct node *node,
                   const struct block_info *info, uint64_t size, uint64_t bytes)
{
	*p = (struct pattern){
		.node = node,
		.step = node_first(node, "request"),
		.blocks = info->block_count,
		.per = size / info->block_size,
	};
	p->total = p->step ? node_count(node, "request") :
	                     bytes / (p->per * info->block_size);
}

void pattern_next(struct pattern *p, uint64_t n, uint64_t *first,
                  uint64_t *count)
{
	patterns[find(p->node->name)].step(p, n, first, count);
}

/* ---- content ---- */

static uint64_t word(uint64_t block, uint64_t i, uint64_t seed)
{
	return (block + 1) * 0x9e3779b97f4a7c15u + i * 0xff51afd7ed558ccdu +
	       seed;
}

void content_fill(void *data, uint64_t block, uint32_t bytes, uint64_t seed)
{
	uint64_t *w = data;

	for (uint64_t i = 0; i < bytes / sizeof(*w); i++)
		w[i] = word(block, i, seed);
}

bool content_is(const void *data, uint64_t block, uint32_t bytes, uint64_t seed)
{
	const uint64_t *w = data;

	for (uint64_t i = 0; i < bytes / sizeof(*w); i++)
		if (w[i] != word(block, i, seed))
			return false;
	return true;
}
