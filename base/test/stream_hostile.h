/* SPDX-License-Identifier: MIT */
/*
 * One side of a packet stream and of a ring against a peer that does anything
 * to the shared memory, as told by a string of bytes. Aborts when a promise is
 * broken; sanitizers see the rest.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

void stream_hostile_run(const uint8_t *script, size_t len);
