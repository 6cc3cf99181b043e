/* SPDX-License-Identifier: MIT */
/* Tables written by hand, byte by byte. */

#include "image.h"

#include <string.h>

enum {
	ENTRIES = 128,
	ENTRY = 128,
	ENTRY_BLOCKS = ENTRIES * ENTRY / IMAGE_BLOCK,
	HEADER = 92,
	LAST = IMAGE_BLOCKS - 1,
	FIRST_ENTRIES = 2,
	LAST_ENTRIES = LAST - ENTRY_BLOCKS,
};

static enum fief_err image_read(struct table_device *d, uint64_t block,
                                void *buf)
{
	struct image *i = FIEF_CONTAINER_OF(d, struct image, device);

	if (block >= d->block_count)
		__builtin_trap(); /* the parser has to know */
	memcpy(buf, i->bytes + block * d->block_size, d->block_size);
	i->reads++;
	return FIEF_OK;
}

void image_init(struct image *i)
{
	memset(i, 0, sizeof(*i));
	i->device = (struct table_device){
		.block_size = IMAGE_BLOCK,
		.block_count = IMAGE_BLOCKS,
		.read = image_read,
		.buf = i->buf,
	};
}

unsigned char *image_at(struct image *i, unsigned block)
{
	return i->bytes + (size_t)block * IMAGE_BLOCK;
}

void image_put(unsigned char *at, uint64_t value, unsigned bytes)
{
	for (unsigned k = 0; k < bytes; k++)
		at[k] = (unsigned char)(value >> 8 * k);
}

/* ---- MBR ---- */

void image_sign(struct image *i, unsigned block)
{
	image_put(image_at(i, block) + 510, 0xaa55, 2);
}

void image_slot(struct image *i, unsigned block, unsigned slot, uint8_t type,
                uint32_t first, uint32_t count)
{
	unsigned char *at = image_at(i, block) + 446 + (size_t)slot * 16;

	image_sign(i, block);
	at[4] = type;
	image_put(at + 8, first, 4);
	image_put(at + 12, count, 4);
}

/* ---- GPT ---- */

static void header(struct image *i, unsigned block, unsigned other,
                   unsigned entries)
{
	unsigned char *h = image_at(i, block);

	memcpy(h, "EFI PART", 8);
	image_put(h + 8, 0x10000, 4);
	image_put(h + 12, HEADER, 4);
	image_put(h + 24, block, 8);
	image_put(h + 32, other, 8);
	image_put(h + 40, FIRST_ENTRIES + ENTRY_BLOCKS, 8);
	image_put(h + 48, LAST_ENTRIES - 1, 8);
	image_put(h + 56, 0x1122334455667788, 8);
	image_put(h + 72, entries, 8);
	image_put(h + 80, ENTRIES, 4);
	image_put(h + 84, ENTRY, 4);
}

void image_gpt(struct image *i)
{
	image_slot(i, 0, 0, 0xee, 1, IMAGE_BLOCKS - 1);
	header(i, 1, LAST, FIRST_ENTRIES);
	header(i, LAST, 1, LAST_ENTRIES);
	image_gpt_seal(i);
}

void image_gpt_entry(struct image *i, unsigned n, uint64_t first, uint64_t last,
                     const char *name)
{
	static const unsigned entries[] = { FIRST_ENTRIES, LAST_ENTRIES };

	for (unsigned k = 0; k < 2; k++) {
		unsigned char *e = image_at(i, entries[k]) + (size_t)n * ENTRY;

		image_put(e, 0x0fc63daf, 4);
		image_put(e + 16, 0xaabbccdd00 + n, 8);
		image_put(e + 32, first, 8);
		image_put(e + 40, last, 8);
		for (size_t c = 0; name[c]; c++)
			image_put(e + 56 + 2 * c, (unsigned char)name[c], 2);
	}
}

static void seal(unsigned char *h, const unsigned char *entries)
{
	image_put(h + 88, table_crc32(0, entries, (size_t)ENTRIES * ENTRY), 4);
	image_put(h + 16, 0, 4);
	image_put(h + 16, table_crc32(0, h, HEADER), 4);
}

void image_gpt_seal(struct image *i)
{
	seal(image_at(i, 1), image_at(i, FIRST_ENTRIES));
	seal(image_at(i, LAST), image_at(i, LAST_ENTRIES));
}
