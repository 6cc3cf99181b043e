/* SPDX-License-Identifier: MIT */
/*
 * Partition tables: MBR with logical partitions, GPT, none. The device is
 * hostile, as is what somebody wrote to it: each number is checked, and a table
 * that is not sound is refused as a whole, with the reason.
 *
 * Reading is pure but for the device's own function, so that tests and the
 * fuzzer use an image in memory.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fief/err.h>

enum {
	PARTITIONS_MAX = 128,
	PARTITION_NAME_MAX = 36 * 3 + 1, /* UTF-8 of 36 UTF-16 units */
	PARTITION_GUID_TEXT = 37,
	TABLE_WHY_MAX = 128,
	TABLE_BLOCK_MAX = 65536,
};

enum table_type {
	TABLE_NONE, /* the whole device is partition 0 */
	TABLE_MBR,
	TABLE_GPT,
	TABLE_TYPES,
};

struct partition {
	uint32_t number; /* as other systems count: MBR logical from 5 */
	uint64_t first;  /* block */
	uint64_t count;
	uint8_t mbr_type;
	char type[PARTITION_GUID_TEXT]; /* GPT, else empty */
	char guid[PARTITION_GUID_TEXT];
	char name[PARTITION_NAME_MAX];
};

struct table {
	enum table_type type;
	bool backup; /* GPT: the first header is broken, the second not */
	char guid[PARTITION_GUID_TEXT]; /* of the disk */
	unsigned count;
	struct partition partition[PARTITIONS_MAX];
	char why[TABLE_WHY_MAX]; /* of a failure */
};

struct table_device {
	uint32_t block_size; /* a power of two, 512 to TABLE_BLOCK_MAX */
	uint64_t block_count;
	/* Read a block, which is on the device. */
	enum fief_err (*read)(struct table_device *self, uint64_t block,
	                      void *buf);
	/* Room for a block, the caller's. */
	unsigned char *buf;
};

/* Read what is on a device. Errors: INVALID (with t->why; no partitions then),
 * those of `read`. */
FIEF_MUST enum fief_err table_read(struct table *t, struct table_device *d);

const char *table_type_name(enum table_type type);

/* The partition of that number; NULL: none. */
const struct partition *table_find(const struct table *t, uint32_t number);

/* CRC-32 as in GPT (IEEE 802.3, reflected); go on from `crc`, 0 at first. */
uint32_t table_crc32(uint32_t crc, const void *data, size_t bytes);
