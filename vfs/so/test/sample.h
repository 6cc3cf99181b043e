/* SPDX-License-Identifier: MIT */
/* What the sample object exports and imports. */
#pragma once

#include <stdint.h>

#include <fief/compiler.h>

#define SAMPLE_VERSION UINT64_C(0x5a5a1234)

struct sample {
	uint64_t version;
	int (*next)(int by);
	int *const *places; /* 3 */
	const char *text;
};

extern int sample_variable;
int sample_import(int n);
