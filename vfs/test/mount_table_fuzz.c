/* SPDX-License-Identifier: MIT */
/* Any bytes as a table: what is taken can be written, and is the same then. */
#include <stdlib.h>
#include <string.h>

#include <lib/node_gen.h>
#include <vfs/mount_table.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BYTES = 1 << 16, MEMORY = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint64_t in[BYTES / 8], again[BYTES];
	static char memory[MEMORY];
	struct node *n, *same;
	struct node_error err;
	struct arena a;
	size_t len;

	if (size > sizeof(in))
		return 0;
	memcpy(in, data, size);
	arena_init_fixed(&a, memory, sizeof(memory));
	if (mount_table_read(in, size, &a, &err, &n))
		return 0;
	if (mount_table_write(n, &a, again, sizeof(again), &err, &len))
		return 0; /* views that overlap can be more than there is room */
	if (mount_table_read(again, len, &a, &err, &same) == FIEF_OUT_OF_RAM)
		return 0;
	if (!node_equal(n, same))
		abort();
	return 0;
}
