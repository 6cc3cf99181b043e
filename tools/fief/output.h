/* SPDX-License-Identifier: MIT */
/* A descriptor for text that never blocks us: what a slow reader does not take
 * waits in a buffer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct output {
	int fd;          /* where to write */
	bool own_fd;     /* opened by us: close it */
	bool socket;     /* send instead of write */
	bool polite;     /* cannot be made non-blocking: poll, write little */
	bool broken;     /* nothing can be written any more */
	int error;       /* why, as in errno; EPIPE: the reader is gone */
	char *buf;       /* owned */
	size_t len, cap; /* waiting bytes; room */
	size_t sent;     /* of `len`, already written */
};

/* Write to `fd`, whose open file others may share and which is therefore not
 * switched to non-blocking itself. `fd` outlives the output. */
void output_init(struct output *o, int fd);
/* Write to a socket of ours; the caller closes it. */
void output_init_socket(struct output *o, int fd);
void output_fini(struct output *o);

/* Append; always succeeds. */
void output_add(struct output *o, const char *text, size_t len);

/* Bytes that still wait for the reader. */
static inline size_t output_pending(const struct output *o)
{
	return o->len - o->sent;
}

/* Lines among them, begun ones included. */
size_t output_lines(const struct output *o);

/* Write what can be written now. */
void output_flush(struct output *o);

/* Wait for the reader, at most until the deadline. */
void output_drain(struct output *o, long long deadline);
