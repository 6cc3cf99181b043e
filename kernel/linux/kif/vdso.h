/* SPDX-License-Identifier: MIT */
/* Finding the host's clock function that needs no system call. */
#pragma once

#include <stdint.h>

/* From the initial stack of a process. NULL if the host offers none; callers
 * then use the system call. */
int (*vdso_clock_gettime(const uint64_t *stack))(long, void *);
