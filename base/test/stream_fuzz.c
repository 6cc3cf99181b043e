/* SPDX-License-Identifier: MIT */
/* Fuzz target: what a hostile peer does to a packet stream and a ring. */
#include <stdint.h>

#include <fief/kif_table.h>

#include "stream_hostile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(fief_cap cap)
{
	(void)cap;
}

static const struct kif table = { .version = KIF_VERSION,
	                          .size = sizeof(struct kif),
	                          .signal = ignore };
const struct kif *fief_kif = &table;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	stream_hostile_run(data, size);
	return 0;
}
