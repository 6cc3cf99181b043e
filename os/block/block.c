/* SPDX-License-Identifier: MIT */
/* Requests of Block sessions: as packets, as ranges, and whether they may be. */

#include "block.h"

#include <lib/checked.h>

/* What is allowed of an operation. */
struct rule {
	bool payload; /* it has one, of a multiple of the block size */
	bool counted; /* `op` tells how many blocks */
	bool changes; /* only where writing is possible */
};

static const struct rule rules[] = {
	[BLOCK_OP_READ] = { .payload = true },
	[BLOCK_OP_WRITE] = { .payload = true, .changes = true },
	[BLOCK_OP_SYNC] = { 0 },
	[BLOCK_OP_TRIM] = { .counted = true, .changes = true },
};

bool block_info_valid(const struct block_info *info)
{
	const uint32_t size = info->block_size;

	return size >= BLOCK_SIZE_MIN && size <= BLOCK_SIZE_MAX &&
	       !(size & (size - 1)) && info->block_count <= INT64_MAX / size;
}

static bool form_valid(const struct rule *r, const struct fief_packet *p,
                       uint32_t block_size)
{
	const uint32_t count = p->op >> BLOCK_OP_BITS;

	if (r->payload != (p->size != 0) || r->counted != (count != 0))
		return false;
	return p->size % block_size == 0 &&
	       (r->payload || r->counted || p->arg == 0);
}

enum fief_err block_decode(const struct block_info *info,
                           const struct fief_packet *p, struct block_range *out)
{
	const uint32_t op = p->op & ((1u << BLOCK_OP_BITS) - 1);
	const struct rule *r;
	uint64_t count;

	if (op >= sizeof(rules) / sizeof(*rules))
		return FIEF_UNSUPPORTED;
	r = &rules[op];
	if (!form_valid(r, p, info->block_size))
		return FIEF_INVALID;
	if (p->size > BLOCK_TRANSFER_MAX)
		return FIEF_TOO_LONG;
	count = r->counted ? p->op >> BLOCK_OP_BITS :
	                     p->size / info->block_size;
	if (!checked_range(p->arg, count, info->block_count))
		return FIEF_LIMIT;
	if (r->changes && !info->writeable)
		return FIEF_DENIED;
	*out = (struct block_range){
		.op = (enum block_op)op,
		.first = p->arg,
		.count = count,
		.bytes = p->size,
	};
	return FIEF_OK;
}

void block_encode(const struct block_range *r, struct fief_packet *p)
{
	const uint64_t counted = r->op == BLOCK_OP_TRIM ? r->count : 0;

	p->op = (uint32_t)r->op | (uint32_t)(counted << BLOCK_OP_BITS);
	p->size = r->bytes;
	p->arg = r->first;
}
