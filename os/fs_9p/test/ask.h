/* SPDX-License-Identifier: MIT */
/* For tests of single messages: one is asked, and answered at once. Errors and
 * flags are numbers of Linux. */
#pragma once

#include "talk.h"

enum {
	OK = 0,
	NOT_PERMITTED = 1,
	NO_ENTRY = 2,
	BAD_FID = 9,
	EXISTS = 17,
	NOT_DIR = 20,
	IS_DIR = 21,
	INVALID = 22,
	READ_ONLY = 30,
	NOT_EMPTY = 39,
	LINK = 40,
	UNSUPPORTED = 95,
	BUSY = 16,
};
enum { TO_READ = 0, TO_WRITE = 1, BOTH = 2, EXCL = 0200, TRUNC = 01000 };
enum { ROOT = 0, TAG = 5 };

extern struct talk talk;
extern struct heard answer; /* the last one */

/* A message by a format: 1, 2, 4, 8 bytes of a number (8: uint64_t), or s, a text.
 * What comes is an error of that number, or in `answer`. */
void ask(uint32_t error, uint8_t type, const char *format, ...);

/* Of a test: a session, whose fid ROOT is the root. */
int ask_begin(void **state);
int ask_end(void **state);

void ask_walk(uint32_t fid, const char *name); /* from the root */
void ask_clone(uint32_t fid);                  /* of the root */
void ask_file(uint32_t fid, const char *name); /* a new one, open */
void ask_write(uint32_t error, uint32_t fid, uint64_t pos, const char *text);
/* That is what is there, up to 100 bytes. */
void ask_reads(uint32_t fid, uint64_t pos, const char *bytes, size_t len);

struct attributes {
	uint8_t qid_type;
	uint32_t version, mode;
	uint64_t qid, links, size, atime, mtime, mtime_ns;
};

struct attributes ask_attributes(uint32_t fid);
