/* SPDX-License-Identifier: MIT */
/* Images of devices with tables, for tests. */
#pragma once

#include <os/part_block/table.h>

enum { IMAGE_BLOCKS = 256, IMAGE_BLOCK = 512 };

struct image {
	struct table_device device;
	unsigned char bytes[IMAGE_BLOCKS * IMAGE_BLOCK];
	unsigned char buf[TABLE_BLOCK_MAX];
	unsigned reads;
};

/* Zeros, as a device. */
void image_init(struct image *i);

/* Signature, and a slot of the table in a block. */
void image_sign(struct image *i, unsigned block);
void image_slot(struct image *i, unsigned block, unsigned slot, uint8_t type,
                uint32_t first, uint32_t count);

/* Two copies of a GPT without partitions; after changes of its entries or
 * headers, image_gpt_seal makes the checksums right. */
void image_gpt(struct image *i);
void image_gpt_entry(struct image *i, unsigned n, uint64_t first, uint64_t last,
                     const char *name);
void image_gpt_seal(struct image *i);

unsigned char *image_at(struct image *i, unsigned block);
void image_put(unsigned char *at, uint64_t value, unsigned bytes);
