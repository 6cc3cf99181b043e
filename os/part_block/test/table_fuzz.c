/* SPDX-License-Identifier: MIT */
/* Any bytes as device. What is accepted is on the device and does not overlap;
 * reading is bounded. Checksums of a GPT are made right on request, so that
 * what is behind them is reached. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <os/part_block/table.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BLOCK = 512, READS_MAX = 4096, MAX = 256 * BLOCK };

static struct device {
	struct table_device base;
	unsigned char bytes[MAX];
	unsigned reads;
} device;

static unsigned char buf[BLOCK];
static struct table table;

static enum fief_err read_block(struct table_device *d, uint64_t block,
                                void *to)
{
	if (block >= d->block_count || ++device.reads > READS_MAX)
		abort();
	memcpy(to, device.bytes + block * BLOCK, BLOCK);
	return FIEF_OK;
}

static uint32_t get(const unsigned char *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

static void put(unsigned char *at, uint32_t v)
{
	memcpy(at, &v, sizeof(v));
}

/* On little-endian hosts, which fuzzing is done on. */
static void seal(size_t block)
{
	unsigned char *h = device.bytes + block * BLOCK;
	const uint64_t at = (uint64_t)get(h + 72) * BLOCK;
	const uint64_t bytes = (uint64_t)get(h + 80) * get(h + 84);

	if (at < MAX && bytes <= MAX - at)
		put(h + 88, table_crc32(0, device.bytes + at, bytes));
	put(h + 16, 0);
	if (get(h + 12) <= BLOCK)
		put(h + 16, table_crc32(0, h, get(h + 12)));
}

static void check(void)
{
	for (unsigned i = 0; i < table.count; i++) {
		const struct partition *p = &table.partition[i];

		if (!p->count || p->first >= device.base.block_count ||
		    p->count > device.base.block_count - p->first)
			abort();
		for (unsigned k = 0; k < i; k++) {
			const struct partition *q = &table.partition[k];

			if (p->first < q->first + q->count &&
			    q->first < p->first + p->count)
				abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool sealed;

	if (!size)
		return 0;
	sealed = data[0] & 1;
	data++, size--;
	memset(&device, 0, sizeof(device));
	memcpy(device.bytes, data, size < MAX ? size : MAX);
	device.base = (struct table_device){
		.block_size = BLOCK,
		.block_count = (size < MAX ? size : MAX) / BLOCK,
		.read = read_block,
		.buf = buf,
	};
	if (sealed && device.base.block_count > 1) {
		seal(device.base.block_count - 1);
		seal(1);
	}
	if (table_read(&table, &device.base) == FIEF_OK)
		check();
	else if (table.count || !table.why[0])
		abort();
	return 0;
}
