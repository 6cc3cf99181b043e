/* SPDX-License-Identifier: MIT */
/* Which table is on a device, and what all kinds have in common. */

#include "table_internal.h"

#include <lib/checked.h>
#include <lib/fmt.h>
#include <lib/mem.h>

uint16_t table_u16(const unsigned char *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

uint32_t table_u32(const unsigned char *at)
{
	return table_u16(at) | (uint32_t)table_u16(at + 2) << 16;
}

uint64_t table_u64(const unsigned char *at)
{
	return table_u32(at) | (uint64_t)table_u32(at + 4) << 32;
}

/* Sixteen entries are enough for tables of 16 KiB. */
uint32_t table_crc32(uint32_t crc, const void *data, size_t bytes)
{
	static const uint32_t nibble[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	const unsigned char *at = data;

	crc = ~crc;
	for (size_t i = 0; i < bytes; i++) {
		crc ^= at[i];
		crc = crc >> 4 ^ nibble[crc & 15];
		crc = crc >> 4 ^ nibble[crc & 15];
	}
	return ~crc;
}

enum fief_err table_refuse(struct table *t, const char *format, ...)
{
	struct fmt f;
	va_list args;

	fmt_init(&f, t->why, sizeof(t->why));
	va_start(args, format);
	fmt_add_args(&f, format, args);
	va_end(args);
	t->count = 0;
	return FIEF_INVALID;
}

static bool overlap(const struct partition *a, const struct partition *b)
{
	return a->first < b->first + b->count && b->first < a->first + a->count;
}

enum fief_err table_add(struct table *t, const struct table_device *d,
                        const struct partition *p)
{
	if (t->count == PARTITIONS_MAX)
		return table_refuse(t, "more than %d partitions",
		                    PARTITIONS_MAX);
	if (!p->count || !checked_range(p->first, p->count, d->block_count))
		return table_refuse(t,
		                    "partition %u: %llu blocks from %llu on, "
		                    "but the device has %llu",
		                    p->number, (unsigned long long)p->count,
		                    (unsigned long long)p->first,
		                    (unsigned long long)d->block_count);
	for (unsigned i = 0; i < t->count; i++)
		if (overlap(p, &t->partition[i]))
			return table_refuse(t, "partitions %u and %u overlap",
			                    t->partition[i].number, p->number);
	t->partition[t->count++] = *p;
	return FIEF_OK;
}

const struct partition *table_find(const struct table *t, uint32_t number)
{
	for (unsigned i = 0; i < t->count; i++)
		if (t->partition[i].number == number)
			return &t->partition[i];
	return NULL;
}

const char *table_type_name(enum table_type type)
{
	static const char *const names[TABLE_TYPES] = {
		[TABLE_NONE] = "disk",
		[TABLE_MBR] = "mbr",
		[TABLE_GPT] = "gpt",
	};

	return names[type];
}

enum fief_err table_read(struct table *t, struct table_device *d)
{
	const struct partition whole = { .count = d->block_count };
	enum fief_err e;

	memset(t, 0, sizeof(*t));
	if (!d->block_count)
		return table_refuse(t, "the device is empty");
	e = d->read(d, 0, d->buf);
	if (e)
		return e;
	if (!mbr_signed(d->buf))
		return table_add(t, d, &whole);
	if (mbr_protective(d->buf))
		return gpt_read(t, d);
	return mbr_read(t, d);
}
