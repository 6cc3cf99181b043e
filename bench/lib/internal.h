/* SPDX-License-Identifier: MIT */
/* What the parts of the measuring library share. */
#pragma once

#include <sys/types.h>

enum { BENCH_CHILDREN = 8 };

/* The helpers of this process. */
struct bench_children {
	pid_t pid[BENCH_CHILDREN];
	unsigned count;
};

extern struct bench_children bench_children;
