/* SPDX-License-Identifier: MIT */
/*
 * The part of libc that Debian's libbearssl.a refers to and <lib/mem.h> has not,
 * with libc's name. Linked into component images only.
 */
#pragma once

#include <stddef.h>

/* What does not fit ends at an undefined instruction. */
void *__memcpy_chk(void *to, const void *from, size_t len, size_t room);
