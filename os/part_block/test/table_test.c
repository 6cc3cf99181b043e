/* SPDX-License-Identifier: MIT */
/* Tables that are sound, and many that are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "image.h"

static struct image image;
static struct table table;

static void expect_refusal(const char *why)
{
	assert_int_equal(table_read(&table, &image.device), FIEF_INVALID);
	assert_int_equal(table.count, 0);
	if (!strstr(table.why, why))
		fail_msg("\"%s\" does not tell \"%s\"", table.why, why);
}

static void expect_ok(enum table_type type, unsigned count)
{
	if (table_read(&table, &image.device))
		fail_msg("%s", table.why);
	assert_int_equal(table.type, type);
	assert_int_equal(table.count, count);
}

static void expect_range(uint32_t number, uint64_t first, uint64_t count)
{
	const struct partition *p = table_find(&table, number);

	assert_non_null(p);
	assert_int_equal(p->first, first);
	assert_int_equal(p->count, count);
}

static void crc(void **state)
{
	(void)state;
	assert_int_equal(table_crc32(0, "123456789", 9), 0xcbf43926);
	assert_int_equal(table_crc32(table_crc32(0, "1234", 4), "56789", 5),
	                 0xcbf43926);
}

static void none(void **state)
{
	(void)state;
	image_init(&image);
	expect_ok(TABLE_NONE, 1);
	expect_range(0, 0, IMAGE_BLOCKS);
	image.device.block_count = 0;
	expect_refusal("empty");
}

/* ---- MBR ---- */

/* Two primary ones; logical ones at 101 and 121, the second link first on the
 * disk. */
static void mbr_make(void)
{
	image_init(&image);
	image_slot(&image, 0, 0, 0x83, 1, 10);
	image_slot(&image, 0, 2, 0x0c, 20, 30);
	image_slot(&image, 0, 3, 0x05, 100, 100);
	image_slot(&image, 100, 0, 0x83, 50, 10);
	image_slot(&image, 100, 1, 0x05, 20, 20);
	image_slot(&image, 120, 0, 0x82, 1, 19);
}

static void mbr(void **state)
{
	(void)state;
	mbr_make();
	expect_ok(TABLE_MBR, 4);
	expect_range(1, 1, 10);
	expect_range(3, 20, 30);
	expect_range(5, 150, 10);
	expect_range(6, 121, 19);
	assert_int_equal(table_find(&table, 3)->mbr_type, 0x0c);
	assert_null(table_find(&table, 2));
}

/* One change of the table above, and what is said of it. */
static const struct {
	unsigned block, slot;
	uint8_t type;
	uint32_t first, count;
	const char *why;
} mbr_faults[] = {
	{ 0, 1, 0x83, 5, 10, "1 and 2 overlap" },
	{ 0, 1, 0x83, 250, 10, "the device has 256" },
	{ 0, 1, 0x83, 0xffffffff, 0xffffffff, "the device has 256" },
	{ 0, 1, 0x83, 0, 1, "block 0" },
	{ 0, 1, 0x0f, 60, 10, "two extended" },
	{ 0, 1, 0x83, 150, 10, "the extended partition overlap" },
	{ 0, 3, 0x05, 100, 200, "not on the device" },
	{ 0, 3, 0x05, 0, 20, "overlap" },
	{ 100, 1, 0x05, 0, 20, "astray at block 100" },
	{ 100, 1, 0x05, 100, 20, "astray at block 200" },
	{ 100, 1, 0x05, 0xffffffff, 20, "astray" },
	{ 100, 1, 0x05, 50, 5, "astray at block 150" },
	{ 100, 1, 0x05, 30, 5, "no table in block 130" },
	{ 120, 1, 0x05, 20, 20, "astray at block 120" },
	{ 120, 1, 0x0f, 0, 20, "astray at block 100" },
	{ 100, 0, 0x83, 50, 60, "not within" },
	{ 100, 0, 0x83, 0, 6, "not within" },
	{ 100, 0, 0x83, 0xffffffff, 0xffffffff, "not within" },
	{ 100, 0, 0x83, 15, 10, "astray at block 120" },
	{ 120, 0, 0x83, 25, 30, "5 and 6 overlap" },
};

static void mbr_broken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mbr_faults) / sizeof(*mbr_faults); i++) {
		mbr_make();
		image_slot(&image, mbr_faults[i].block, mbr_faults[i].slot,
		           mbr_faults[i].type, mbr_faults[i].first,
		           mbr_faults[i].count);
		expect_refusal(mbr_faults[i].why);
		assert_true(image.reads < 64);
	}
}

/* As long as it can be, and one more. */
static void mbr_chain(void **state)
{
	(void)state;
	for (unsigned links = 60; links <= 61; links++) {
		image_init(&image);
		image_slot(&image, 0, 0, 0x0f, 10, 240);
		for (unsigned i = 0; i < links; i++) {
			image_slot(&image, 10 + 2 * i, 0, 0x83, 1, 1);
			if (i + 1 < links)
				image_slot(&image, 10 + 2 * i, 1, 0x05,
				           2 * (i + 1), 2);
		}
		if (links == 60)
			expect_ok(TABLE_MBR, 60);
		else
			expect_refusal("astray");
	}
}

/* ---- GPT ---- */

static void gpt_make(void)
{
	image_init(&image);
	image_gpt(&image);
	image_gpt_entry(&image, 0, 40, 49, "boot");
	image_gpt_entry(&image, 6, 60, 60, "data \xe4");
	image_gpt_seal(&image);
}

static void gpt(void **state)
{
	(void)state;
	gpt_make();
	expect_ok(TABLE_GPT, 2);
	expect_range(1, 40, 10);
	expect_range(7, 60, 1);
	assert_false(table.backup);
	assert_string_equal(table_find(&table, 1)->name, "boot");
	assert_string_equal(table_find(&table, 7)->name, "data \xc3\xa4");
	assert_string_equal(table_find(&table, 1)->type,
	                    "0fc63daf-0000-0000-0000-000000000000");
	assert_string_equal(table.guid, "55667788-3344-1122-0000-000000000000");
}

/* A field of the first header, then of both, changed without and with right
 * checksums. */
static const struct {
	unsigned at, bytes;
	uint64_t value;
	const char *why;
} gpt_faults[] = {
	{ 0, 8, 0, "no signature" },
	{ 12, 4, 0, "size is impossible" },
	{ 12, 4, 91, "size is impossible" },
	{ 12, 4, 513, "size is impossible" },
	{ 12, 4, 0xffffffff, "size is impossible" },
	{ 24, 8, 7, "another block" },
	{ 40, 8, 250, "usable blocks" },
	{ 40, 8, 1, "usable blocks" },
	{ 48, 8, 256, "usable blocks" },
	{ 48, 8, UINT64_MAX, "usable blocks" },
	{ 72, 8, 0, "entries are not on the device" },
	{ 72, 8, 255, "entries are not on the device" },
	{ 72, 8, UINT64_MAX, "entries are not on the device" },
	{ 72, 8, 50, "among the usable" },
	{ 80, 4, 1025, "impossible" },
	{ 80, 4, 0xffffffff, "impossible" },
	{ 84, 4, 0, "impossible" },
	{ 84, 4, 64, "impossible" },
	{ 84, 4, 129, "impossible" },
	{ 84, 4, 1u << 31, "impossible" },
};

static void gpt_broken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(gpt_faults) / sizeof(*gpt_faults); i++) {
		const unsigned at = gpt_faults[i].at;

		gpt_make();
		image_put(image_at(&image, 1) + at, gpt_faults[i].value,
		          gpt_faults[i].bytes);
		expect_ok(TABLE_GPT, 2);
		assert_true(table.backup);
		gpt_make();
		image_put(image_at(&image, 1) + at, gpt_faults[i].value,
		          gpt_faults[i].bytes);
		image_put(image_at(&image, IMAGE_BLOCKS - 1) + at,
		          gpt_faults[i].value, gpt_faults[i].bytes);
		image_gpt_seal(&image);
		expect_refusal(gpt_faults[i].why);
	}
}

static void gpt_checksums(void **state)
{
	(void)state;
	gpt_make();
	image_at(&image, 1)[60] ^= 1; /* the disk's name */
	expect_ok(TABLE_GPT, 2);
	assert_true(table.backup);
	gpt_make();
	image_at(&image, 2)[40] ^= 1; /* an entry */
	expect_ok(TABLE_GPT, 2);
	assert_true(table.backup);
	image_at(&image, IMAGE_BLOCKS - 1)[60] ^= 1;
	expect_refusal("checksum");
	/* A truncated device: both copies of no use. */
	gpt_make();
	image.device.block_count = 30;
	expect_refusal("not on the device");
	image.device.block_count = 1;
	expect_refusal("too small");
}

static void gpt_partitions(void **state)
{
	(void)state;
	gpt_make();
	image_gpt_entry(&image, 1, 49, 52, "over");
	image_gpt_seal(&image);
	expect_refusal("1 and 2 overlap");
	gpt_make();
	image_gpt_entry(&image, 1, 55, 54, "backwards");
	image_gpt_seal(&image);
	expect_refusal("not usable");
	gpt_make();
	image_gpt_entry(&image, 1, 1, 4, "over the table");
	image_gpt_seal(&image);
	expect_refusal("not usable");
	gpt_make();
	image_gpt_entry(&image, 1, 70, UINT64_MAX, "long");
	image_gpt_seal(&image);
	expect_refusal("not usable");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(crc),
		cmocka_unit_test(none),
		cmocka_unit_test(mbr),
		cmocka_unit_test(mbr_broken),
		cmocka_unit_test(mbr_chain),
		cmocka_unit_test(gpt),
		cmocka_unit_test(gpt_broken),
		cmocka_unit_test(gpt_checksums),
		cmocka_unit_test(gpt_partitions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
