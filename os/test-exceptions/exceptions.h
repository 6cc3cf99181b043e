/* SPDX-License-Identifier: MIT */
/* What the test and its victims agree on. */
#pragma once

#include <stdint.h>

/* Labels of the object that stands in for Parent; those of it are below. */
enum exceptions_label {
	EXCEPTIONS_WAY = 100, /* -> data[0] = enum exceptions_way */
	EXCEPTIONS_READY,     /* data[0] = outcome of setting a handler */
};

enum exceptions_way {
	WAY_WRITE, /* to PLACE_LOW */
	WAY_READ,  /* of PLACE_HIGH */
	WAY_ILLEGAL,
	WAY_DIVIDE,
	WAY_WRITE_AGAIN,
	WAY_HANG, /* with THREADS more threads */
	WAYS,
};

enum { THREADS = 2 };

#define PLACE_LOW ((uint64_t)0x123000)
#define PLACE_HIGH ((uint64_t)0x7fdffffff008)
