/* SPDX-License-Identifier: MIT */
/*
 * Builder of canonical Cap'n Proto messages in the caller's buffer.
 *
 * Objects must be built in order: fill in the data of a struct, trim it, then
 * build what its pointers name, first to last. That gives the canonical
 * layout without a second pass. Each function that takes room fails with
 * TOO_LONG when the buffer is full; the builder is unusable then.
 */
#pragma once

#include <lib/capnp.h>

struct capnp_builder {
	uint64_t *base; /* borrowed: the caller's buffer */
	uint32_t *cap;  /* borrowed: capability table to fill */
	uint32_t used;  /* words */
	uint32_t max;
	uint32_t ncaps;
	uint32_t max_caps;
};

/* A struct being built; its pointers follow its data. */
struct capnp_slot {
	struct capnp_builder *b;
	uint64_t *where; /* the pointer to it */
	uint64_t *data;
	uint16_t dwords;
	uint16_t nptrs;
};

/* A list of structs being built. */
struct capnp_slots {
	struct capnp_builder *b;
	uint64_t *where; /* the pointer to it */
	uint64_t *tag;   /* the elements follow */
	uint32_t count;
	uint16_t dwords;
	uint16_t nptrs;
};

/* Start a message in `words` (`bytes` is rounded down) with room for
 * `max_caps` capabilities. The root pointer is null. Errors: TOO_LONG. */
FIEF_MUST enum fief_err capnp_builder_init(struct capnp_builder *b,
                                           uint64_t *words, size_t bytes,
                                           uint32_t *cap, unsigned max_caps);

/* Where the pointer to the root goes, and the pointers of a struct. */
static inline uint64_t *capnp_where_root(const struct capnp_builder *b)
{
	return b->base;
}

static inline uint64_t *capnp_where(const struct capnp_slot *s, unsigned i)
{
	return s->data + s->dwords + i;
}

/* Size of the message so far. */
static inline size_t capnp_builder_bytes(const struct capnp_builder *b)
{
	return (size_t)b->used * 8;
}

/* A struct of zeros, reached by the pointer `where`. */
FIEF_MUST enum fief_err capnp_build_struct(struct capnp_builder *b,
                                           uint64_t *where, uint16_t dwords,
                                           uint16_t nptrs,
                                           struct capnp_slot *out);

/* Give back the zero words at the end of the data section and all pointers
 * from `nptrs` on. Nothing may have been built since. */
void capnp_slot_trim(struct capnp_slot *s, unsigned nptrs);

/* Absent text, data and lists leave a null pointer. Text with a zero byte in
 * it is INVALID. */
FIEF_MUST enum fief_err capnp_build_text(struct capnp_builder *b,
                                         uint64_t *where, struct capnp_text t);
FIEF_MUST enum fief_err capnp_build_data(struct capnp_builder *b,
                                         uint64_t *where, struct capnp_data d);

/* Append to the capability table; 0 leaves a null pointer. TOO_LONG when the
 * table is full. */
FIEF_MUST enum fief_err capnp_build_cap(struct capnp_builder *b,
                                        uint64_t *where, uint32_t cap);

/* A list of bools, numbers, text or data. Errors: INVALID where the list is
 * not of that kind or an element of it is malformed. */
FIEF_MUST enum fief_err capnp_build_list(struct capnp_builder *b,
                                         uint64_t *where, enum capnp_kind kind,
                                         const struct capnp_list *l);

/* `count` structs of zeros; trimmed like one struct, all alike. */
FIEF_MUST enum fief_err capnp_build_structs(struct capnp_builder *b,
                                            uint64_t *where, size_t count,
                                            uint16_t dwords, uint16_t nptrs,
                                            struct capnp_slots *out);
void capnp_slots_trim(struct capnp_slots *l, unsigned nptrs);
struct capnp_slot capnp_slots_at(const struct capnp_slots *l, size_t i);

/* The larger one; for the number of pointers in use. */
static inline unsigned capnp_max(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

/* Set the field of `width` bits with index `i`, which is within the data
 * section and still zero. */
static inline void capnp_set(const struct capnp_slot *s, unsigned width,
                             uint32_t i, uint64_t value, uint64_t defval)
{
	uint64_t at = (uint64_t)i * width;
	uint64_t v = value ^ defval;

	if (width < 64)
		v &= (UINT64_C(1) << width) - 1;
	s->data[at / 64] |= v << (at % 64);
}

static inline uint32_t capnp_f32_bits(float f)
{
	union {
		float f;
		uint32_t u;
	} v = { .f = f };

	return v.u;
}

static inline uint64_t capnp_f64_bits(double f)
{
	union {
		double f;
		uint64_t u;
	} v = { .f = f };

	return v.u;
}
