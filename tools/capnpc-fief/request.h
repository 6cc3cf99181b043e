/* SPDX-License-Identifier: MIT */
/* The stream of segments that `capnp` hands to a plugin. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Read one message with its segment table and make it a message of one
 * segment, without far pointers: what lib/capnp reads. Memory is in the
 * arena. Ends the program if the stream is no such message.
 */
uint64_t *request_read(FILE *f, size_t *bytes);
