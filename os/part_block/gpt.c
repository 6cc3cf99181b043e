/* SPDX-License-Identifier: MIT */
/* GUID partition tables (UEFI specification, chapter 5): a header with its
 * entries at the start of the device, another one at its end. */

#include "table_internal.h"

#include <lib/checked.h>
#include <lib/fmt.h>
#include <lib/mem.h>

enum {
	HEADER_MIN = 92,
	ENTRY_MIN = 128,
	ENTRY_MAX = 4096,
	ENTRIES_MAX = 1024,
	NAME_AT = 56,
	NAME_UNITS = 36,
	GUID_BYTES = 16,
	CRC_AT = 16,
};

struct header {
	uint64_t usable_first, usable_last;
	uint64_t entries; /* their first block */
	uint32_t count, entry_bytes, crc;
	unsigned char guid[GUID_BYTES];
};

static void guid_text(char *out, const unsigned char *g)
{
	/* Fits: the length is fixed. */
	(void)!fmt_text(out, PARTITION_GUID_TEXT,
	                "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
	                table_u32(g), table_u16(g + 4), table_u16(g + 6), g[8],
	                g[9], g[10], g[11], g[12], g[13], g[14], g[15]);
}

static bool guid_zero(const unsigned char *g)
{
	static const unsigned char zero[GUID_BYTES];

	return !memcmp(g, zero, sizeof(zero));
}

/* ---- names ---- */

static size_t utf8_put(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	out[0] = (char)(0xe0 | c >> 12);
	out[1] = (char)(0x80 | (c >> 6 & 63));
	out[2] = (char)(0x80 | (c & 63));
	return 3;
}

/* UTF-16; what is beyond its first plane, and control characters, as U+FFFD:
 * names are for policies and reports. */
static void name_text(char *out, const unsigned char *at)
{
	size_t n = 0;

	for (unsigned i = 0; i < NAME_UNITS; i++) {
		uint32_t c = table_u16(at + 2 * i);

		if (!c)
			break;
		if (c < 0x20 || c == 0x7f || (c >= 0xd800 && c < 0xe000) ||
		    c >= 0xfffe)
			c = 0xfffd;
		n += utf8_put(out + n, c);
	}
	out[n] = 0;
}

/* ---- header ---- */

static const char *ranges_fault(const struct header *h,
                                const struct table_device *d)
{
	const uint64_t bytes = (uint64_t)h->count * h->entry_bytes;
	const uint64_t blocks = (bytes + d->block_size - 1) / d->block_size;

	if (h->usable_first <= GPT_HEADER_BLOCK ||
	    h->usable_first > h->usable_last ||
	    h->usable_last >= d->block_count)
		return "its usable blocks are not on the device";
	if (!h->entries || !checked_range(h->entries, blocks, d->block_count))
		return "its entries are not on the device";
	if (h->entries <= h->usable_last &&
	    h->usable_first < h->entries + blocks)
		return "its entries are among the usable blocks";
	return NULL;
}

/* What is wrong with the header in d->buf; NULL: nothing. */
static const char *header_parse(struct header *h, const struct table_device *d,
                                uint64_t block)
{
	unsigned char *b = d->buf;
	const uint32_t bytes = table_u32(b + 12), crc = table_u32(b + CRC_AT);

	if (memcmp(b, "EFI PART", 8) != 0)
		return "no signature";
	if (bytes < HEADER_MIN || bytes > d->block_size)
		return "its size is impossible";
	memset(b + CRC_AT, 0, 4);
	if (table_crc32(0, b, bytes) != crc)
		return "its checksum is wrong";
	if (table_u64(b + 24) != block)
		return "it belongs to another block";
	*h = (struct header){
		.usable_first = table_u64(b + 40),
		.usable_last = table_u64(b + 48),
		.entries = table_u64(b + 72),
		.count = table_u32(b + 80),
		.entry_bytes = table_u32(b + 84),
		.crc = table_u32(b + 88),
	};
	memcpy(h->guid, b + 56, GUID_BYTES);
	if (h->count > ENTRIES_MAX || h->entry_bytes < ENTRY_MIN ||
	    h->entry_bytes > ENTRY_MAX ||
	    (h->entry_bytes & (h->entry_bytes - 1)))
		return "number or size of its entries is impossible";
	return ranges_fault(h, d);
}

/* ---- entries ---- */

static enum fief_err entry_add(struct table *t, const struct table_device *d,
                               const struct header *h, uint32_t number,
                               const unsigned char *at)
{
	const uint64_t first = table_u64(at + 32), last = table_u64(at + 40);
	struct partition p = { .number = number, .first = first };

	if (guid_zero(at))
		return FIEF_OK;
	if (first < h->usable_first || last > h->usable_last || first > last)
		return table_refuse(t,
		                    "partition %u: blocks %llu to %llu are "
		                    "not usable",
		                    number, (unsigned long long)first,
		                    (unsigned long long)last);
	p.count = last - first + 1;
	guid_text(p.type, at);
	guid_text(p.guid, at + GUID_BYTES);
	name_text(p.name, at + NAME_AT);
	return table_add(t, d, &p);
}

/* Visit the entries: each is in one or two blocks that are in d->buf. */
static enum fief_err entries_each(struct table *t, struct table_device *d,
                                  const struct header *h, uint32_t *crc)
{
	const uint32_t size = h->entry_bytes;
	const uint64_t bytes = (uint64_t)h->count * size;
	enum fief_err e = FIEF_OK;
	uint64_t at = 0;

	*crc = 0;
	while (at < bytes && !e) {
		const uint64_t block = h->entries + at / d->block_size;
		/* An entry larger than a block: only its start counts. */
		const uint64_t here =
			bytes - at < d->block_size ? bytes - at : d->block_size;

		e = d->read(d, block, d->buf);
		if (e)
			return e;
		*crc = table_crc32(*crc, d->buf, here);
		for (uint64_t i = 0; t && i + ENTRY_MIN <= here && !e;
		     i += size)
			if ((at + i) % size == 0)
				e = entry_add(t, d, h,
				              (uint32_t)((at + i) / size) + 1,
				              d->buf + i);
		at += here;
	}
	return e;
}

/* ---- both copies ---- */

/* Read the copy whose header is in that block. INVALID with the reason: it
 * cannot be used. */
static enum fief_err copy_check(struct table_device *d, uint64_t block,
                                struct header *h, const char **fault)
{
	enum fief_err e;
	uint32_t crc;

	*fault = "the device is too small";
	if (block >= d->block_count)
		return FIEF_INVALID;
	*fault = "it cannot be read";
	e = d->read(d, block, d->buf);
	if (e)
		return e;
	*fault = header_parse(h, d, block);
	if (*fault)
		return FIEF_INVALID;
	e = entries_each(NULL, d, h, &crc);
	if (!e && crc != h->crc) {
		*fault = "the checksum of its entries is wrong";
		return FIEF_INVALID;
	}
	return e;
}

enum fief_err gpt_read(struct table *t, struct table_device *d)
{
	const char *first, *second;
	struct header h;
	uint32_t crc;
	enum fief_err e = copy_check(d, GPT_HEADER_BLOCK, &h, &first);

	t->type = TABLE_GPT;
	if (e == FIEF_INVALID) {
		t->backup = true;
		e = copy_check(d, d->block_count - 1, &h, &second);
		if (e == FIEF_INVALID)
			return table_refuse(t, "GPT: %s; backup: %s", first,
			                    second);
	}
	if (e)
		return e;
	guid_text(t->guid, h.guid);
	e = entries_each(t, d, &h, &crc);
	/* Read a second time: it may have changed meanwhile. */
	if (!e && crc != h.crc)
		return table_refuse(t, "GPT: the entries change");
	return e;
}
