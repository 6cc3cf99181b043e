/* SPDX-License-Identifier: MIT */
/*
 * Bytes that nobody else can tell, good for keys: ChaCha20 over the seed that
 * this PD was started with (kif.h), with another key after each call, so that
 * who learns the state of a component learns nothing of what it drew before.
 */
#pragma once

#include <stddef.h>

/* From any thread, not from a crash handler. Does not fail. */
void fief_random(void *out, size_t len);
