/* SPDX-License-Identifier: MIT */
/* An object of each kind of relocation, for elf_test.c. */
#include "sample.h"

static int count; /* no content in the file */
static int base = 7;

static int next(int by)
{
	count += by;
	return base + sample_variable + sample_import(count);
}

static int *const places[] = { &count, &base, &sample_variable };

extern const struct sample sample;
FIEF_EXPORTED const struct sample sample = {
	SAMPLE_VERSION,
	next,
	places,
	"a text",
};
