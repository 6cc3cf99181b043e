/* SPDX-License-Identifier: MIT */
/*
 * kif of a single component that talks to itself: a call runs the operation of
 * the object at once, a signal waits until the test delivers it, time is what
 * the test says, and dataspaces come from a RAM source of the test.
 */
#pragma once

#include <fief/component.h>
#include <fief/kif_table.h>

enum { LOOP_OBJECTS = 512, LOOP_DATASPACES = 128 };

extern struct loop_kif {
	uint64_t now;      /* ns; what kif `time` tells */
	unsigned objects;  /* exported and not revoked */
	unsigned mappings; /* of foreign dataspaces, not unmapped */
	unsigned logged;   /* lines */
	/* RAM source: dataspaces, and which allocation fails; 0: none. */
	unsigned live, calls, fail_at;
	size_t bytes;
	struct fief_ram ram;
} loop_kif;

/* Forget everything. Sets `fief_kif`. */
void loop_kif_init(void);

/* Deliver the signals that wait, those they cause too. Returns how many. */
unsigned loop_kif_run(void);
