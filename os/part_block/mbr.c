/* SPDX-License-Identifier: MIT */
/* The table in the first block, and the chain of those that extend it. */

#include "table_internal.h"

#include <lib/mem.h>

enum {
	SLOTS = 4,
	SLOT_BYTES = 16,
	SLOTS_AT = 446,
	SIGNATURE_AT = 510,
	SIGNATURE = 0xaa55,
	FIRST_LOGICAL = 5,
	CHAIN_MAX = 60, /* links; more is no disk that somebody uses */
};

struct slot {
	uint8_t type; /* 0: unused */
	uint64_t first, count;
};

static struct slot slot_get(const unsigned char *block, unsigned i)
{
	const unsigned char *at = block + SLOTS_AT + i * SLOT_BYTES;

	return (struct slot){ at[4], table_u32(at + 8), table_u32(at + 12) };
}

static bool extended(const struct slot *s)
{
	return s->type == 0x05 || s->type == 0x0f || s->type == 0x85;
}

bool mbr_signed(const unsigned char *block)
{
	return table_u16(block + SIGNATURE_AT) == SIGNATURE;
}

bool mbr_protective(const unsigned char *block)
{
	for (unsigned i = 0; i < SLOTS; i++)
		if (slot_get(block, i).type == MBR_SLOT_GPT)
			return true;
	return false;
}

static enum fief_err add(struct table *t, const struct table_device *d,
                         uint32_t number, uint64_t base, const struct slot *s)
{
	const struct partition p = {
		.number = number,
		.first = base + s->first,
		.count = s->count,
		.mbr_type = s->type,
	};

	/* Over the table itself, which the client could write then. */
	if (!p.first)
		return table_refuse(t, "partition %u begins at block 0",
		                    number);
	return table_add(t, d, &p);
}

static bool within(uint64_t block, const struct partition *p)
{
	return block >= p->first && block - p->first < p->count;
}

/* Neither is a link seen twice, nor does a partition lie over one. */
static bool links_valid(const struct table *t, const uint64_t *seen, unsigned n)
{
	for (unsigned i = 0; i + 1 < n; i++)
		if (seen[i] == seen[n - 1])
			return false;
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < t->count; k++)
			if (within(seen[i], &t->partition[k]))
				return false;
	return true;
}

/* One link: its partition, and where the next link is (0: nowhere). */
static enum fief_err link_read(struct table *t, struct table_device *d,
                               const struct slot *outer, uint64_t block,
                               uint32_t number, uint64_t *next)
{
	struct slot s, n;
	enum fief_err e = d->read(d, block, d->buf);

	if (e)
		return e;
	if (!mbr_signed(d->buf))
		return table_refuse(t,
		                    "extended partition: no table in "
		                    "block %llu",
		                    (unsigned long long)block);
	s = slot_get(d->buf, 0);
	n = slot_get(d->buf, 1);
	*next = extended(&n) ? outer->first + n.first : 0;
	if (!s.type || !s.count)
		return FIEF_OK;
	if (block + s.first + s.count > outer->first + outer->count || !s.first)
		return table_refuse(t,
		                    "partition %u is not within the "
		                    "extended partition",
		                    number);
	return add(t, d, number, block, &s);
}

static enum fief_err chain_refuse(struct table *t, uint64_t block)
{
	return table_refuse(t,
	                    "extended partition: the chain of tables goes "
	                    "astray at block %llu",
	                    (unsigned long long)block);
}

static enum fief_err chain_read(struct table *t, struct table_device *d,
                                const struct slot *outer)
{
	const uint64_t end = outer->first + outer->count;
	uint64_t seen[CHAIN_MAX], block = outer->first;
	uint32_t number = FIRST_LOGICAL;
	unsigned n = 0;

	if (!outer->first || end > d->block_count)
		return table_refuse(t, "the extended partition is not on the "
		                       "device");
	while (block) {
		const unsigned before = t->count;
		uint64_t next = 0;
		enum fief_err e;

		if (block < outer->first || block >= end || n == CHAIN_MAX)
			return chain_refuse(t, block);
		seen[n++] = block;
		if (!links_valid(t, seen, n))
			return chain_refuse(t, block);
		e = link_read(t, d, outer, block, number, &next);
		if (e)
			return e;
		if (!links_valid(t, seen, n))
			return chain_refuse(t, block);
		number += t->count - before;
		block = next;
	}
	return FIEF_OK;
}

/* The extended partition lies over none of the primary ones. */
static enum fief_err outer_check(struct table *t, const struct slot *outer)
{
	for (unsigned i = 0; i < t->count; i++) {
		const struct partition *p = &t->partition[i];

		if (p->first < outer->first + outer->count &&
		    outer->first < p->first + p->count)
			return table_refuse(t,
			                    "partition %u and the extended "
			                    "partition overlap",
			                    p->number);
	}
	return FIEF_OK;
}

enum fief_err mbr_read(struct table *t, struct table_device *d)
{
	struct slot outer = { 0 };
	enum fief_err e = FIEF_OK;

	t->type = TABLE_MBR;
	for (unsigned i = 0; i < SLOTS && !e; i++) {
		const struct slot s = slot_get(d->buf, i);

		if (!extended(&s) && s.type && s.count)
			e = add(t, d, i + 1, 0, &s);
		else if (extended(&s) && outer.type)
			e = table_refuse(t, "two extended partitions");
		else if (extended(&s))
			outer = s;
	}
	if (e || !outer.type)
		return e;
	e = outer_check(t, &outer);
	return e ? e : chain_read(t, d, &outer);
}
