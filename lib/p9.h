/* SPDX-License-Identifier: MIT */
/* 9P2000.L as bytes, for both sides of it:
 * https://github.com/chaos/diod/blob/master/protocol.md. Numbers are
 * little-endian, as the machine is. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	P9_HEADER = 7, /* size, type, tag */
	P9_MESSAGE_MIN = 4096,
	P9_MESSAGE_MAX = 256 << 10,
	P9_IO_HEADER = 24, /* of reads and writes, at most */
	P9_NAMES = 16,     /* of a walk */
	P9_QID = 13,       /* bytes */
	P9_NO_TAG = 0xffff,
};

#define P9_NO_FID UINT32_MAX

/* Errors of Linux that are no outcome of a file operation. */
enum { P9_EIO = 5, P9_ENOMEM = 12, P9_ENFILE = 23 };

/* Requests; the answer to each is one more. */
enum p9_type {
	P9_LERROR = 6,
	P9_STATFS = 8,
	P9_LOPEN = 12,
	P9_LCREATE = 14,
	P9_SYMLINK = 16,
	P9_MKNOD = 18,
	P9_RENAME = 20,
	P9_READLINK = 22,
	P9_GETATTR = 24,
	P9_SETATTR = 26,
	P9_XATTRWALK = 30,
	P9_XATTRCREATE = 32,
	P9_READDIR = 40,
	P9_FSYNC = 50,
	P9_LOCK = 52,
	P9_GETLOCK = 54,
	P9_LINK = 70,
	P9_MKDIR = 72,
	P9_RENAMEAT = 74,
	P9_UNLINKAT = 76,
	P9_VERSION = 100,
	P9_AUTH = 102,
	P9_ATTACH = 104,
	P9_FLUSH = 108,
	P9_WALK = 110,
	P9_READ = 116,
	P9_WRITE = 118,
	P9_CLUNK = 120,
	P9_REMOVE = 122,
	P9_TYPES = 128,
};

/* What is left of a request. `bad`: something was not there. */
struct p9_in {
	const unsigned char *at;
	size_t left;
	bool bad;
};

uint8_t p9_u8(struct p9_in *);
uint16_t p9_u16(struct p9_in *);
uint32_t p9_u32(struct p9_in *);
uint64_t p9_u64(struct p9_in *);
/* NULL: they are not there. */
const unsigned char *p9_bytes(struct p9_in *, size_t len);
/* A text of at most size - 1 bytes, none of them zero, terminated. */
void p9_text(struct p9_in *, char *to, size_t size);
/* All was read, and nothing was missing. */
static inline bool p9_done(const struct p9_in *in)
{
	return !in->bad && !in->left;
}

/* An answer in the making. `full`: something did not fit, and is not there. */
struct p9_out {
	unsigned char *at;
	size_t len, size;
	bool full;
};

void p9_put(struct p9_out *, const void *, size_t);
void p9_put_u8(struct p9_out *, uint8_t);
void p9_put_u16(struct p9_out *, uint16_t);
void p9_put_u32(struct p9_out *, uint32_t);
void p9_put_u64(struct p9_out *, uint64_t);
void p9_put_text(struct p9_out *, const char *, size_t len);
