/* SPDX-License-Identifier: MIT */
/* The memory functions that compilers call, for the kif image. */
#pragma once

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memset(void *to, int byte, size_t n);
