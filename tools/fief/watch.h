/* SPDX-License-Identifier: MIT */
/*
 * The configuration file of a running system: whoever saves it, by writing it
 * or by putting another one in its place, changes the system.
 */
#pragma once

#include "requests.h"

struct watch {
	int fd;                  /* owned: inotify; -1: nothing is watched */
	const char *file;        /* borrowed */
	int64_t due;             /* when to look at it; UTIL_NEVER */
	struct config_text seen; /* owned: what it said */
	struct {
		uint64_t device, node, bytes, changed;
	} state; /* of it then */
};

/* Say so and watch nothing if the host cannot. */
void watch_open(struct watch *, struct system_file *);
void watch_close(struct watch *);

/* Events are there. */
void watch_readable(struct watch *);

/* Look at it if it is time to; returns when to call again. */
int64_t watch_step(struct watch *, struct requests *);
