/* SPDX-License-Identifier: MIT */
/* What both sides of a Block session check requests by. See session/block.capnp
 * for the protocol. */
#pragma once

#include <fief/packet_stream.h>
#include <session/block.h>

enum {
	BLOCK_SIZE_MIN = 512,
	BLOCK_SIZE_MAX = 65536,
	BLOCK_ALIGN = 3, /* binary logarithm of FIEF_PACKET_ALIGN */
	BLOCK_OP_BITS = 8,
	BLOCK_TRIM_MAX = (1 << 24) - 1, /* blocks of one packet */
	BLOCK_TRANSFER_MAX = 1 << 20,   /* payload of one packet */
	BLOCK_BUFFER_DEFAULT = 64 << 10,
	BLOCK_BUFFER_MAX = 64 << 20,
};

/* What a device, or a session's view of it, is like. */
struct block_info {
	uint32_t block_size; /* a power of two */
	uint64_t block_count;
	bool writeable;
};

/* May a device be like that? Also: its bytes can be counted in 63 bits. */
bool block_info_valid(const struct block_info *info);

/* A request in blocks; `bytes` is the payload. */
struct block_range {
	enum block_op op;
	uint64_t first;
	uint64_t count;
	uint32_t bytes;
};

/* What a packet asks of a device. `p` is a copy of the caller's, and within the
 * buffer. Errors: those of an acknowledgement, see the schema. */
FIEF_MUST enum fief_err block_decode(const struct block_info *info,
                                     const struct fief_packet *p,
                                     struct block_range *out);

/* The packet's `op`, `size` and `arg` for a request. */
void block_encode(const struct block_range *r, struct fief_packet *p);
