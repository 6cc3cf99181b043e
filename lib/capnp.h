/* SPDX-License-Identifier: MIT */
/*
 * Cap'n Proto messages of one segment: a bounds-checked reader and a builder
 * that writes canonical form. No allocation, no recursion, no host.
 *
 * A message is an array of 64-bit words without a segment table; word 0 is
 * the root pointer. Capability pointers index a table beside the message.
 * Whatever is read is taken as hostile: each pointer is checked when it is
 * followed, and the number of words that can be visited is bounded, so that
 * overlapping pointers cost no more than a large honest message. Far pointers
 * are INVALID. A null pointer reads as the default value, and a struct that
 * is shorter or longer than the reader's schema reads by the rules of schema
 * evolution.
 *
 * Generated code is the usual caller. Functions that can fail leave their
 * outputs untouched then; a builder is unusable after a failure. Nothing
 * blocks; a reader or builder belongs to one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fief/err.h>

enum {
	CAPNP_DEPTH_MAX = 64,     /* nested pointers that are followed */
	CAPNP_VISIT_FACTOR = 64,  /* words visited for each message word */
	CAPNP_CAPS_MAX = 32,      /* capabilities in one table */
	CAPNP_WORDS_MAX = 1 << 28 /* words in one message */
};

/* Text without its terminator; `s` NULL means absent (a null pointer). When
 * read from a message, s[len] is 0 and no other byte is; UTF-8 is not
 * checked. */
struct capnp_text {
	const char *s; /* borrowed: the message or the caller's */
	size_t len;
};

/* Bytes; `p` NULL means absent. */
struct capnp_data {
	const uint8_t *p; /* borrowed: the message or the caller's */
	size_t len;
};

/* Text of a zero-terminated string, without copying; NULL gives absent. */
struct capnp_text capnp_text_of(const char *s);
bool capnp_text_equal(struct capnp_text a, struct capnp_text b);

/* What a list holds. The first seven have a width and no pointers. */
enum capnp_kind {
	CAPNP_VOID,
	CAPNP_BOOL,
	CAPNP_8,
	CAPNP_16,
	CAPNP_32,
	CAPNP_64,
	CAPNP_TEXT,
	CAPNP_DATA,
	CAPNP_LIST,
	CAPNP_STRUCT,
};

struct capnp_reader {
	const uint64_t *base; /* borrowed: the message */
	const uint32_t *cap;  /* borrowed: the capability table */
	uint32_t words;
	uint32_t budget; /* words that may still be visited */
	uint32_t ncaps;
	uint32_t taken; /* bit i: capability i was read */
};

/* A struct in a message. */
struct capnp_struct {
	struct capnp_reader *r; /* borrowed: lives as long as the message */
	const uint64_t *data;
	const uint64_t *ptrs;
	uint32_t bit;  /* the data starts at this bit of *data */
	uint32_t bits; /* of data */
	uint16_t nptrs;
	uint16_t depth;
};

/*
 * A list in a message, or (with `r` NULL) a native array that is to be
 * written to one. Both read alike, so what was read can be written again.
 */
struct capnp_list {
	struct capnp_reader *r; /* borrowed; NULL for a native array */
	const void *at;         /* first element; NULL for an absent list */
	uint32_t count;
	uint32_t step; /* message: bits an element; array: bytes */
	uint32_t bits; /* message: bits of data in an element */
	uint16_t nptrs;
	uint8_t kind; /* enum capnp_kind */
	uint8_t depth;
};

/*
 * Read the message of `bytes` bytes at `words` with capabilities `cap`. An
 * empty message has an empty root. Errors: INVALID (size is no multiple of 8
 * or beyond CAPNP_WORDS_MAX, more than CAPNP_CAPS_MAX capabilities).
 */
FIEF_MUST static inline enum fief_err
capnp_reader_init(struct capnp_reader *r, const uint64_t *words, size_t bytes,
                  const uint32_t *cap, unsigned ncaps)
{
	uint64_t budget = (uint64_t)(bytes / 8) * CAPNP_VISIT_FACTOR;

	if (bytes % 8 != 0 || bytes / 8 > CAPNP_WORDS_MAX)
		return FIEF_INVALID;
	if (ncaps > CAPNP_CAPS_MAX)
		return FIEF_INVALID;
	*r = (struct capnp_reader){
		.base = words,
		.cap = cap,
		.words = (uint32_t)(bytes / 8),
		.budget = budget < UINT32_MAX ? (uint32_t)budget : UINT32_MAX,
		.ncaps = ncaps,
	};
	return FIEF_OK;
}

/* All functions that follow a pointer: INVALID where it is malformed, out of
 * bounds, of another kind, too deep, or the visit budget is used up. */

FIEF_MUST static inline enum fief_err capnp_root(struct capnp_reader *r,
                                                 struct capnp_struct *out);

/* Pointer `i` of a struct; a pointer beyond its section is null. */
bool capnp_has(const struct capnp_struct *s, unsigned i);
FIEF_MUST enum fief_err capnp_get_struct(const struct capnp_struct *s,
                                         unsigned i, struct capnp_struct *out);
FIEF_MUST enum fief_err capnp_get_text(const struct capnp_struct *s, unsigned i,
                                       struct capnp_text *out);
FIEF_MUST enum fief_err capnp_get_data(const struct capnp_struct *s, unsigned i,
                                       struct capnp_data *out);
FIEF_MUST enum fief_err capnp_get_list(const struct capnp_struct *s, unsigned i,
                                       enum capnp_kind kind,
                                       struct capnp_list *out);

/* Entry of the capability table, 0 for null. It is marked as taken: a second
 * pointer to the same entry is INVALID, so that it has one owner. */
FIEF_MUST enum fief_err capnp_get_cap(const struct capnp_struct *s, unsigned i,
                                      uint32_t *cap);

/* Element `i` of a list of that kind; `i` >= count is INVALID. They do not
 * count as visits where the element holds no further structs or lists. */
FIEF_MUST enum fief_err capnp_list_struct(const struct capnp_list *l, size_t i,
                                          struct capnp_struct *out);
FIEF_MUST enum fief_err capnp_list_text(const struct capnp_list *l, size_t i,
                                        struct capnp_text *out);
FIEF_MUST enum fief_err capnp_list_data(const struct capnp_list *l, size_t i,
                                        struct capnp_data *out);

/* Element `i` of a list of bools or numbers, zero-extended; cast it, or use
 * capnp_f32/capnp_f64. 0 beyond the end. */
uint64_t capnp_list_uint(const struct capnp_list *l, size_t i);

/* A native array as a list to write. The array must live until then. */
struct capnp_list capnp_list_of(enum capnp_kind kind, const void *array,
                                size_t count, size_t element_size);

/* Value of `width` bits (1, 8, 16, 32, 64) at index `i` in units of it; a
 * field beyond the data section has its default value. */
static inline uint64_t capnp_get(const struct capnp_struct *s, unsigned width,
                                 uint32_t i, uint64_t defval)
{
	uint64_t at = (uint64_t)i * width;
	uint64_t v;

	if (at + width > s->bits)
		return defval;
	at += s->bit;
	v = s->data[at / 64] >> (at % 64);
	if (width < 64)
		v &= (UINT64_C(1) << width) - 1;
	return v ^ defval;
}

static inline bool capnp_get_bool(const struct capnp_struct *s, uint32_t i,
                                  bool defval)
{
	return capnp_get(s, 1, i, defval) != 0;
}

static inline float capnp_f32(uint64_t bits)
{
	union {
		uint32_t u;
		float f;
	} v = { .u = (uint32_t)bits };

	return v.f;
}

static inline double capnp_f64(uint64_t bits)
{
	union {
		uint64_t u;
		double f;
	} v = { .u = bits };

	return v.f;
}

/* The root wherever its pointer says that it is. */
FIEF_MUST enum fief_err capnp_root_follow(struct capnp_reader *r,
                                          struct capnp_struct *out);

/* As good as always the root lies right behind its pointer. */
static inline enum fief_err capnp_root(struct capnp_reader *r,
                                       struct capnp_struct *out)
{
	const uint64_t p = r->words ? r->base[0] : 0;
	const uint32_t dwords = (uint16_t)(p >> 32);
	const uint32_t size = dwords + (uint16_t)(p >> 48);

	if (FIEF_UNLIKELY(!size || (uint32_t)p || size >= r->words))
		return capnp_root_follow(r, out);
	r->budget -= size; /* which is larger than the message */
	*out = (struct capnp_struct){
		.r = r,
		.data = r->base + 1,
		.ptrs = r->base + 1 + dwords,
		.bits = dwords * 64,
		.nptrs = (uint16_t)(p >> 48),
		.depth = 1,
	};
	return FIEF_OK;
}

/* The builder is <lib/capnp_build.h>. */
