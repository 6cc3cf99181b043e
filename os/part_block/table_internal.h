/* SPDX-License-Identifier: MIT */
/* What the readers of tables share. */
#pragma once

#include "table.h"

enum { GPT_HEADER_BLOCK = 1, MBR_SLOT_GPT = 0xee };

/* Refuse the table, saying why. Returns INVALID. */
enum fief_err table_refuse(struct table *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Add a partition. Errors: INVALID (too many, empty, not on the device, over
 * another one). */
FIEF_MUST enum fief_err table_add(struct table *t, const struct table_device *d,
                                  const struct partition *p);

/* Numbers in tables are little-endian and anywhere. */
uint16_t table_u16(const unsigned char *at);
uint32_t table_u32(const unsigned char *at);
uint64_t table_u64(const unsigned char *at);

/* `mbr` is block 0, with a signature. */
FIEF_MUST enum fief_err mbr_read(struct table *t, struct table_device *d);
bool mbr_signed(const unsigned char *block);
bool mbr_protective(const unsigned char *block);

FIEF_MUST enum fief_err gpt_read(struct table *t, struct table_device *d);
