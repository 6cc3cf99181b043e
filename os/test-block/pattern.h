/* SPDX-License-Identifier: MIT */
/* Patterns of access to a block device, and what is in its blocks. */
#pragma once

#include <lib/node.h>

#include <os/block/block.h>

struct pattern {
	const struct node *node; /* its element */
	const struct node *step; /* of a replay: the next request */
	uint64_t blocks;         /* that the device has */
	uint64_t per;            /* blocks of one request */
	uint64_t total;          /* requests */
	uint64_t random;
};

/* Is there such a pattern? */
bool pattern_known(const char *name);

/* Start it: `size` bytes a request, `bytes` in all. */
void pattern_start(struct pattern *p, const struct node *node,
                   const struct block_info *info, uint64_t size,
                   uint64_t bytes);

/* Request number `n`; asked in order. */
void pattern_next(struct pattern *p, uint64_t n, uint64_t *first,
                  uint64_t *count);

/* What test number `seed` has in a block, and whether it is so. */
void content_fill(void *data, uint64_t block, uint32_t bytes, uint64_t seed);
bool content_is(const void *data, uint64_t block, uint32_t bytes,
                uint64_t seed);
